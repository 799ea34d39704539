"""wg_add: the sum of two words and a carry."""

import random

import cocotb
import pytest
from hdl.tests.common import parameters, settle, simulate


@pytest.mark.slow
@pytest.mark.parametrize("width", [1, 2, 3, 7, 64, 70])
def test_wg_add(tmp_path, width):
    simulate(tmp_path, "wg_add", {"WIDTH": width})


@cocotb.test()
async def words_are_added(dut):
    highest = (1 << parameters().WIDTH) - 1
    words = [0, 1, highest, highest - 1, *(random.randint(0, highest) for _ in range(12))]
    for left in words:
        for right in words:
            for carry in (0, 1):
                assert await settle(dut, "sum", left=left, right=right, carry=carry) == left + right + carry
