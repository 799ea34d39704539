"""wg_fold_taps: padding is zero, signs become offsets, planes pick one bit."""

import random

import cocotb
import pytest
from hdl.tests.common import draws, pack, parameters, settle, simulate
from hdl.tests.windows import address_bits


@pytest.mark.slow
@pytest.mark.parametrize("simd, width, signed, planes", [(1, 1, 0, 1), (3, 5, 1, 1), (4, 8, 0, 8), (2, 8, 1, 8)])
def test_wg_fold_taps(tmp_path, simd, width, signed, planes):
    names = ("SIMD", "IN_WIDTH", "IN_SIGNED", "PLANES", "PLANE_BITS")
    chosen = dict(zip(names, (simd, width, signed, planes, address_bits(planes)), strict=True))
    simulate(tmp_path, "wg_fold_taps", chosen)


@cocotb.test()
async def elements_become_bits(dut):
    p = parameters()
    offset = 1 << (p.IN_WIDTH - 1) if p.IN_SIGNED else 0
    for _ in range(200):
        elements, inside, plane = (
            draws(p.SIMD, p.IN_WIDTH, bool(p.IN_SIGNED)),
            random.randint(0, 1),
            random.randrange(p.PLANES),
        )
        seen = await settle(dut, "taps", data=pack(elements, p.IN_WIDTH), inside_map=inside, plane=plane)
        whole = [(element if inside else 0) + offset for element in elements]
        wanted = range(p.IN_WIDTH) if p.PLANES == 1 else [p.IN_WIDTH - 1 - plane]
        assert seen == pack([word >> bit & 1 for bit in wanted for word in whole], 1)
