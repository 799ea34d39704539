"""a -> MultiThreshold      a -> Threshold, Threshold, ... -> WeightedSum

For targets that know neurons of one threshold only.
"""

from __future__ import annotations

import numpy as np

from whetgen.ir.graph import Graph
from whetgen.ir.nodes import MultiThreshold, Node, Threshold, WeightedSum


def split_thresholds(graph: Graph) -> Graph:
    """Each neuron of several thresholds as the sum of neurons of one; its name stays that of the sum."""
    nodes: list[Node] = []
    for node in graph.nodes:
        nodes += _split(graph, node) if isinstance(node, MultiThreshold) else (node,)
    return graph if len(nodes) == len(graph.nodes) else graph.with_nodes(nodes)


def _split(graph: Graph, node: MultiThreshold) -> tuple[Node, ...]:
    names = [_unique(graph, f"{node.name}_{k}") for k in range(1, node.steps + 1)]
    fires = [Threshold(name, node.source, row) for name, row in zip(names, node.thresholds, strict=True)]
    ones = np.ones(graph.shapes[node.name][-1:], dtype=np.int64)
    return (*fires, WeightedSum(node.name, tuple(names), (ones,) * node.steps, 0 * ones))


def _unique(graph: Graph, name: str) -> str:
    while name in graph.by_name:
        name += "_"
    return name
