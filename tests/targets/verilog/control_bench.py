"""cocotb bench of a top with registers: cocotbext-axi masters on the bus and on both streams."""

import json
import os
from pathlib import Path

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, with_timeout
from cocotbext.axi import AxiLiteBus, AxiLiteMaster, AxiStreamBus, AxiStreamSink, AxiStreamSource

FOLDER = Path(os.environ.get("WHETGEN_FOLDER", "."))
VERSION, CONTROL, STATUS, FRAMES, ERRORS, HASH = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x20


def vectors():
    lines = (FOLDER / "sim" / "vectors.txt").read_text().splitlines()
    return [tuple(map(bytes.fromhex, line.split())) for line in lines if not line.startswith("#")]


class Bench:
    """The three interfaces, after a reset."""

    def __init__(self, dut):
        self.dut = dut
        cocotb.start_soon(Clock(dut.clk, 10, unit="ns").start())
        self.bus = AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axil"), dut.clk, dut.rst)
        self.source = AxiStreamSource(AxiStreamBus.from_prefix(dut, "s_axis"), dut.clk, dut.rst)
        self.sink = AxiStreamSink(AxiStreamBus.from_prefix(dut, "m_axis"), dut.clk, dut.rst)

    async def reset(self):
        self.dut.rst.value = 1
        await ClockCycles(self.dut.clk, 4)
        self.dut.rst.value = 0
        await ClockCycles(self.dut.clk, 4)
        return self

    async def ask(self, frame):
        await self.source.send(frame)
        return bytes((await with_timeout(self.sink.recv(), 100, "us")).tdata)


@cocotb.test()
async def registers_tell_version_and_model(dut):
    bench = await Bench(dut).reset()
    manifest = json.loads((FOLDER / "whetgen.json").read_text())
    major, minor, patch = (int(part) for part in manifest["version"].split("."))
    assert await bench.bus.read_dword(VERSION) == major << 16 | minor << 8 | patch
    words = [await bench.bus.read_dword(HASH + 4 * i) for i in range(4)]
    assert "".join(f"{word:08x}" for word in words) == manifest["graph_sha256"][:32]
    for address in (0x14, 0x18, 0x1C, 0x30, 0x3C):
        await bench.bus.write_dword(address, 0xFFFFFFFF)
        assert await bench.bus.read_dword(address) == 0
    await bench.bus.write_dword(VERSION, 0)
    assert await bench.bus.read_dword(VERSION) == major << 16 | minor << 8 | patch


@cocotb.test()
async def counters_count_and_clear(dut):
    bench = await Bench(dut).reset()
    given = vectors()[:5]
    for frame, want in given:
        assert await bench.ask(frame) == want
    await bench.source.send(given[0][0] + b"\0")  # too long: dropped
    assert await bench.ask(given[1][0]) == given[1][1]
    assert await bench.bus.read_dword(FRAMES) == 6
    assert await bench.bus.read_dword(ERRORS) == 1
    await bench.bus.write_dword(CONTROL, 3)
    assert await bench.bus.read_dword(CONTROL) == 1
    assert await bench.bus.read_dword(FRAMES) == 0 and await bench.bus.read_dword(ERRORS) == 0
    assert await bench.ask(given[2][0]) == given[2][1]
    assert await bench.bus.read_dword(FRAMES) == 1


@cocotb.test()
async def disabled_it_takes_no_new_frame(dut):
    bench = await Bench(dut).reset()
    frame, want = vectors()[3]
    await bench.bus.write_dword(CONTROL, 0)
    await bench.source.send(frame)
    await ClockCycles(dut.clk, 200)
    assert bench.sink.empty() and await bench.bus.read_dword(FRAMES) == 0
    # Bytes of a word that are not strobed do not count.
    await bench.bus.write(CONTROL + 1, b"\x01")
    assert await bench.bus.read_dword(CONTROL) == 0
    await bench.bus.write_dword(CONTROL, 1)
    assert bytes((await with_timeout(bench.sink.recv(), 100, "us")).tdata) == want


@cocotb.test()
async def a_frame_that_has_begun_goes_in_whole(dut):
    bench = await Bench(dut).reset()
    frame, want = vectors()[3]
    bench.source.set_pause_generator(None)
    bench.sink.pause = True
    bench.source.pause = False
    await bench.source.send(frame)
    await ClockCycles(dut.clk, 2)
    bench.source.pause = True  # one beat or more is in, at least one is not
    await ClockCycles(dut.clk, 10)
    assert await bench.bus.read_dword(STATUS) & 1 == 1
    await bench.bus.write_dword(CONTROL, 0)
    bench.source.pause = False
    await ClockCycles(dut.clk, 2000)  # longer than the network takes
    assert await bench.bus.read_dword(STATUS) == 2, "the result waits, no input is under way"
    bench.sink.pause = False
    assert bytes((await with_timeout(bench.sink.recv(), 100, "us")).tdata) == want
    assert await bench.bus.read_dword(STATUS) == 0
