"""wg_frame_buffer: frames written in order, dropped or kept, read at any address by a slower or faster reader."""

import random
from collections import deque

import cocotb
import pytest
from hdl.tests.common import Bench, chance, draw, pack, parameters, simulate
from hdl.tests.windows import address_bits

NAMES = ("WRITE_BITS", "READ_BITS", "WORD_BITS", "WRITES", "BANKS")


@pytest.mark.slow
@pytest.mark.parametrize(
    "chosen", [(8, 8, 8, 1, 2), (3, 12, 12, 7, 2), (12, 3, 12, 5, 3), (4, 6, 12, 10, 4), (66, 66, 66, 4, 2)], ids=str
)
def test_wg_frame_buffer(tmp_path, chosen):
    p = dict(zip(NAMES, chosen, strict=True))
    p["READ_ADDRESS_BITS"] = address_bits(reads(p["WRITES"], p["WRITE_BITS"], p["WORD_BITS"], p["READ_BITS"]))
    simulate(tmp_path, "wg_frame_buffer", p)


def reads(writes: int, write_bits: int, word_bits: int, read_bits: int) -> int:
    """Words of `read_bits` in a frame, the last memory word filled up."""
    return -(-writes * write_bits // word_bits) * word_bits // read_bits


class Writer:
    """Writes whole frames, and now and then one that it drops, wherever a bank is free."""

    def __init__(self, p, idle: float):
        self.p, self.idle, self.words, self.at = p, idle, [], None
        self.frames: deque[int] = deque()

    def inputs(self, free: bool) -> dict:
        """What to write in this cycle."""
        p, quiet = self.p, {"wr_valid": 0, "wr_last": 0, "wr_drop": 0, "wr_data": random.getrandbits(self.p.WRITE_BITS)}
        if self.at is None:
            if not free or chance(self.idle):
                return quiet
            self.words, self.at = [draw(p.WRITE_BITS) for _ in range(p.WRITES)], 0
        if chance(self.idle):
            return quiet
        drop = chance(0.03)
        last = self.at == p.WRITES - 1
        inputs = {"wr_valid": 1, "wr_data": self.words[self.at], "wr_last": last, "wr_drop": drop}
        if last and not drop:
            self.frames.append(pack(self.words, p.WRITE_BITS))
        self.at = None if last or drop else self.at + 1
        return inputs


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5], stall=[0.0, 0.5])
async def frames_come_out_as_written(dut, idle, stall):
    p = parameters()
    count = reads(p.WRITES, p.WRITE_BITS, p.WORD_BITS, p.READ_BITS)
    bench = Bench(dut, "wr_free", "rd_full", "rd_data")
    quiet = {"wr_valid": 0, "wr_last": 0, "wr_drop": 0, "wr_data": 0, "rd_enable": 1, "rd_address": 0, "rd_release": 0}
    await bench.reset(**quiet)
    # Frames that a reset forgets: a whole one, and the first word of another.
    await bench.step(**quiet | {"wr_valid": 1, "wr_last": 1, "wr_data": draw(p.WRITE_BITS)})
    await bench.step(**quiet | {"wr_valid": 1, "wr_data": (1 << p.WRITE_BITS) - 1})
    await bench.reset(**quiet)

    writer, released, expected = Writer(p, idle), 0, None
    stored = 0  # frames in the buffer, as of the cycle that comes
    for _ in range(3000):
        inputs = writer.inputs(free=stored < p.BANKS)
        address, enable = random.randrange(count), not chance(stall)
        release = stored > 0 and chance(0.2)
        committed = bool(inputs["wr_last"] and not inputs["wr_drop"])
        seen = await bench.step(**inputs, rd_address=address, rd_enable=enable, rd_release=release)
        assert seen.wr_free == (stored < p.BANKS) and seen.rd_full == (stored > 0), f"{stored} frames stored"
        if expected is not None:
            assert seen.rd_data == expected, f"cycle {bench.cycle}: {seen.rd_data:#x}, expected {expected:#x}"
        if enable:
            # Unknown without a frame, or once the bank may have been written again.
            frame = writer.frames[0] if stored else None
            mask = (1 << p.READ_BITS) - 1
            expected = None if frame is None else frame >> (address * p.READ_BITS) & mask
        if release:
            writer.frames.popleft()
            released += 1
        stored += committed - release
    assert released > 20
