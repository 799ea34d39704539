"""wg_tree: sum or largest of TERMS words in each lane."""

import cocotb
import pytest
from hdl.tests.common import check_datapath, draws, pack, parameters, simulate, unpack

SETS = [
    {"LANES": 1, "TERMS": 1, "WIDTH": 3, "LARGEST": 0, "SIGNED": 0},
    {"LANES": 3, "TERMS": 7, "WIDTH": 67, "LARGEST": 0, "SIGNED": 0},
    {"LANES": 2, "TERMS": 18, "WIDTH": 5, "LARGEST": 1, "SIGNED": 1},
    {"LANES": 3, "TERMS": 5, "WIDTH": 1, "LARGEST": 1, "SIGNED": 0},
]


@pytest.mark.slow
@pytest.mark.parametrize("chosen", SETS, ids=str)
def test_wg_tree(tmp_path, chosen):
    simulate(tmp_path, "wg_tree", chosen)


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.5])
async def lanes_are_reduced(dut, stall):
    p = parameters()
    latency = 0
    while 4**latency < p.TERMS:
        latency += 1

    def model(first, *later):
        words = unpack(first["terms"], p.WIDTH, p.LANES * p.TERMS, bool(p.SIGNED))
        lanes = [words[lane * p.TERMS : (lane + 1) * p.TERMS] for lane in range(p.LANES)]
        return pack([max(lane) if p.LARGEST else sum(lane) for lane in lanes], p.WIDTH)

    await check_datapath(
        dut, "results", lambda: {"terms": pack(draws(p.LANES * p.TERMS, p.WIDTH), p.WIDTH)}, model, latency, stall
    )
