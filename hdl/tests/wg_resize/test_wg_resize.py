"""wg_resize: wider elements with the same value."""

import cocotb
import pytest
from hdl.tests.common import draws, pack, parameters, settle, simulate


@pytest.mark.slow
@pytest.mark.parametrize("count, narrow, wide, signed", [(1, 1, 1, 0), (5, 3, 70, 1), (3, 65, 66, 0), (4, 1, 2, 1)])
def test_wg_resize(tmp_path, count, narrow, wide, signed):
    simulate(tmp_path, "wg_resize", {"COUNT": count, "IN_WIDTH": narrow, "OUT_WIDTH": wide, "SIGNED": signed})


@cocotb.test()
async def values_stay(dut):
    p = parameters()
    for _ in range(100):
        words = draws(p.COUNT, p.IN_WIDTH, bool(p.SIGNED))
        assert await settle(dut, "widened", data=pack(words, p.IN_WIDTH)) == pack(words, p.OUT_WIDTH)
