"""Window geometries for the modules that slide windows, and a naive model of the places where taps lie."""

from collections.abc import Iterator
from types import SimpleNamespace

NAMES = (
    "HEIGHT", "WIDTH", "OUT_HEIGHT", "OUT_WIDTH", "KERNEL_Y", "KERNEL_X", "STRIDE_Y", "STRIDE_X", "DILATION_Y",
    "DILATION_X", "PAD_TOP", "PAD_LEFT",
)  # fmt: skip

ONE = dict(zip(NAMES, (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0), strict=True))
# Padding on all sides: windows hang over every border.
PADDED = dict(zip(NAMES, (3, 5, 4, 3, 3, 2, 1, 2, 1, 1, 2, 1), strict=True))
# Steps and holes, and a first window that lies wholly in the padding.
STRIDED = dict(zip(NAMES, (5, 4, 3, 3, 2, 3, 3, 1, 2, 2, 4, 3), strict=True))


def taps(p: SimpleNamespace, oy: int, ox: int) -> Iterator[tuple[int, int, bool]]:
    """Row, column, and whether they lie on the map, of every tap of the window at (oy, ox)."""
    for ky in range(p.KERNEL_Y):
        for kx in range(p.KERNEL_X):
            y = oy * p.STRIDE_Y + ky * p.DILATION_Y - p.PAD_TOP
            x = ox * p.STRIDE_X + kx * p.DILATION_X - p.PAD_LEFT
            yield y, x, y in range(p.HEIGHT) and x in range(p.WIDTH)


def positions(p: SimpleNamespace) -> Iterator[tuple[int, int]]:
    """All places of the window, row by row."""
    yield from ((oy, ox) for oy in range(p.OUT_HEIGHT) for ox in range(p.OUT_WIDTH))


def address_bits(words: int) -> int:
    return max((words - 1).bit_length(), 1)
