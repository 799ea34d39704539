"""wg_uart_rx: bytes of senders that are off by up to 3 %, short glitches, and stop bits that are missing."""

import random

import cocotb
import pytest
from hdl.tests.common import Bench, chance, check_in_order, draw, parameters
from hdl.tests.common import simulate as run


@pytest.mark.slow
@pytest.mark.parametrize("clocks", [16, 104])
def test_wg_uart_rx(tmp_path, clocks):
    run(tmp_path, "wg_uart_rx", {"CLOCKS_PER_BIT": clocks})


@cocotb.test()
@cocotb.parametrize(off=[-0.03, 0.0, 0.03])
async def bytes_arrive(dut, off):
    length = parameters().CLOCKS_PER_BIT * (1 + off)
    bench = Bench(dut, "data", "valid")
    await bench.reset(rx=1)
    seen, expected = [], []

    async def hold(level, cycles):
        for _ in range(cycles):
            now = await bench.step(rx=level)
            if now.valid:
                seen.append(now.data)

    await hold(1, 20)
    for _ in range(60):
        byte, stop = draw(8), not chance(0.1)
        bits, at = [0, *((byte >> i) & 1 for i in range(8)), int(stop)], random.random()
        for bit in bits:
            await hold(bit, int(at + length) - int(at))
            at += length
        expected += [byte] if stop else []
        # After a broken byte the line has to rest; else the next one may follow at once.
        rest = 12 * length if not stop else random.choice([0, 0, 1, 3 * length])
        await hold(1, int(rest))
        if chance(0.2):
            await hold(1, int(length))
            await hold(0, int(length / 4))
            await hold(1, int(length))
    await hold(1, int(3 * length))
    check_in_order(seen, expected)
