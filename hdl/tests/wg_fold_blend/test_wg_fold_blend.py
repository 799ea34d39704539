"""wg_fold_blend: weighted sum of several frames, some lanes a cycle, with factors and levels from tables."""

import random

import cocotb
import pytest
from hdl.tests.common import as_signed, draws, pack, parameters, simulate, unpack
from hdl.tests.frames import Rom, check_fold
from hdl.tests.windows import address_bits

NAMES = (
    "OPERANDS", "LANES", "WORDS", "TABLE_WORDS", "IN_WIDTH", "FACTOR_WIDTH", "SUM_WIDTH", "OUT_WIDTH", "FIRE",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "chosen", [(1, 1, 1, 1, 1, 1, 3, 1, 1), (2, 3, 6, 2, 5, 4, 11, 1, 1), (3, 2, 4, 4, 7, 3, 12, 12, 0)], ids=str
)
def test_wg_fold_blend(tmp_path, chosen):
    p = dict(zip(NAMES, chosen, strict=True))
    p |= {"ADDRESS_BITS": address_bits(p["WORDS"]), "TABLE_BITS": address_bits(p["TABLE_WORDS"])}
    simulate(tmp_path, "wg_fold_blend", p)


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.6], stall=[0.0, 0.5])
async def frames_are_blended(dut, idle, stall):
    p = parameters()
    terms = p.OPERANDS * p.LANES
    factors = [draws(terms, p.FACTOR_WIDTH, signed=True) for _ in range(p.TABLE_WORDS)]
    # Small levels, so that a neuron fires now and then.
    levels = [[random.randint(-3, 3) for _ in range(p.LANES)] for _ in range(p.TABLE_WORDS)]

    def model(frame):
        words = []
        for at, word in enumerate(frame):
            elements = unpack(word, p.IN_WIDTH, terms, signed=True)
            factor, level = factors[at % p.TABLE_WORDS], levels[at % p.TABLE_WORDS]
            results = []
            for lane in range(p.LANES):
                chosen = range(lane, terms, p.LANES)
                total = as_signed(sum(factor[i] * elements[i] for i in chosen), p.SUM_WIDTH)
                results.append(int(total >= level[lane]) if p.FIRE else total + level[lane])
            words.append(pack(results, p.OUT_WIDTH))
        return words

    await check_fold(
        dut,
        make=lambda: [pack(draws(terms, p.IN_WIDTH), p.IN_WIDTH) for _ in range(p.WORDS)],
        model=model,
        interval=p.WORDS + 4,
        read_width=terms * p.IN_WIDTH,
        idle=idle,
        stall=stall,
        roms=[
            Rom("factors_address", "factors", [pack(word, p.FACTOR_WIDTH) for word in factors], terms * p.FACTOR_WIDTH),
            Rom("levels_address", "levels", [pack(word, p.SUM_WIDTH) for word in levels], p.LANES * p.SUM_WIDTH),
        ],
    )
