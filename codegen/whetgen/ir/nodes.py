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
MultiThres.  how many of thresholds[:, c] x reaches         0..their number
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
        return ()


@dataclass(frozen=True, eq=False)
class Unary(Node):
    """A node that reads one tensor."""

    source: str

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source,)


@dataclass(frozen=True, eq=False)
class Nary(Node):
    """A node that reads several tensors."""

    operands: tuple[str, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        return self.operands


@dataclass(frozen=True, eq=False)
class Input(Node):
    """The codes of one frame, ``shape``, each in ``type.lo..type.hi``."""

    shape: Shape
    type: Word


@dataclass(frozen=True, eq=False)
class Dense(Unary):
    """Sums over a whole ``(inputs,)`` tensor.

    ``weights``: (inputs, neurons); ``bias``: (neurons,). Output (neurons,).
    """

    weights: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True, eq=False)
class Conv(Unary):
    """Sums over a sliding window of a ``(height, width, channels)`` tensor.

    ``weights``: (kernel height, kernel width, channels / groups, neurons), correlation, not flipped;
    output channel n reads the input channels of group ``n // (neurons / groups)``.
    ``bias``: (neurons,) or (out height, out width, neurons). Padding adds code 0.
    Output: ``(size + pad - ((kernel - 1) * dilation + 1)) // stride + 1`` each way.
    """

    weights: np.ndarray
    bias: np.ndarray
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    padding: Padding = NO_PADDING
    groups: int = 1


@dataclass(frozen=True, eq=False)
class Threshold(Unary):
    """1 where ``x >= thresholds``, else 0.

    ``thresholds``: (channels,) along the last axis, or the source's whole shape.
    """

    thresholds: np.ndarray


@dataclass(frozen=True, eq=False)
class MultiThreshold(Unary):
    """A neuron of several thresholds: the number of those that x reaches, ``x >= threshold``.

    ``thresholds``: (steps, channels), or (steps, *the source's whole shape); each neuron's ascend.
    """

    thresholds: np.ndarray

    @property
    def steps(self) -> int:
        return len(self.thresholds)


@dataclass(frozen=True, eq=False)
class MaxPool(Unary):
    """Largest element of each window, channel by channel; padding never wins."""

    window: Pair
    stride: Pair
    padding: Padding = NO_PADDING


@dataclass(frozen=True, eq=False)
class SumPool(Unary):
    """Sum of each window, channel by channel; padding adds nothing."""

    window: Pair
    stride: Pair
    padding: Padding = NO_PADDING


@dataclass(frozen=True, eq=False)
class WeightedSum(Nary):
    """Element-wise ``sum_k factors[k] * operands[k] + bias`` of tensors of one shape.

    Each factor, and the bias: (channels,) along the last axis, or the whole shape.
    """

    factors: tuple[np.ndarray, ...]
    bias: np.ndarray


@dataclass(frozen=True, eq=False)
class Reshape(Unary):
    """The same elements in row-major order, as ``shape``. Costs nothing in any target."""

    shape: Shape


@dataclass(frozen=True, eq=False)
class Permute(Unary):
    """Output axis k is input axis ``axes[k]`` (counted from 0, no batch axis)."""

    axes: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Pad(Unary):
    """Zeros around height and width: ``((top, bottom), (left, right))``; negative counts crop."""

    padding: Padding


@dataclass(frozen=True, eq=False)
class Upsample(Unary):
    """Every pixel repeated ``factor`` times (height, width): nearest neighbour."""

    factor: Pair


@dataclass(frozen=True, eq=False)
class Concat(Nary):
    """The operands joined along ``axis`` (counted from 0, no batch axis)."""

    axis: int


LINEAR = (Dense, Conv)
FIRING = (Threshold, MultiThreshold)
MOVES = (Reshape, Permute, Pad, Upsample, Concat)
KINDS: tuple[type[Node], ...] = (Input, *LINEAR, *FIRING, MaxPool, SumPool, WeightedSum, *MOVES)
