"""a -> Permute -> Reshape -> Dense      a -> Reshape -> Dense with its rows in another order

A Dense reads its whole source: instead of the elements, the weights move.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from whetgen.ir.graph import Graph
from whetgen.ir.nodes import Dense, Node, Permute, Reshape
from whetgen.passes.tidy import drop_unread
from whetgen.reference import evaluate


def permute_weights(graph: Graph) -> Graph:
    """Reorders the rows of each Dense behind Permutes, which nobody else may need any more."""
    nodes: list[Node] = []
    for node in graph.nodes:
        nodes += _reordered(graph, node) if isinstance(node, Dense) else (node,)
    return drop_unread(graph.with_nodes(nodes))


def _reordered(graph: Graph, node: Dense) -> tuple[Node, ...]:
    """The Dense, and what lays its new source out as a row; as it is where only reshapes are in front."""
    moves, root = _moves_before(graph, node)
    if not any(isinstance(move, Permute) for move in moves):
        return (node,)
    places = np.arange(graph.size(root)).reshape(1, *graph.shapes[root])
    for move in moves:
        places = evaluate(move, places)
    weights = np.empty_like(node.weights)
    weights[places.reshape(-1)] = node.weights
    name = f"{node.name}_row"
    while name in graph.by_name:
        name += "_"
    row = Reshape(name, root, (graph.size(root),))
    return row, replace(node, source=row.name, weights=weights)


def _moves_before(graph: Graph, node: Dense) -> tuple[list[Node], str]:
    """The Permutes and Reshapes in front, the first one first, and the tensor that the first one reads."""
    moves: list[Node] = []
    name = node.source
    while isinstance(move := graph[name], Permute | Reshape):
        moves.insert(0, move)
        name = move.source
    return moves, name
