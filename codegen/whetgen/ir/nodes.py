"""The node kinds of the integer graph.

Every tensor is an array of integers, row-major, channels last, without a batch axis:
``(features,)`` or ``(height, width, channels)``; 1-D signals are ``(1, length, channels)``.

===========  =============================================  ===========================
kind         output at position p, channel c                range
===========  =============================================  ===========================
Input        the code q                                     of its element type
Dense        sum_i weights[i, c] x[i] + bias[c]             proved from the weights
Conv         sum over the window, + bias                    proved from the weights
Threshold    1 if x >= thresholds[c] else 0                 0..1
MaxPool      largest x in the window (bits: OR)             as its source
SumPool      sum of x in the window                         window times its source
WeightedSum  sum_k factors[k] x_k + bias, element-wise      proved from the factors
Reshape      same elements, another shape                   as its source
Permute      axes reordered                                 as its source
Pad          zeros around height and width                  as its source, and 0
Upsample     every pixel repeated                           as its source
Concat       joined along one axis                          union of its sources
===========  =============================================  ===========================

Weights, factors, biases and thresholds are ``int64`` arrays, or ``object`` arrays of
Python integers where 63 bits are not enough.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whetgen.ir.integers import Word

Shape = tuple[int, ...]
Pair = tuple[int, int]  # along height, along width
Padding = tuple[Pair, Pair]
NO_PADDING: Padding = ((0, 0), (0, 0))


# What an input code may be, by name: uint8, int8, uint4, bit, int16.
ELEMENT_TYPES = {
    word.name: word for word in (Word(8, False), Word(8, True), Word(4, False), Word(1, False), Word(16, True))
}


@dataclass(frozen=True, eq=False)
class Node:
    """A tensor and how it comes about. ``name`` is unique in its graph and stays the user's."""

    name: str

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the tensors that this node reads, in order."""
        source = getattr(self, "source", None)
        return (source,) if source is not None else ()


@dataclass(frozen=True, eq=False)
class Input(Node):
    """The codes of one frame, ``shape``, each in ``type.lo..type.hi``."""

    shape: Shape
    type: Word


@dataclass(frozen=True, eq=False)
class Dense(Node):
    """Sums over a whole ``(inputs,)`` tensor.

    ``weights``: (inputs, neurons); ``bias``: (neurons,). Output (neurons,).
    """

    source: str
    weights: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True, eq=False)
class Conv(Node):
    """Sums over a sliding window of a ``(height, width, channels)`` tensor.

    ``weights``: (kernel height, kernel width, channels / groups, neurons), correlation, not flipped;
    output channel n reads the input channels of group ``n // (neurons / groups)``.
    ``bias``: (neurons,) or (out height, out width, neurons). Padding adds code 0.
    Output: ``(size + pad - ((kernel - 1) * dilation + 1)) // stride + 1`` each way.
    """

    source: str
    weights: np.ndarray
    bias: np.ndarray
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    padding: Padding = NO_PADDING
    groups: int = 1


@dataclass(frozen=True, eq=False)
class Threshold(Node):
    """1 where ``x >= thresholds``, else 0.

    ``thresholds``: (channels,) along the last axis, or the source's whole shape.
    """

    source: str
    thresholds: np.ndarray


@dataclass(frozen=True, eq=False)
class MaxPool(Node):
    """Largest element of each window, channel by channel; padding never wins."""

    source: str
    window: Pair
    stride: Pair
    padding: Padding = NO_PADDING


@dataclass(frozen=True, eq=False)
class SumPool(Node):
    """Sum of each window, channel by channel; padding adds nothing."""

    source: str
    window: Pair
    stride: Pair
    padding: Padding = NO_PADDING


@dataclass(frozen=True, eq=False)
class WeightedSum(Node):
    """Element-wise ``sum_k factors[k] * operands[k] + bias`` of tensors of one shape.

    Each factor, and the bias: (channels,) along the last axis, or the whole shape.
    """

    operands: tuple[str, ...]
    factors: tuple[np.ndarray, ...]
    bias: np.ndarray

    @property
    def sources(self) -> tuple[str, ...]:
        return self.operands


@dataclass(frozen=True, eq=False)
class Reshape(Node):
    """The same elements in row-major order, as ``shape``. Costs nothing in any target."""

    source: str
    shape: Shape


@dataclass(frozen=True, eq=False)
class Permute(Node):
    """Output axis k is input axis ``axes[k]`` (counted from 0, no batch axis)."""

    source: str
    axes: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Pad(Node):
    """Zeros around height and width: ``((top, bottom), (left, right))``; negative counts crop."""

    source: str
    padding: Padding


@dataclass(frozen=True, eq=False)
class Upsample(Node):
    """Every pixel repeated ``factor`` times (height, width): nearest neighbour."""

    source: str
    factor: Pair


@dataclass(frozen=True, eq=False)
class Concat(Node):
    """The operands joined along ``axis`` (counted from 0, no batch axis)."""

    operands: tuple[str, ...]
    axis: int

    @property
    def sources(self) -> tuple[str, ...]:
        return self.operands


LINEAR = (Dense, Conv)
MOVES = (Reshape, Permute, Pad, Upsample, Concat)
