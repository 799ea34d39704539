"""wg_count: the number of ones, for every input."""

import cocotb
import pytest
from hdl.tests.common import parameters, settle, simulate


@pytest.mark.slow
@pytest.mark.parametrize("inputs", range(2, 8))
def test_wg_count(tmp_path, inputs):
    simulate(tmp_path, "wg_count", {"INPUTS": inputs})


@cocotb.test()
async def ones_are_counted(dut):
    for bits in range(1 << parameters().INPUTS):
        assert await settle(dut, "number", bits=bits) == bits.bit_count()
