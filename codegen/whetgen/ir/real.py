"""The node kinds of a traced graph that still carry real numbers.

A traced graph mixes these with the structural kinds of ``nodes.py`` (MaxPool, Reshape, ...).
Parameters are the stored floats (exact as float64) or exact rationals and square roots;
``passes.lower`` turns such a graph into integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from whetgen.ir.nodes import NO_PADDING, Node, Padding, Pair, Shape
from whetgen.ir.shapes import output_shape, slide


@dataclass(frozen=True, eq=False)
class RealDense(Node):
    """``x @ kernel + bias``; kernel (inputs, units), bias (units,), float64."""

    source: str
    kernel: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True, eq=False)
class RealConv(Node):
    """Sliding-window sums; fields as in ``nodes.Conv``, with float64 kernel and bias (units,)."""

    source: str
    kernel: np.ndarray
    bias: np.ndarray
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    padding: Padding = NO_PADDING
    groups: int = 1


@dataclass(frozen=True, eq=False)
class Affine(Node):
    """``multiplier * x + addend``: exact numbers in object arrays that broadcast against the source.

    ``addend_size``: float64 bound on the size of the terms that make up the addend (they may cancel),
    for the rounding bound of a float evaluation.
    """

    source: str
    multiplier: np.ndarray
    addend: np.ndarray
    addend_size: np.ndarray


@dataclass(frozen=True, eq=False)
class AveragePool(Node):
    """Mean of each window; padding does not count."""

    source: str
    window: Pair
    stride: Pair
    padding: Padding = NO_PADDING


@dataclass(frozen=True, eq=False)
class Sum(Node):
    """Element-wise ``sum_k signs[k] * operands[k]``."""

    operands: tuple[str, ...]
    signs: tuple[int, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        return self.operands


@dataclass(frozen=True, eq=False)
class Step(Node):
    """A sharpened neuron: 1 where ``x >= level``, else 0."""

    source: str
    level: Fraction


@dataclass(frozen=True, eq=False)
class Decode(Node):
    """N-hot scores ``(2x - 1) . (2 key - 1)^T`` of spikes; key (classes, width) of 0 and 1."""

    source: str
    key: np.ndarray


@dataclass(frozen=True, eq=False)
class Head(Node):
    """An output activation that keeps the rank (softmax, sigmoid); nothing may read it."""

    source: str
    activation: Literal["softmax", "sigmoid"]


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
@output_shape.register(Sum)
@output_shape.register(Step)
@output_shape.register(Head)
def _(node: Node, source: Shape, *more: Shape) -> Shape:
    return source
