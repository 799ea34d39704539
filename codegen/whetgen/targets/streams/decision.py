"""One score of which only the class is sent: hardware compares it like any sum that fires."""

from __future__ import annotations

from dataclasses import replace

from whetgen.ir import Graph
from whetgen.ir.integers import as_integers
from whetgen.ir.nodes import Threshold


def with_decision(graph: Graph, kind: str) -> Graph:
    """The graph of which the stream sends the last tensor, or where its largest element is.

    One number of which only the class is sent becomes the decision::

        sum -> class                 sum -> Threshold(level) -> spike

    so that the layers in front can build its comparison into themselves. A spike is its class already.
    """
    head = graph.outputs[0]
    if kind != "class" or graph.size(head.source) > 1 or head.kind == "spikes":
        return graph
    name, (lo, hi) = _unused(f"{head.name}_class", graph), graph.ranges[head.source]
    fire = Threshold(name, head.source, as_integers([min(max(head.level, lo), hi + 1)]))
    return replace(graph.with_nodes((*graph.nodes, fire)), outputs=(replace(head, source=name, kind="spikes"),))


def _unused(name: str, graph: Graph) -> str:
    while name in graph.by_name:
        name += "_"
    return name
