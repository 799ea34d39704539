"""wg_table: the table's bit, for every input."""

import cocotb
import pytest
from hdl.tests.common import parameters, settle, simulate

TABLES = [
    {"INPUTS": 1, "TRUTH": 0b01},
    {"INPUTS": 2, "TRUTH": 0b0110},
    {"INPUTS": 3, "TRUTH": 0b11101000},
    {"INPUTS": 3, "TRUTH": 0b11110010},
    {"INPUTS": 3, "TRUTH": 0b00001101},
    {"INPUTS": 3, "TRUTH": 0b11111111},
    {"INPUTS": 4, "TRUTH": 0x6996},
    {"INPUTS": 4, "TRUTH": 0x0B2F},
]


@pytest.mark.slow
@pytest.mark.parametrize("chosen", TABLES, ids=str)
def test_wg_table(tmp_path, chosen):
    simulate(tmp_path, "wg_table", chosen)


@cocotb.test()
async def the_bit_is_found(dut):
    p = parameters()
    for bits in range(1 << p.INPUTS):
        assert await settle(dut, "value", bits=bits) == p.TRUTH >> bits & 1
