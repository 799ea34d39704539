"""wg_window: windows side by side, FILL in the padding."""

import cocotb
import pytest
from hdl.tests.common import draws, pack, parameters, settle, simulate
from hdl.tests.windows import ONE, PADDED, STRIDED, positions, taps


@pytest.mark.slow
@pytest.mark.parametrize(
    "geometry, channels, width, fill",
    [(ONE, 1, 1, 0), (PADDED, 3, 5, 0b10000), (STRIDED, 2, 66, 5)],
    ids=["one", "padded", "strided"],
)
def test_wg_window(tmp_path, geometry, channels, width, fill):
    simulate(tmp_path, "wg_window", {**geometry, "CHANNELS": channels, "ELEMENT_WIDTH": width, "FILL": (fill, width)})


@cocotb.test()
async def windows_lie_side_by_side(dut):
    p = parameters()
    for _ in range(50):
        words = draws(p.HEIGHT * p.WIDTH * p.CHANNELS, p.ELEMENT_WIDTH)
        expected = []
        for oy, ox in positions(p):
            for y, x, inside in taps(p, oy, ox):
                at = (y * p.WIDTH + x) * p.CHANNELS
                expected += words[at : at + p.CHANNELS] if inside else [p.FILL[0]] * p.CHANNELS
        assert await settle(dut, "windows", map=pack(words, p.ELEMENT_WIDTH)) == pack(expected, p.ELEMENT_WIDTH)
