"""wg_transpose: rows become columns in each block."""

import cocotb
import pytest
from hdl.tests.common import draws, pack, parameters, settle, simulate


@pytest.mark.slow
@pytest.mark.parametrize("blocks, rows, columns, width", [(1, 1, 1, 1), (3, 2, 5, 67)])
def test_wg_transpose(tmp_path, blocks, rows, columns, width):
    simulate(tmp_path, "wg_transpose", {"BLOCKS": blocks, "ROWS": rows, "COLUMNS": columns, "WIDTH": width})


@cocotb.test()
async def rows_become_columns(dut):
    p = parameters()
    size = p.ROWS * p.COLUMNS
    for _ in range(100):
        words = draws(p.BLOCKS * size, p.WIDTH)
        expected = []
        for block in range(p.BLOCKS):
            matrix = words[block * size : (block + 1) * size]
            rows = [matrix[row * p.COLUMNS : (row + 1) * p.COLUMNS] for row in range(p.ROWS)]
            expected += [word for column in zip(*rows, strict=True) for word in column]
        assert await settle(dut, "transposed", data=pack(words, p.WIDTH)) == pack(expected, p.WIDTH)
