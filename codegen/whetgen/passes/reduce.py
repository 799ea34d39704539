"""Smaller integers, same decisions: a threshold neuron does not feel a positive scale."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from whetgen.ir.graph import Graph
from whetgen.ir.integers import as_integers
from whetgen.ir.nodes import LINEAR, Node, Threshold
from whetgen.passes.dyadic import column_gcds
from whetgen.passes.rewrite import only_reader, rebuilt


def reduce_scales(graph: Graph) -> Graph:
    """Divide each neuron by the gcd g of its weights: ``g s >= T`` is ``s >= ceil(T / g)``."""
    replaced: dict[str, Node | None] = {}
    for node in graph.nodes:
        linear = graph[node.source] if isinstance(node, Threshold) else None
        if not isinstance(linear, LINEAR) or only_reader(graph, linear.name) is not node or np.any(linear.bias != 0):
            continue
        divisors = column_gcds(linear.weights)
        if np.any(divisors != 1):
            replaced[linear.name] = replace(linear, weights=as_integers(linear.weights // divisors))
            replaced[node.name] = replace(
                node, thresholds=as_integers(-(-node.thresholds.astype(object) // divisors.astype(object)))
            )
    return rebuilt(graph, replaced, {})


def clip_thresholds(graph: Graph) -> Graph:
    """Thresholds outside the proved range of what they read move to its edge; drop position maps that are constant."""
    replaced: dict[str, Node | None] = {}
    for node in graph.nodes:
        if isinstance(node, Threshold):
            lo, hi = graph.ranges[node.source]
            clipped = as_integers(np.clip(node.thresholds.astype(object), lo, hi + 1))
            rows = clipped.reshape(-1, clipped.shape[-1])
            replaced[node.name] = replace(node, thresholds=rows[0] if np.all(rows == rows[0]) else clipped)
    return rebuilt(graph, replaced, {})
