"""wg_fold_linear: convolution and dense layer, PE neurons and SIMD inputs a cycle, weights and levels from tables."""

import random

import cocotb
import pytest
from hdl.tests.common import as_signed, draws, pack, parameters, simulate, unpack
from hdl.tests.frames import Rom, check_fold
from hdl.tests.windows import ONE, PADDED, STRIDED, address_bits, positions, taps

NAMES = (
    "CHUNKS", "PASSES", "SIMD", "PE", "IN_WIDTH", "IN_SIGNED", "WEIGHT_WIDTH", "SUM_WIDTH", "RESULT_WIDTH", "FIRE",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "geometry, chosen, own_levels",
    [
        (ONE, (1, 1, 1, 1, 1, 0, 1, 2, 1, 1), False),
        (ONE, (4, 3, 5, 2, 8, 0, 4, 17, 1, 1), False),
        (PADDED, (2, 2, 3, 2, 1, 0, 5, 10, 1, 1), True),
        (STRIDED, (1, 2, 2, 1, 6, 1, 3, 14, 13, 0), False),
    ],
    ids=["one", "dense on bytes", "spikes with a level for each place", "signed accumulators"],
)
def test_wg_fold_linear(tmp_path, geometry, chosen, own_levels):
    p = dict(zip(NAMES, chosen, strict=True)) | geometry
    places = geometry["OUT_HEIGHT"] * geometry["OUT_WIDTH"] if own_levels else 1
    p["LEVEL_WORDS"] = places * p["PASSES"]
    p["ADDRESS_BITS"] = address_bits(p["HEIGHT"] * p["WIDTH"] * p["CHUNKS"])
    p["WEIGHTS_BITS"] = address_bits(p["PASSES"] * p["KERNEL_Y"] * p["KERNEL_X"] * p["CHUNKS"])
    p["LEVELS_BITS"] = address_bits(p["LEVEL_WORDS"])
    simulate(tmp_path, "wg_fold_linear", p)


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.6], stall=[0.0, 0.5])
async def neurons_sum_and_fire(dut, idle, stall):
    p = parameters()
    walk = p.KERNEL_Y * p.KERNEL_X * p.CHUNKS
    weights = [draws(p.PE * p.SIMD, p.WEIGHT_WIDTH, signed=True) for _ in range(p.PASSES * walk)]
    # Small levels, so that a neuron fires now and then.
    levels = [[random.randint(-2, 1) for _ in range(p.PE)] for _ in range(p.LEVEL_WORDS)]

    def total(frame, oy, ox, number, pe):
        result = 0
        for tap, (y, x, inside) in enumerate(taps(p, oy, ox)):
            for chunk in range(p.CHUNKS) if inside else ():
                inputs = unpack(frame[(y * p.WIDTH + x) * p.CHUNKS + chunk], p.IN_WIDTH, p.SIMD, bool(p.IN_SIGNED))
                row = weights[number * walk + tap * p.CHUNKS + chunk][pe * p.SIMD : (pe + 1) * p.SIMD]
                result += sum(weight * value for weight, value in zip(row, inputs, strict=True))
        return as_signed(result, p.SUM_WIDTH)

    def model(frame):
        words = []
        for oy, ox in positions(p):
            for number in range(p.PASSES):
                level = levels[len(words) % p.LEVEL_WORDS]
                totals = [total(frame, oy, ox, number, pe) for pe in range(p.PE)]
                if p.FIRE:
                    results = [int(t >= limit) for t, limit in zip(totals, level, strict=True)]
                else:
                    results = [t + offset for t, offset in zip(totals, level, strict=True)]
                words.append(pack(results, p.RESULT_WIDTH))
        return words

    await check_fold(
        dut,
        make=lambda: [pack(draws(p.SIMD, p.IN_WIDTH), p.IN_WIDTH) for _ in range(p.HEIGHT * p.WIDTH * p.CHUNKS)],
        model=model,
        interval=p.OUT_HEIGHT * p.OUT_WIDTH * p.PASSES * walk + 6,
        read_width=p.SIMD * p.IN_WIDTH,
        idle=idle,
        stall=stall,
        roms=[
            Rom(
                "weights_address",
                "weights",
                [pack(row, p.WEIGHT_WIDTH) for row in weights],
                p.PE * p.SIMD * p.WEIGHT_WIDTH,
            ),
            Rom("levels_address", "levels", [pack(row, p.SUM_WIDTH) for row in levels], p.PE * p.SUM_WIDTH),
        ],
    )
