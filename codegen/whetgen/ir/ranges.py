"""Proved range of every tensor: interval arithmetic over Python integers.

A sum's range follows from the positive and the negative weights of each neuron:
lowest ``P * lo + N * hi``, highest ``P * hi + N * lo``, with ``P``, ``N`` their sums.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

import numpy as np

from whetgen.ir.nodes import MOVES, NO_PADDING, Conv, Dense, Input, MaxPool, Node, Pad, SumPool, Threshold, WeightedSum

if TYPE_CHECKING:
    from whetgen.ir.graph import Graph

Range = tuple[int, int]


def infer_ranges(graph: Graph) -> dict[str, Range]:
    """(lowest, highest) value of each tensor by name."""
    ranges: dict[str, Range] = {}
    for node in graph.nodes:
        ranges[node.name] = output_range(node, *(ranges[s] for s in node.sources))
    return ranges


def sum_ranges(node: Dense | Conv, source: Range) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest sum of each neuron without its bias: two (neurons,) object arrays."""
    padded = getattr(node, "padding", NO_PADDING) != NO_PADDING
    return column_ranges(node.weights.reshape(-1, node.weights.shape[-1]), _with_zero(source) if padded else source)


def column_ranges(weights: np.ndarray, source: Range) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest sum that each column of ``weights`` (inputs, neurons) makes: two (neurons,) object arrays."""
    positive, negative = _exact_sum(np.maximum(weights, 0)), _exact_sum(np.minimum(weights, 0))
    lo, hi = source
    return positive * lo + negative * hi, positive * hi + negative * lo


def _exact_sum(weights: np.ndarray) -> np.ndarray:
    """Column sums as Python integers."""
    if weights.dtype == object or float(np.abs(weights).sum(axis=0, dtype=np.float64).max(initial=0)) >= 2.0**62:
        return weights.astype(object).sum(axis=0) + np.zeros(weights.shape[1], dtype=object)
    return weights.sum(axis=0).astype(object)


@singledispatch
def output_range(node: Node, *sources: Range) -> Range:
    """Range of ``node`` given the ranges of what it reads."""
    raise TypeError(f"no range rule for {type(node).__name__}")


@output_range.register
def _(node: Input) -> Range:
    return node.type.lo, node.type.hi


@output_range.register(Dense)
@output_range.register(Conv)
def _(node: Dense | Conv, source: Range) -> Range:
    lowest, highest = sum_ranges(node, source)
    return _span(lowest + node.bias, highest + node.bias)


@output_range.register
def _(node: Threshold, source: Range) -> Range:
    return 0, 1


@output_range.register
def _(node: MaxPool, source: Range) -> Range:
    return source


@output_range.register
def _(node: SumPool, source: Range) -> Range:
    lo, hi = _with_zero(source) if node.padding != NO_PADDING else source
    taps = node.window[0] * node.window[1]
    return taps * lo, taps * hi


@output_range.register
def _(node: WeightedSum, *sources: Range) -> Range:
    lowest = highest = node.bias.astype(object)
    for factor, (lo, hi) in zip(node.factors, sources, strict=True):
        ends = factor.astype(object) * lo, factor.astype(object) * hi
        lowest, highest = lowest + np.minimum(*ends), highest + np.maximum(*ends)
    return _span(lowest, highest)


def _move_range(node: Node, *sources: Range) -> Range:
    union = min(lo for lo, _ in sources), max(hi for _, hi in sources)
    return _with_zero(union) if isinstance(node, Pad) else union


for _kind in MOVES:
    output_range.register(_kind, _move_range)


def _with_zero(source: Range) -> Range:
    return min(source[0], 0), max(source[1], 0)


def _span(lowest: np.ndarray, highest: np.ndarray) -> Range:
    return int(lowest.min()), int(highest.max())
