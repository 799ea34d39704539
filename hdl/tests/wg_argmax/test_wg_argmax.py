"""wg_argmax: index of the largest score, the lowest index winning ties."""

import random

import cocotb
import pytest
from hdl.tests.common import check_datapath, draws, pack, parameters, simulate, unpack


@pytest.mark.slow
@pytest.mark.parametrize("count, width, index_width", [(1, 3, 1), (5, 1, 3), (7, 66, 4), (16, 8, 4)])
def test_wg_argmax(tmp_path, count, width, index_width):
    simulate(tmp_path, "wg_argmax", {"COUNT": count, "WIDTH": width, "INDEX_WIDTH": index_width})


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.5])
async def first_of_the_largest_wins(dut, stall):
    p = parameters()

    def make():
        indices = sorted(random.sample(range(2**p.INDEX_WIDTH), p.COUNT))
        return {
            "scores": pack(draws(p.COUNT, p.WIDTH, signed=True), p.WIDTH),
            "indices": pack(indices, p.INDEX_WIDTH),
        }

    def model(first, *later):
        scores = unpack(first["scores"], p.WIDTH, p.COUNT, signed=True)
        return unpack(first["indices"], p.INDEX_WIDTH, p.COUNT)[scores.index(max(scores))]

    await check_datapath(dut, "index", make, model, (p.COUNT - 1).bit_length(), stall)
