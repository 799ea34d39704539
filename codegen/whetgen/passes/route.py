"""Where the sums of a linear layer are decided: the way from the layer to a threshold, or to outputs.

conv -> SumPool -> Threshold      ``SumPool(s x) = s SumPool(x)``: a scale reaches the threshold
dense -> dense -> output          ``W s x + s b = s (W x + b)``, and the output's own scale takes it up
dense -> WeightedSum <- spikes    two scales meet; no route
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whetgen.ir.graph import Graph
from whetgen.ir.nodes import (
    LINEAR,
    Conv,
    Dense,
    MaxPool,
    Node,
    Pad,
    Permute,
    Reshape,
    SumPool,
    Threshold,
    Upsample,
    WeightedSum,
)

_HOMOGENEOUS = (MaxPool, SumPool, Reshape, Permute, Pad, Upsample)
_CHANNELWISE = (MaxPool, SumPool, Pad, Upsample, WeightedSum)


@dataclass(frozen=True)
class Route:
    """A linear layer, the nodes behind it that carry a positive scale on, in order, and what ends them.

    A path node's bias has to be brought to the same scale.

    ``end``: the threshold that decides, None where outputs take the sums. ``tip``: the tensor that the end reads.
    ``channelwise``: whether each neuron stays its own channel and meets no bias, so that each may have its own scale.
    """

    linear: Dense | Conv
    path: tuple[Node, ...]
    tip: str
    end: Threshold | None
    channelwise: bool


def route_of(graph: Graph, linear: Dense | Conv) -> Route | str:
    """The route of a layer, or in words why it has none."""
    path: list[Node] = []
    tip = linear.name
    while tip not in graph.read_by_output:
        if len(graph.readers[tip]) != 1:
            return f"'{tip}' is read {len(graph.readers[tip])} times"
        (reader,) = graph.readers[tip]
        if isinstance(reader, Threshold):
            if reader.thresholds.ndim > 1:
                return f"'{reader.name}' has a threshold for each position"
            return Route(linear, tuple(path), tip, reader, all(_is_channelwise(graph, n) for n in path))
        if not _carries_a_scale(reader):
            return f"'{reader.name}' brings its sums together with others"
        path.append(reader)
        tip = reader.name
    if graph.readers[tip]:
        return f"'{tip}' is an output and is read by '{graph.readers[tip][0].name}'"
    if any(o.source == tip and o.kind != "accumulators" for o in graph.outputs):
        return f"'{tip}' is an output without a scale"
    return Route(linear, tuple(path), tip, None, channelwise=False)


def _carries_a_scale(node: Node) -> bool:
    return isinstance(node, (*_HOMOGENEOUS, *LINEAR)) or (isinstance(node, WeightedSum) and len(node.operands) == 1)


def _is_channelwise(graph: Graph, node: Node) -> bool:
    if isinstance(node, Reshape):
        return node.shape[-1] == graph.shapes[node.source][-1]
    return isinstance(node, _CHANNELWISE) and not np.any(getattr(node, "bias", 0))
