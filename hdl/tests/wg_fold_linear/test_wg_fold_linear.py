"""wg_fold_linear: accumulates partial sums word by word, or doubled plane by plane, and compares or adds the level."""

import random

import cocotb
import pytest
from hdl.tests.common import as_signed, draw, pack, parameters, simulate
from hdl.tests.frames import Rom, Tap, check_taps
from hdl.tests.windows import address_bits

NAMES = ("PE", "PART_BITS", "SUM_WIDTH", "RESULT_WIDTH", "FIRE", "STEPS", "PASSES", "PLANES", "LEVEL_WORDS")


@pytest.mark.slow
@pytest.mark.parametrize(
    "chosen",
    [(1, 1, 2, 1, 1, 1, 1, 1, 1), (3, 4, 9, 1, 1, 5, 2, 1, 6), (2, 5, 14, 13, 0, 3, 3, 1, 3), (2, 3, 16, 1, 1, 4, 2, 8, 2), (1, 6, 5, 5, 0, 2, 1, 3, 1)],
    ids=["one", "spikes with a level for each place", "accumulators", "planes", "planes of accumulators"],
)  # fmt: skip
def test_wg_fold_linear(tmp_path, chosen):
    p = dict(zip(NAMES, chosen, strict=True))
    bits = {"WEIGHTS_BITS": address_bits(p["STEPS"] * p["PASSES"]), "LEVELS_BITS": address_bits(p["LEVEL_WORDS"])}
    simulate(tmp_path, "wg_fold_linear", p | bits)


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.6])
async def neurons_sum_and_fire(dut, idle):
    p = parameters()
    levels = [[random.randint(-(1 << (p.SUM_WIDTH - 2)), 3) for _ in range(p.PE)] for _ in range(p.LEVEL_WORDS)]
    taps, addresses, parts = [], [], []
    for number in range(8 * p.LEVEL_WORDS):
        sums = [0] * p.PE
        for plane in range(p.PLANES):
            sums = [2 * s for s in sums]
            for at in range(p.STEPS):
                row = [draw(p.PART_BITS) for _ in range(p.PE)]
                sums = [s + part for s, part in zip(sums, row, strict=True)]
                parts.append(pack(row, p.PART_BITS))
                addresses.append(number % p.PASSES * p.STEPS + at)
                end = at == p.STEPS - 1
                last = end and plane == p.PLANES - 1
                frame = last and number % 5 == 4
                flags = {
                    "tap_valid": 1, "tap_first": at == 0 and plane == 0, "tap_shift": at == 0 and plane > 0,
                    "tap_last": last, "tap_frame": frame,
                }  # fmt: skip
                taps.append(Tap(flags, {"tap_soon": 1, "soon_end": end, "soon_last": last}, frame=frame))
        totals = [
            as_signed(s + level, p.SUM_WIDTH) for s, level in zip(sums, levels[number % p.LEVEL_WORDS], strict=True)
        ]
        taps[-1].result = pack((int(t >= 0) if p.FIRE else t for t in totals), p.RESULT_WIDTH)
    waiting, pipeline, asked = iter(parts), [0, 0], iter(addresses)

    def follow(seen):
        """The word asked for is the right one; partial sums come two cycles after their tap."""
        nonlocal pipeline
        if int(dut.tap_soon.value):
            assert seen.weights_address == next(asked)
        pipeline = [next(waiting) if int(dut.tap_valid.value) else 0, pipeline[0]]
        return {"parts": pipeline[1]}

    roms = [Rom("levels_address", "levels", [pack(row, p.SUM_WIDTH) for row in levels], p.PE * p.SUM_WIDTH)]
    await check_taps(dut, taps, 3, idle, roms, follow, ["weights_address"])
