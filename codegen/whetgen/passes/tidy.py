"""Structural passes: fewer moves, thresholds where the bits are.

a -> Reshape -> Reshape -> b      a -> Reshape -> b
a -> Reshape to the same shape    a
a -> Pad -> Conv                  a -> Conv with padding
a -> MaxPool -> Threshold         a -> Threshold -> MaxPool (an OR)
a -> Dense -> WeightedSum         a -> Dense with scaled weights
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from whetgen.ir.graph import Graph
from whetgen.ir.integers import as_integers
from whetgen.ir.nodes import LINEAR, Conv, MaxPool, Node, Pad, Permute, Reshape, Threshold, Unary, Upsample, WeightedSum
from whetgen.passes.rewrite import decided, only_reader, rebuilt, resolve, thresholds_for, with_source


def drop_unread(graph: Graph) -> Graph:
    """Remove nodes that no output depends on."""
    return graph if len(graph.needed) == len(graph.nodes) else graph.with_nodes(graph.needed)


def drop_idle_moves(graph: Graph) -> Graph:
    """Remove moves that change nothing; a reshape of a reshape reads the first source."""
    replaced: dict[str, Node | None] = {}
    renamed: dict[str, str] = {}
    for node in graph.nodes:
        if isinstance(node, Reshape):
            origin = _before_reshapes(graph, node, renamed)
            if graph.shapes[origin] == node.shape:
                replaced[node.name], renamed[node.name] = None, origin
            elif origin != node.source:
                replaced[node.name] = replace(node, source=origin)
        elif isinstance(node, Unary) and _is_idle(node):
            replaced[node.name], renamed[node.name] = None, resolve(renamed, node.source)
    return rebuilt(graph, replaced, renamed)


def _before_reshapes(graph: Graph, node: Reshape, renamed: dict[str, str]) -> str:
    origin = resolve(renamed, node.source)
    while isinstance(before := graph[origin], Reshape):
        origin = resolve(renamed, before.source)
    return origin


def _is_idle(node: Node) -> bool:
    match node:
        case Permute(axes=axes):
            return axes == tuple(range(len(axes)))
        case Pad(padding=padding):
            return not any(map(any, padding))
        case Upsample(factor=factor):
            return factor == (1, 1)
    return False


def merge_pads(graph: Graph) -> Graph:
    """Zeros around a map become the padding of the convolutions that read it."""
    replaced: dict[str, Node | None] = {}
    for conv, pad in with_source(graph, Conv):
        if isinstance(pad, Pad) and min(map(min, pad.padding)) >= 0:
            (top, bottom), (left, right) = conv.padding
            (above, below), (before, behind) = pad.padding
            padding = ((top + above, bottom + below), (left + before, right + behind))
            replaced[conv.name] = replace(conv, source=pad.source, padding=padding)
    return drop_unread(rebuilt(graph, replaced, {}))


def absorb_weighted_sums(graph: Graph) -> Graph:
    """A one-operand WeightedSum behind a linear layer multiplies that layer's weights and bias.

    Exact: ``f (W x + b) + c = (f W) x + (f b + c)`` channel by channel.
    """
    replaced: dict[str, Node | None] = {}
    renamed: dict[str, str] = {}
    for node in graph.nodes:
        if not isinstance(node, WeightedSum) or len(node.operands) > 1 or node.factors[0].ndim > 1:
            continue
        linear = graph[node.operands[0]]
        if isinstance(linear, LINEAR) and only_reader(graph, linear.name) is node:
            factor = node.factors[0].astype(object)
            replaced[linear.name] = replace(
                linear,
                weights=as_integers(linear.weights.astype(object) * factor),
                bias=as_integers(linear.bias.astype(object) * factor + node.bias.astype(object)),
            )
            replaced[node.name], renamed[node.name] = None, linear.name
    return rebuilt(graph, replaced, renamed)


def threshold_before_pool(graph: Graph) -> Graph:
    """``max(x) >= T`` is ``any(x >= T)``: compare first, so that the pool works on bits."""
    replaced: dict[str, Node | None] = {}
    for fire, pool in with_source(graph, Threshold):
        if isinstance(pool, MaxPool) and fire.thresholds.ndim == 1 and only_reader(graph, pool.name) is fire:
            replaced[pool.name] = Threshold(pool.name, pool.source, fire.thresholds)
            replaced[fire.name] = replace(pool, name=fire.name, source=pool.name)
    return _names_follow_roles(rebuilt(graph, replaced, {}), replaced)


def _names_follow_roles(graph: Graph, swapped: dict[str, Node | None]) -> Graph:
    """After a swap the threshold carries the threshold's name again, and the pool the pool's."""
    exchange: dict[str, str] = {}
    for node in swapped.values():
        if isinstance(node, MaxPool):
            exchange[node.name], exchange[node.source] = node.source, node.name
    if not exchange:
        return graph
    nodes = []
    for node in graph.nodes:
        sources = {s: exchange[s] for s in node.sources if s in exchange}
        moved = rebuilt(graph.with_nodes([node]), {}, sources).nodes[0] if sources else node
        nodes.append(replace(moved, name=exchange.get(node.name, node.name)))
    outputs = tuple(replace(o, source=exchange.get(o.source, o.source)) for o in graph.outputs)
    return replace(graph, nodes=tuple(nodes), outputs=outputs)


def bias_into_threshold(graph: Graph) -> Graph:
    """``sum + b >= T`` is ``sum >= T - b``, where the threshold is the layer's only reader."""
    replaced: dict[str, Node | None] = {}
    for linear, fire in decided(graph):
        if np.any(linear.bias != 0):
            thresholds = thresholds_for(fire, linear.bias) - linear.bias.astype(object)
            replaced[fire.name] = replace(fire, thresholds=as_integers(thresholds))
            zeros = np.zeros(linear.weights.shape[-1], dtype=np.int64)
            replaced[linear.name] = replace(linear, bias=zeros)
    return rebuilt(graph, replaced, {})
