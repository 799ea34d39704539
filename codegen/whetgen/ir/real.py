"""The node kinds of a traced graph that still carry real numbers.

A traced graph mixes these with the kinds of ``nodes.py`` that only move or compare (MaxPool, Reshape, ...); a kind that
has an integer namesake there is called ``Real...`` here.
Parameters are the stored floats (exact as float64) or exact rationals and square roots;
``passes.lower`` turns such a graph into integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from whetgen.ir.nodes import NO_PADDING, Nary, Node, Padding, Pair, Shape, Unary
from whetgen.ir.shapes import output_shape, slide


@dataclass(frozen=True, eq=False)
class RealDense(Unary):
    """``x @ kernel + bias``; kernel (inputs, units), bias (units,), float64."""

    kernel: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True, eq=False)
class RealConv(Unary):
    """Sliding-window sums; fields as in ``nodes.Conv``, with float64 kernel and bias (units,)."""

    kernel: np.ndarray
    bias: np.ndarray
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    padding: Padding = NO_PADDING
    groups: int = 1


@dataclass(frozen=True, eq=False)
class Affine(Unary):
    """``multiplier * x + addend``: exact numbers in object arrays that broadcast against the source.

    ``addend_size``: float64 bound on the size of the terms that make up the addend (they may cancel),
    for the rounding bound of a float evaluation.
    """

    multiplier: np.ndarray
    addend: np.ndarray
    addend_size: np.ndarray


@dataclass(frozen=True, eq=False)
class AveragePool(Unary):
    """Mean of each window; padding does not count."""

    window: Pair
    stride: Pair
    padding: Padding = NO_PADDING


@dataclass(frozen=True, eq=False)
class RealSum(Nary):
    """Element-wise ``sum_k signs[k] * operands[k]``."""

    signs: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class RealThreshold(Unary):
    """A sharpened neuron: 1 where ``x >= level``, else 0."""

    level: Fraction


@dataclass(frozen=True, eq=False)
class RealMultiThreshold(Unary):
    """A neuron of several levels: the number of those that x reaches.

    ``levels``: (steps, ...) exact numbers whose rows broadcast against the source, each column ascending. ``strict``: for
    each step whether x has to be above its level, ``x > level``; else ``x >= level``.
    """

    levels: np.ndarray
    strict: tuple[bool, ...]


NEURONS = (RealThreshold, RealMultiThreshold)


@dataclass(frozen=True, eq=False)
class Decode(Unary):
    """N-hot scores ``(2x - 1) . (2 key - 1)^T + offsets`` of spikes; key (classes, width) of 0 and 1, offsets integers."""

    key: np.ndarray
    offsets: np.ndarray


@dataclass(frozen=True, eq=False)
class Head(Unary):
    """An output activation that keeps the rank (softmax or its logarithm, sigmoid); nothing may read it."""

    activation: Literal["softmax", "log_softmax", "sigmoid"]


@output_shape.register
def _(node: RealDense, source: Shape) -> Shape:
    return (node.kernel.shape[1],)


@output_shape.register
def _(node: RealConv, source: Shape) -> Shape:
    return (*slide(source, node.kernel.shape[:2], node.stride, node.dilation, node.padding), node.kernel.shape[3])


@output_shape.register
def _(node: AveragePool, source: Shape) -> Shape:
    return (*slide(source, node.window, node.stride, (1, 1), node.padding), source[2])


@output_shape.register
def _(node: Decode, source: Shape) -> Shape:
    return (node.key.shape[0],)


@output_shape.register(Affine)
@output_shape.register(RealSum)
@output_shape.register(RealThreshold)
@output_shape.register(RealMultiThreshold)
@output_shape.register(Head)
def _(node: Node, source: Shape, *more: Shape) -> Shape:
    return source
