"""Dense and Conv seen alike, as all kernels over windows see them: a matrix (inputs of a window, neurons)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whetgen.ir.nodes import Conv, Dense, Threshold
from whetgen.targets.c.records import Window
from whetgen.targets.c.sums import Proof, clipped_thresholds
from whetgen.targets.c.tables import Rows, share_rows

_FIELD = 1 << 16


@dataclass(frozen=True, eq=False)
class Linear:
    """``weights``: (inputs, neurons) int64; ``entries``: thresholds of the sum without bias (with ``fire``) or biases, a
    row for each kind of position; ``lo``, ``hi``: ends of the sum without bias, per neuron, Python integers."""

    window: Window
    positions: int
    weights: np.ndarray
    entries: Rows
    fire: bool
    lo: np.ndarray
    hi: np.ndarray

    @property
    def inputs(self) -> int:
        return self.weights.shape[0]

    @property
    def padded(self) -> bool:
        """Whether a window reaches beyond the map."""
        w = self.window
        below = (w.out_height - 1) * w.stride_y + (w.kernel_height - 1) * w.dilation_y - w.top >= w.height
        right = (w.out_width - 1) * w.stride_x + (w.kernel_width - 1) * w.dilation_x - w.left >= w.width
        return bool(w.top or w.left or below or right)

    @property
    def neurons(self) -> int:
        return self.weights.shape[1]


def as_linear(node: Dense | Conv, window: Window, threshold: Threshold | None, proof: Proof) -> Linear | None:
    """None where fast kernels do not reach: grouped, wide weights, fields that do not fit their records."""
    weights = node.weights.reshape(-1, node.weights.shape[-1])
    fields = max(*vars(window).values(), *weights.shape)
    if getattr(node, "groups", 1) != 1 or weights.dtype == object or fields >= _FIELD - 1:
        return None
    if threshold is None:
        entries = node.bias.astype(object).reshape(-1, weights.shape[1])
    else:
        entries = clipped_thresholds(threshold.thresholds, node.bias, proof)
    positions = window.out_height * window.out_width
    lo, hi = (end.reshape(-1)[-weights.shape[1] :] for end in (proof.lo, proof.hi))
    return Linear(window, positions, weights, share_rows(entries), threshold is not None, lo, hi)


def dense_window(inputs: int) -> Window:
    """A map of one pixel, so that a dense layer is a convolution with one position."""
    return Window(1, 1, inputs, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0)
