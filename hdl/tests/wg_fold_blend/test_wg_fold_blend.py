"""wg_fold_blend: weighted sum of several streams, some lanes a cycle, with factors and levels from tables."""

import random

import cocotb
import pytest
from hdl.tests.common import as_signed, draws, pack, parameters, simulate, unpack
from hdl.tests.frames import Rom, Tap, check_taps
from hdl.tests.windows import address_bits

NAMES = ("OPERANDS", "LANES", "TABLE_WORDS", "IN_WIDTH", "FACTOR_WIDTH", "SUM_WIDTH", "OUT_WIDTH", "FIRE")


@pytest.mark.slow
@pytest.mark.parametrize(
    "chosen", [(1, 1, 1, 1, 1, 3, 1, 1), (2, 3, 2, 5, 4, 11, 1, 1), (3, 2, 4, 7, 3, 12, 12, 0)], ids=str
)
def test_wg_fold_blend(tmp_path, chosen):
    p = dict(zip(NAMES, chosen, strict=True))
    simulate(tmp_path, "wg_fold_blend", p | {"TABLE_BITS": address_bits(p["TABLE_WORDS"])})


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.6])
async def words_are_blended(dut, idle):
    p = parameters()
    terms = p.OPERANDS * p.LANES
    factors = [draws(terms, p.FACTOR_WIDTH, signed=True) for _ in range(p.TABLE_WORDS)]
    # Small levels, so that a neuron fires now and then.
    levels = [[random.randint(-3, 3) for _ in range(p.LANES)] for _ in range(p.TABLE_WORDS)]

    def result(at, word):
        elements = unpack(word, p.IN_WIDTH, terms, signed=True)
        factor, level = factors[at % p.TABLE_WORDS], levels[at % p.TABLE_WORDS]
        results = []
        for lane in range(p.LANES):
            total = as_signed(sum(factor[i] * elements[i] for i in range(lane, terms, p.LANES)), p.SUM_WIDTH)
            results.append(int(total >= level[lane]) if p.FIRE else total + level[lane])
        return pack(results, p.OUT_WIDTH)

    taps = []
    for at in range(100):
        word, frame = pack(draws(terms, p.IN_WIDTH), p.IN_WIDTH), at % (2 * p.TABLE_WORDS) == 2 * p.TABLE_WORDS - 1
        inputs = {"tap_valid": 1, "tap_frame": frame, "rd_data": word}
        taps.append(Tap(inputs, {"tap_soon": 1}, result(at, word), frame))
    roms = [
        Rom("factors_address", "factors", [pack(word, p.FACTOR_WIDTH) for word in factors], terms * p.FACTOR_WIDTH),
        Rom("levels_address", "levels", [pack(word, p.SUM_WIDTH) for word in levels], p.LANES * p.SUM_WIDTH),
    ]
    await check_taps(dut, taps, 2, idle, roms)
