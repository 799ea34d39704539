"""wg_fold_slide: every window whole, part by part, as often as asked; each pixel is read once."""

import random

import cocotb
import pytest
from hdl.tests.common import Bench, chance, check_in_order, draw, parameters, simulate
from hdl.tests.windows import ONE, PADDED, STRIDED, address_bits, positions, taps

FRAMES = 3


def virtual(g: dict, axis: str, size: str, before: str) -> int:
    """Rows or columns that windows touch, padding included."""
    far = (g[f"OUT_{size}"] - 1) * g[f"STRIDE_{axis}"] + (g[f"KERNEL_{axis}"] - 1) * g[f"DILATION_{axis}"] + 1
    return max(far, g[before] + g[size])


@pytest.mark.slow
@pytest.mark.parametrize(
    "geometry, pixel, folds, planes, passes",
    [(ONE, 1, 1, 1, 1), (PADDED, 3, 1, 1, 1), (PADDED, 2, 3, 2, 2), (STRIDED, 4, 2, 1, 3)],
    ids=["one", "padded", "padded in parts", "strided with holes"],
)
def test_wg_fold_slide(tmp_path, geometry, pixel, folds, planes, passes):
    size = {
        "VIRTUAL_HEIGHT": virtual(geometry, "Y", "HEIGHT", "PAD_TOP"),
        "VIRTUAL_WIDTH": virtual(geometry, "X", "WIDTH", "PAD_LEFT"),
    }
    shape = {
        "PIXEL_BITS": pixel,
        "FOLDS": folds,
        "PLANES": planes,
        "PASSES": passes,
        "PLANE_BITS": address_bits(planes),
    }
    simulate(tmp_path, "wg_fold_slide", geometry | size | shape)


def handed_on(p, frame) -> list[tuple]:
    """(part of a window, plane, first, shift, last, frame) of every cycle with taps."""
    found = []
    for oy, ox in positions(p):
        window = [frame[y * p.WIDTH + x] if inside else 0 for y, x, inside in taps(p, oy, ox)]
        size = len(window) // p.FOLDS
        parts = [
            sum(word << (at * p.PIXEL_BITS) for at, word in enumerate(window[k * size : (k + 1) * size]))
            for k in range(p.FOLDS)
        ]
        for _ in range(p.PASSES):
            for plane in range(p.PLANES):
                for k, part in enumerate(parts):
                    last = k == p.FOLDS - 1 and plane == p.PLANES - 1
                    found.append((part, plane, int(k == plane == 0), int(k == 0 and plane > 0), int(last), 0))
    return [*found[:-1], (*found[-1][:5], 1)]


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.6], stall=[0.0, 0.5])
async def every_window_stands_whole(dut, idle, stall):
    p = parameters()
    frames = [[draw(p.PIXEL_BITS) for _ in range(p.HEIGHT * p.WIDTH)] for _ in range(FRAMES)]
    expected = [row for frame in frames for row in handed_on(p, frame)]
    names = ("data", "plane", "first", "shift", "last", "frame")
    bench = Bench(dut, "rd_next", "out_take", "tap_soon", "tap_valid", *(f"tap_{n}" for n in names))
    await bench.reset(in_available=0, out_room=0, rd_data=0)
    pixels, pipeline, found, taken, soon = [w for f in frames for w in f], [0, 0], [], 0, 0
    for _ in range(12 * (len(expected) + FRAMES * p.VIRTUAL_HEIGHT * p.VIRTUAL_WIDTH) + 100):
        available, room = bool(pixels) and not chance(idle), not chance(stall)
        seen = await bench.step(in_available=available, out_room=room, rd_data=pipeline[1])
        assert (available or not seen.rd_next) and (room or not seen.out_take)
        assert seen.tap_valid == soon
        soon, taken = seen.tap_soon, taken + seen.out_take
        pipeline = [pixels.pop(0) if seen.rd_next else random.getrandbits(p.PIXEL_BITS), pipeline[0]]
        if seen.tap_valid:
            found.append(tuple(getattr(seen, f"tap_{n}") for n in names))
    check_in_order(found, expected)
    assert not pixels and taken == sum(row[4] for row in expected)
