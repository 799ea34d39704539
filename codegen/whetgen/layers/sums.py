"""How large the sums of a layer can become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from whetgen.ir.nodes import Node
from whetgen.ir.ranges import sum_ranges
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


def sum_range(node: Node, sources: Sequence[Tensor], channels: int) -> SumRange:
    """Of the node's sums over ``sources``."""
    lowest, highest = (_rows(end, channels) for end in sum_ranges(node, *((t.lo, t.hi) for t in sources)))
    _, bounds = sum_ranges(node, *((-t.magnitude, t.magnitude) for t in sources))
    return SumRange(lowest, highest, int(bounds.max()))


def _rows(ends: np.ndarray, channels: int) -> np.ndarray:
    """(1 or positions, channels); one end stands for all."""
    return np.broadcast_to(ends, (*ends.shape[:-1], channels)).reshape(-1, channels)
