"""wg_fold_thresholds: how many thresholds each sum of a word reaches, those from a table."""

import random

import cocotb
import pytest
from hdl.tests.common import draws, pack, parameters, simulate, unpack
from hdl.tests.frames import Rom, Tap, check_taps
from hdl.tests.windows import address_bits

NAMES = ("LANES", "STEPS", "IN_WIDTH", "OUT_WIDTH", "TABLE_WORDS")


@pytest.mark.slow
@pytest.mark.parametrize("chosen", [(1, 1, 2, 2, 1), (3, 2, 5, 2, 4), (2, 14, 7, 4, 3), (1, 7, 6, 4, 2)], ids=str)
def test_wg_fold_thresholds(tmp_path, chosen):
    p = dict(zip(NAMES, chosen, strict=True))
    simulate(tmp_path, "wg_fold_thresholds", p | {"TABLE_BITS": address_bits(p["TABLE_WORDS"])})


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.6])
async def reached_thresholds_are_counted(dut, idle):
    p = parameters()
    most = (1 << (p.IN_WIDTH - 1)) - 1
    # Neuron by neuron ascending, equal ones among them, the lowest one, 0, not stored.
    rows = [
        [sorted(random.randint(0, most) for _ in range(p.STEPS)) for _ in range(p.LANES)] for _ in range(p.TABLE_WORDS)
    ]

    def result(at, word):
        sums = unpack(word, p.IN_WIDTH, p.LANES, signed=True)
        row = rows[at % p.TABLE_WORDS]
        return pack([sum(total >= t for t in (0, *own)) for total, own in zip(sums, row, strict=True)], p.OUT_WIDTH)

    taps = []
    for at in range(200):
        ties = [random.choice((0, -1, *own, own[-1] - 1)) for own in rows[at % p.TABLE_WORDS]]
        word = pack(random.choice((ties, draws(p.LANES, p.IN_WIDTH))), p.IN_WIDTH)
        frame = at % (2 * p.TABLE_WORDS) == 2 * p.TABLE_WORDS - 1
        taps.append(Tap({"sums_valid": 1, "sums_last": frame, "sums_data": word}, {}, result(at, word), frame))
    words = [pack([own[k] for k in range(p.STEPS) for own in row], p.IN_WIDTH) for row in rows]
    await check_taps(
        dut, taps, 2, idle, [Rom("thresholds_address", "thresholds", words, p.STEPS * p.LANES * p.IN_WIDTH)]
    )
