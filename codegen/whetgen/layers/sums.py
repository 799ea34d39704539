"""How large the sums of a layer can become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from whetgen.ir.ranges import column_ranges
from whetgen.layers.tensor import Tensor


@dataclass(frozen=True, eq=False)
class SumRange:
    """Ends of a layer's sums before a bias is added: ``lowest``, ``highest``, (1 or positions, channels) of Python integers.

    ``bound``: no part of a sum, in whatever order it is added, has a larger magnitude.
    """

    lowest: np.ndarray
    highest: np.ndarray
    bound: int

    @property
    def lo(self) -> int:
        return int(self.lowest.min())

    @property
    def hi(self) -> int:
        return int(self.highest.max())

    def clipped(self, levels: np.ndarray) -> np.ndarray:
        """Thresholds that decide alike about every sum in the range, none beyond ``lowest..highest + 1``."""
        clipped: np.ndarray = np.minimum(np.maximum(levels, self.lowest), self.highest + 1)
        return clipped


def weighted_range(weights: np.ndarray, source: Tensor, padded: bool = False) -> SumRange:
    """Of sums over windows with ``weights`` (inputs, neurons); ``padded``: an input may be 0 instead of an element."""
    ends = (min(source.lo, 0), max(source.hi, 0)) if padded else (source.lo, source.hi)
    lowest, highest = column_ranges(weights, ends)
    _, bounds = column_ranges(weights, (-source.magnitude, source.magnitude))
    return SumRange(lowest.reshape(1, -1), highest.reshape(1, -1), int(bounds.max()))


def blended_range(factors: Sequence[np.ndarray], sources: Sequence[Tensor]) -> SumRange:
    """Of element-wise sums, the ``factors`` of each source (1 or positions, channels)."""
    ends = [(f.astype(object) * t.lo, f.astype(object) * t.hi) for f, t in zip(factors, sources, strict=True)]
    lowest = reduce(np.add, [np.minimum(*pair) for pair in ends])
    highest = reduce(np.add, [np.maximum(*pair) for pair in ends])
    bounds = reduce(np.add, [np.maximum(*np.abs(pair)) for pair in ends])
    return SumRange(lowest, highest, int(bounds.max()))


def even_range(lo: int, hi: int, bound: int, channels: int) -> SumRange:
    """The same ends for every channel."""
    lowest, highest = np.full((2, 1, channels), 0, dtype=object)
    lowest[:], highest[:] = lo, hi
    return SumRange(lowest, highest, bound)
