"""wg_neuron: neurons with constant weights, at several places at once."""

import random

import cocotb
import pytest
from hdl.tests.common import check_datapath, draws, pack, parameters, simulate, unpack

NAMES = (
    "POSITIONS", "NEURONS", "INPUTS", "IN_WIDTH", "IN_SIGNED", "WEIGHT_WIDTH", "SUM_WIDTH", "OUT_WIDTH", "FIRE",
    "LEVEL_COUNT",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "chosen",
    [
        (1, 1, 1, 1, 0, 1, 2, 1, 1, 1),
        (3, 2, 18, 1, 0, 3, 9, 1, 1, 3),
        (2, 3, 7, 5, 1, 4, 12, 12, 0, 1),
        (3, 2, 5, 66, 0, 3, 72, 72, 0, 3),
        (1, 3, 4, 1, 1, 2, 5, 1, 1, 1),
    ],
    ids=str,
)
def test_wg_neuron(tmp_path, chosen):
    p = dict(zip(NAMES, chosen, strict=True))
    weight_bits = p["NEURONS"] * p["INPUTS"] * p["WEIGHT_WIDTH"]
    level_bits = p["LEVEL_COUNT"] * p["NEURONS"] * p["SUM_WIDTH"]
    constant = random.Random(str(chosen))
    # Small levels, so that a neuron fires now and then.
    small = pack([constant.randint(-3, 3) for _ in range(p["LEVEL_COUNT"] * p["NEURONS"])], p["SUM_WIDTH"])
    p["WEIGHTS"] = (constant.getrandbits(weight_bits), weight_bits)
    p["LEVELS"] = (small if p["FIRE"] else constant.getrandbits(level_bits), level_bits)
    simulate(tmp_path, "wg_neuron", p)


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.5])
async def neurons_sum_and_fire(dut, stall):
    p = parameters()
    weights = unpack(p.WEIGHTS[0], p.WEIGHT_WIDTH, p.NEURONS * p.INPUTS, signed=True)
    levels = unpack(p.LEVELS[0], p.SUM_WIDTH, p.LEVEL_COUNT * p.NEURONS, signed=True)
    levels_depth = 0
    while 4 * 4**levels_depth < p.INPUTS:
        levels_depth += 1

    def model(first, *later):
        taps = unpack(first["taps"], p.IN_WIDTH, p.POSITIONS * p.INPUTS, bool(p.IN_SIGNED))
        half = 1 << (p.SUM_WIDTH - 1)
        results = []
        for place in range(p.POSITIONS):
            for n in range(p.NEURONS):
                total = sum(weights[n * p.INPUTS + i] * taps[place * p.INPUTS + i] for i in range(p.INPUTS))
                level = levels[(place % p.LEVEL_COUNT) * p.NEURONS + n]
                wrapped = (total + half) % (2 * half) - half
                results.append(int(wrapped >= level) if p.FIRE else total + level)
        return pack(results, p.OUT_WIDTH)

    await check_datapath(
        dut,
        "results",
        lambda: {"taps": pack(draws(p.POSITIONS * p.INPUTS, p.IN_WIDTH), p.IN_WIDTH)},
        model,
        2 + levels_depth,
        stall,
    )
