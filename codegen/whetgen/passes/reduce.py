"""Smaller integers, same decisions: a threshold neuron does not feel a positive scale."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from whetgen.ir.graph import Graph
from whetgen.ir.integers import as_integers
from whetgen.ir.nodes import FIRING, MultiThreshold, Node, Threshold
from whetgen.passes.dyadic import column_gcds
from whetgen.passes.rewrite import decided, rebuilt


def reduce_scales(graph: Graph) -> Graph:
    """Divide each neuron by the gcd g of its weights: ``g s >= T`` is ``s >= ceil(T / g)``."""
    replaced: dict[str, Node | None] = {}
    for linear, fire in decided(graph):
        divisors = column_gcds(linear.weights)
        if np.any(divisors != 1) and not np.any(linear.bias):
            replaced[linear.name] = replace(linear, weights=as_integers(linear.weights // divisors))
            thresholds = -(-fire.thresholds.astype(object) // divisors.astype(object))
            replaced[fire.name] = replace(fire, thresholds=as_integers(thresholds))
    return rebuilt(graph, replaced, {})


def clip_thresholds(graph: Graph) -> Graph:
    """Thresholds outside the proved range of what they read move to its edge; drop position maps that are constant."""
    replaced: dict[str, Node | None] = {}
    for node in graph.nodes:
        if isinstance(node, FIRING):
            lo, hi = graph.ranges[node.source]
            replaced[node.name] = _clipped(node, lo, hi)
    return rebuilt(graph, replaced, {})


def _clipped(node: Threshold | MultiThreshold, lo: int, hi: int) -> Node:
    clipped = as_integers(np.clip(node.thresholds.astype(object), lo, hi + 1))
    if isinstance(node, Threshold):
        return replace(node, thresholds=_by_channel(clipped))
    rows = [_by_channel(row) for row in clipped]
    widest = max((row.shape for row in rows), key=len)
    return replace(node, thresholds=as_integers(np.stack([np.broadcast_to(row, widest) for row in rows])))


def _by_channel(values: np.ndarray) -> np.ndarray:
    """One row where all positions agree."""
    rows = values.reshape(-1, values.shape[-1])
    return rows[0] if np.all(rows == rows[0]) else values
