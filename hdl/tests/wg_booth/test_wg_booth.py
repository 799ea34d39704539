"""wg_booth: a number times each digit, for every small number and the ends of wide ones."""

import random

import cocotb
import pytest
from hdl.tests.common import parameters, settle, simulate


@pytest.mark.slow
@pytest.mark.parametrize("width", [1, 2, 8, 16])
def test_wg_booth(tmp_path, width):
    simulate(tmp_path, "wg_booth", {"WIDTH": width})


@cocotb.test()
async def numbers_are_multiplied(dut):
    width = parameters().WIDTH
    highest = (1 << width) - 1
    numbers = range(highest + 1) if width <= 8 else [0, 1, highest, highest - 1, *random.sample(range(highest), 60)]
    for number in numbers:
        for bits in range(8):
            high, middle, low = bits >> 2, bits >> 1 & 1, bits & 1
            wanted = number * (middle + low - 2 * high) - high + (2 << width)
            assert await settle(dut, "multiple", number=number, high=high, middle=middle, low=low) == wanted
