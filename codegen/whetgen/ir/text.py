"""A graph as short, stable text: one node a line, with shape and range."""

from __future__ import annotations

from dataclasses import Field, fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from whetgen.ir.graph import Graph
    from whetgen.ir.nodes import Node


def format_graph(graph: Graph) -> str:
    """``name = Kind(sources) fields : shape lo..hi``, a line a node, then the outputs."""
    lines = [_format_node(graph, node) for node in graph.nodes]
    lines += [f"output {o.name} = {o.source} as {o.kind}{' classes' if o.classifier else ''}" for o in graph.outputs]
    return "\n".join([*lines, *(f"note {note}" for note in graph.notes)])


def _format_node(graph: Graph, node: Node) -> str:
    shape = "x".join(map(str, graph.shapes[node.name]))
    lo, hi = graph.ranges[node.name]
    details = "".join(f" {f.name}={_format_field(getattr(node, f.name))}" for f in fields(node) if _told(node, f))
    return f"{node.name} = {type(node).__name__}({', '.join(node.sources)}){details} : {shape} {lo}..{hi}"


def _told(node: Node, field: Field[object]) -> bool:
    """Arrays always; else what is no name and not as it is by default."""
    value = getattr(node, field.name)
    return isinstance(value, np.ndarray) or (
        field.name not in ("name", "source", "operands") and value != field.default
    )


def _format_field(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"int[{'x'.join(map(str, value.shape))}]"
    if isinstance(value, tuple):
        return f"({','.join(_format_field(v) for v in value)})"
    return getattr(value, "name", None) or str(value)
