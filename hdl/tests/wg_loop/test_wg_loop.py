"""wg_loop: 0 to COUNT - 1 and again."""

import cocotb
import pytest
from hdl.tests.common import Bench, chance, parameters, simulate
from hdl.tests.windows import address_bits


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2, 7, 8])
def test_wg_loop(tmp_path, count):
    simulate(tmp_path, "wg_loop", {"COUNT": count, "BITS": address_bits(count)})


@cocotb.test()
async def counts_and_wraps(dut):
    p = parameters()
    bench, at = Bench(dut, "at", "first", "last"), 0
    await bench.reset(step=1)
    for _ in range(300):
        step, rst = not chance(0.3), chance(0.02)
        seen = await bench.step(step=step, rst=rst)
        assert (seen.at, seen.first, seen.last) == (at, at == 0, at == p.COUNT - 1)
        at = 0 if rst else (at + step) % p.COUNT
