"""wg_blend: weighted sum of tensors; a level belongs to the operands of the enabled cycle before."""

import cocotb
import pytest
from hdl.tests.common import check_datapath, draws, pack, parameters, simulate, unpack

NAMES = ("OPERANDS", "COUNT", "IN_WIDTH", "FACTOR_WIDTH", "SUM_WIDTH", "OUT_WIDTH", "FIRE")


@pytest.mark.slow
@pytest.mark.parametrize(
    "chosen", [(1, 1, 1, 1, 2, 1, 1), (3, 5, 7, 3, 12, 1, 1), (2, 3, 64, 5, 70, 70, 0), (2, 4, 3, 9, 9, 6, 0)], ids=str
)
def test_wg_blend(tmp_path, chosen):
    simulate(tmp_path, "wg_blend", dict(zip(NAMES, chosen, strict=True)))


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.5])
async def elements_are_blended(dut, stall):
    p = parameters()
    terms = p.OPERANDS * p.COUNT

    def make():
        return {
            "factors": pack(draws(terms, p.FACTOR_WIDTH), p.FACTOR_WIDTH),
            "operands": pack(draws(terms, p.IN_WIDTH), p.IN_WIDTH),
            "levels": pack(draws(p.COUNT, p.SUM_WIDTH), p.SUM_WIDTH),
        }

    def model(first, following):
        factors = unpack(first["factors"], p.FACTOR_WIDTH, terms, signed=True)
        operands = unpack(first["operands"], p.IN_WIDTH, terms, signed=True)
        levels = unpack(following["levels"], p.SUM_WIDTH, p.COUNT, signed=True)
        results = []
        for i in range(p.COUNT):
            total = sum(factors[k * p.COUNT + i] * operands[k * p.COUNT + i] for k in range(p.OPERANDS))
            half = 1 << (p.SUM_WIDTH - 1)
            total = (total + half) % (2 * half) - half
            results.append(int(total >= levels[i]) if p.FIRE else total + levels[i])
        return pack(results, p.OUT_WIDTH)

    await check_datapath(dut, "results", make, model, 2, stall)
