"""wg_delay: a word comes out CYCLES enabled cycles later."""

import cocotb
import pytest
from hdl.tests.common import check_datapath, draw, parameters, simulate


@pytest.mark.slow
@pytest.mark.parametrize("width, cycles", [(1, 1), (70, 5)])
def test_wg_delay(tmp_path, width, cycles):
    simulate(tmp_path, "wg_delay", {"WIDTH": width, "CYCLES": cycles})


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.4, 0.9])
async def words_come_out_later(dut, stall):
    p = parameters()
    await check_datapath(
        dut, "delayed", lambda: {"data": draw(p.WIDTH)}, lambda first, *later: first["data"], p.CYCLES, stall
    )
