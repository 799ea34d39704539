"""What passes share: rebuilding a graph with some nodes replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

import numpy as np

from whetgen.ir.graph import Graph
from whetgen.ir.nodes import FIRING, LINEAR, Conv, Dense, MultiThreshold, Nary, Node, Threshold, Unary

UnaryKind = TypeVar("UnaryKind", bound=Unary)


def reading(node: Node, renamed: Mapping[str, str]) -> Node:
    """``node`` with its sources renamed; the node itself when none of them is."""
    if not any(s in renamed for s in node.sources):
        return node
    if isinstance(node, Nary):
        return replace(node, operands=tuple(renamed.get(s, s) for s in node.operands))
    return replace(node, source=renamed[node.source]) if isinstance(node, Unary) else node


def rebuilt(graph: Graph, replaced: Mapping[str, Node | None], renamed: Mapping[str, str]) -> Graph:
    """Nodes replaced (None: removed) by name, then readers and outputs moved to the new names."""
    nodes = [replaced.get(node.name, node) for node in graph.nodes]
    outputs = tuple(replace(o, source=renamed.get(o.source, o.source)) for o in graph.outputs)
    return replace(graph, nodes=tuple(reading(n, renamed) for n in nodes if n is not None), outputs=outputs)


def only_reader(graph: Graph, name: str) -> Node | None:
    """The one node that reads a tensor which is no output; None when there are more or it is one."""
    readers = graph.readers[name]
    return readers[0] if len(readers) == 1 and name not in graph.read_by_output else None


def with_source(graph: Graph, kind: type[UnaryKind]) -> Iterator[tuple[UnaryKind, Node]]:
    """Each node of a kind, with the node that it reads."""
    return ((node, graph[node.source]) for node in graph.nodes if isinstance(node, kind))


def decided(graph: Graph) -> Iterator[tuple[Dense | Conv, Threshold | MultiThreshold]]:
    """Each linear layer that only neurons of one or of several thresholds read, with those."""
    for fire in graph.nodes:
        if isinstance(fire, FIRING):
            linear = graph[fire.source]
            if isinstance(linear, LINEAR) and only_reader(graph, linear.name) is fire:
                yield linear, fire


def thresholds_for(fire: Threshold | MultiThreshold, rows: np.ndarray) -> np.ndarray:
    """Python integers that ``rows``, (channels,) or of the source's whole shape, broadcast with, each neuron's to all of its own."""
    thresholds = fire.thresholds.astype(object)
    if isinstance(fire, MultiThreshold) and rows.ndim >= thresholds.ndim:
        return thresholds.reshape(fire.steps, *(1,) * (rows.ndim - 1), -1)
    return thresholds


def resolve(renamed: dict[str, str], name: str) -> str:
    """The last name in a chain of renamings."""
    while name in renamed:
        name = renamed[name]
    return name
