"""Proved range of every tensor: interval arithmetic over Python integers.

A sum's range follows from the positive and the negative weights of each neuron:
lowest ``P * lo + N * hi``, highest ``P * hi + N * lo``, with ``P``, ``N`` their sums.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

import numpy as np

from whetgen.ir.nodes import (
    MOVES,
    NO_PADDING,
    Conv,
    Dense,
    Input,
    MaxPool,
    MultiThreshold,
    Node,
    Pad,
    SumPool,
    Threshold,
    WeightedSum,
)

if TYPE_CHECKING:
    from whetgen.ir.graph import Graph

Range = tuple[int, int]


def infer_ranges(graph: Graph) -> dict[str, Range]:
    """(lowest, highest) value of each tensor by name."""
    ranges: dict[str, Range] = {}
    for node in graph.nodes:
        ranges[node.name] = output_range(node, *(ranges[s] for s in node.sources))
    return ranges


@singledispatch
def sum_ranges(node: Node, *sources: Range) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest sum of each channel before a bias is added: object arrays that broadcast to the result.

    Of a node that does not sum they are the ends of what it reads.
    """
    lo, hi = sources[0]
    return np.array([lo], dtype=object), np.array([hi], dtype=object)


@sum_ranges.register(Dense)
@sum_ranges.register(Conv)
def _(node: Dense | Conv, source: Range) -> tuple[np.ndarray, np.ndarray]:
    weights = node.weights.reshape(-1, node.weights.shape[-1])
    positive, negative = _exact_sum(np.maximum(weights, 0)), _exact_sum(np.minimum(weights, 0))
    padded = isinstance(node, Conv) and node.padding != NO_PADDING
    lo, hi = _with_zero(source) if padded else source
    return positive * lo + negative * hi, positive * hi + negative * lo


@sum_ranges.register
def _(node: SumPool, source: Range) -> tuple[np.ndarray, np.ndarray]:
    lo, hi = _with_zero(source) if node.padding != NO_PADDING else source
    taps = node.window[0] * node.window[1]
    return np.array([taps * lo], dtype=object), np.array([taps * hi], dtype=object)


@sum_ranges.register
def _(node: WeightedSum, *sources: Range) -> tuple[np.ndarray, np.ndarray]:
    lowest = highest = np.zeros(1, dtype=object)
    for factor, (lo, hi) in zip(node.factors, sources, strict=True):
        ends = factor.astype(object) * lo, factor.astype(object) * hi
        lowest, highest = lowest + np.minimum(*ends), highest + np.maximum(*ends)
    return lowest, highest


def _exact_sum(weights: np.ndarray) -> np.ndarray:
    """Column sums as Python integers."""
    if weights.dtype == object or float(np.abs(weights).sum(axis=0, dtype=np.float64).max(initial=0)) >= 2.0**62:
        weights = weights.astype(object)
    sums: np.ndarray = weights.sum(axis=0)
    return sums.astype(object)


@singledispatch
def output_range(node: Node, *sources: Range) -> Range:
    """Range of ``node`` given the ranges of what it reads."""
    raise TypeError(f"no range rule for {type(node).__name__}")


@output_range.register
def _(node: Input) -> Range:
    return node.type.lo, node.type.hi


@output_range.register(Dense)
@output_range.register(Conv)
@output_range.register(WeightedSum)
def _(node: Dense | Conv | WeightedSum, *sources: Range) -> Range:
    lowest, highest = sum_ranges(node, *sources)
    return int((lowest + node.bias).min()), int((highest + node.bias).max())


@output_range.register
def _(node: Threshold, source: Range) -> Range:
    return 0, 1


@output_range.register
def _(node: MultiThreshold, source: Range) -> Range:
    return 0, node.steps


@output_range.register
def _(node: MaxPool, source: Range) -> Range:
    return source


@output_range.register
def _(node: SumPool, source: Range) -> Range:
    lowest, highest = sum_ranges(node, source)
    return int(lowest[0]), int(highest[0])


def _move_range(node: Node, *sources: Range) -> Range:
    union = min(lo for lo, _ in sources), max(hi for _, hi in sources)
    return _with_zero(union) if isinstance(node, Pad) else union


for _kind in MOVES:
    output_range.register(_kind, _move_range)


def _with_zero(source: Range) -> Range:
    return min(source[0], 0), max(source[1], 0)
