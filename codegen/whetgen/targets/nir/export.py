"""An integer graph as a NIR graph (https://neuroir.org), channels first.

NIR has sums, thresholds, sum pools and no more: the largest of spikes is a sum pool and a threshold, and a neuron fires
where its sum is above its threshold, which therefore stands half a step lower. Inputs are the codes; where several
tensors meet, edges add.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import singledispatch

import nir
import numpy as np

from whetgen.errors import BadInput
from whetgen.ir import Graph
from whetgen.ir.nodes import (
    Conv,
    Dense,
    Input,
    MaxPool,
    MultiThreshold,
    Node,
    Padding,
    Reshape,
    Shape,
    SumPool,
    Threshold,
    WeightedSum,
)
from whetgen.targets.output.seal import BLANK

_EXACT = 1 << 53
_HALF = 0.5


@dataclass
class NirExport:
    """The graph under construction. ``at``: the NIR nodes whose sum is a tensor of the graph."""

    graph: Graph
    nodes: dict[str, nir.NIRNode] = field(default_factory=dict)
    edges: list[tuple[str, str]] = field(default_factory=list)
    at: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, name: str, made: nir.NIRNode, sources: tuple[str, ...]) -> tuple[str, ...]:
        name = _node_name(name)
        while name in self.nodes:
            name += "_"
        self.nodes[name] = made
        self.edges += [(source, name) for source in sources]
        return (name,)

    def read(self, source: str) -> tuple[str, ...]:
        return self.at[source]


def export(graph: Graph) -> nir.NIRGraph:
    """The graph; its outputs are the integers that the reference computes.

    Raises:
        BadInput: a layer that NIR has no node for, or integers that float64 does not hold.
    """
    state = NirExport(graph)
    for node in graph.nodes:
        lo, hi = graph.ranges[node.name]
        if max(abs(lo), abs(hi)) >= _EXACT:
            raise BadInput(
                f"layer '{node.name}' needs integers of more than 53 bits; narrow the weights with --weight-bits"
            )
        state.at[node.name] = export_node(node, state)
    for output in graph.outputs:
        shape = _first(graph.shapes[output.source])
        state.add(output.name, nir.Output(output_type=np.array(shape)), state.read(output.source))
    about = {"seal": BLANK}
    return nir.NIRGraph(state.nodes, state.edges, metadata=about, type_check=False)  # it takes all kernels for square


def output_nodes(graph: Graph) -> tuple[str, ...]:
    """What the outputs of the graph are called in NIR, in their order; files keep their nodes by name.

    Raises:
        BadInput: as ``export``.
    """
    return tuple(name for name, node in export(graph).nodes.items() if isinstance(node, nir.Output))


def _node_name(name: str) -> str:
    """A slash would make a group of HDF5."""
    return name.replace("/", ".")


def _first(shape: Shape) -> Shape:
    return (shape[-1], *shape[:-1])


def _refused(node: Node) -> BadInput:
    return BadInput(f"layer '{node.name}' ({type(node).__name__}) has no node in NIR; use another target")


@singledispatch
def export_node(node: Node, state: NirExport) -> tuple[str, ...]:
    """Add what makes the tensor of ``node``; returns the nodes whose sum it is."""
    raise _refused(node)


@export_node.register
def _(node: Input, state: NirExport) -> tuple[str, ...]:
    return state.add(node.name, nir.Input(input_type=np.array(_first(node.shape))), ())


@export_node.register
def _(node: Dense, state: NirExport) -> tuple[str, ...]:
    made = nir.Affine(node.weights.T.astype(np.float64), node.bias.astype(np.float64))
    return state.add(node.name, made, state.read(node.source))


@export_node.register
def _(node: Conv, state: NirExport) -> tuple[str, ...]:
    if node.bias.ndim > 1:
        raise BadInput(
            f"layer '{node.name}' has a bias for each position, which NIR has not; pad with the code that means 0"
        )
    height, width, _ = state.graph.shapes[node.source]
    made = nir.Conv2d(
        (height, width),
        np.transpose(node.weights, (3, 2, 0, 1)).astype(np.float64),
        node.stride,
        _even(node, node.padding),
        node.dilation,
        node.groups,
        node.bias.astype(np.float64),
    )
    return state.add(node.name, made, state.read(node.source))


def _even(node: Node, padding: Padding) -> tuple[int, int]:
    """Zeros before and behind, which are as many in NIR."""
    (top, bottom), (left, right) = padding
    if (top, left) != (bottom, right):
        raise BadInput(f"layer '{node.name}' pads its two sides differently, which NIR cannot; use padding='valid'")
    return top, left


@export_node.register
def _(node: Threshold, state: NirExport) -> tuple[str, ...]:
    return _fires(state, node.name, node.thresholds, state.graph.shapes[node.source], state.read(node.source))


@export_node.register
def _(node: MultiThreshold, state: NirExport) -> tuple[str, ...]:
    """A neuron for each threshold; where they go, their edges add."""
    shape = state.graph.shapes[node.source]
    made: list[str] = []
    for k, row in enumerate(node.thresholds, start=1):
        made += _fires(state, f"{node.name}_{k}", row, shape, state.read(node.source))
    return tuple(made)


def _fires(
    state: NirExport, name: str, thresholds: np.ndarray, shape: Shape, sources: tuple[str, ...]
) -> tuple[str, ...]:
    lowest, highest = -_EXACT, _EXACT
    levels = np.clip(np.broadcast_to(thresholds, shape).astype(object), lowest, highest).astype(np.float64) - _HALF
    return state.add(name, nir.Threshold(np.moveaxis(levels, -1, 0).copy()), sources)


def _pool(node: MaxPool | SumPool, state: NirExport, name: str) -> tuple[str, ...]:
    window, stride = np.array(node.window), np.array(node.stride)
    return state.add(name, nir.SumPool2d(window, stride, np.array(_even(node, node.padding))), state.read(node.source))


@export_node.register
def _(node: SumPool, state: NirExport) -> tuple[str, ...]:
    return _pool(node, state, node.name)


@export_node.register
def _(node: MaxPool, state: NirExport) -> tuple[str, ...]:
    if not state.graph.is_spikes(node.source):
        raise _refused(node)
    counted = _pool(node, state, f"{node.name}_count")
    return _fires(state, node.name, np.array(1), state.graph.shapes[node.name], counted)


@export_node.register
def _(node: Reshape, state: NirExport) -> tuple[str, ...]:
    """Maps to rows: NIR flattens channels first, and a diagonal of ones puts the elements in our order."""
    before = state.graph.shapes[node.source]
    if len(node.shape) != 1:
        raise _refused(node)
    sources = state.read(node.source)
    if len(before) > 1:
        sources = state.add(f"{node.name}_first", nir.Flatten({"input": np.array(_first(before))}, 0, -1), sources)
    order = np.moveaxis(np.arange(state.graph.size(node.source)).reshape(before), -1, 0).reshape(-1)
    if np.array_equal(order, np.arange(len(order))):
        return sources
    ones = np.zeros((len(order), len(order)))
    ones[order, np.arange(len(order))] = 1
    return state.add(node.name, nir.Linear(ones), sources)


@export_node.register
def _(node: WeightedSum, state: NirExport) -> tuple[str, ...]:
    """Scaled tensors whose edges meet in their reader."""
    if np.any(node.bias):
        raise BadInput(f"layer '{node.name}' adds a constant to a tensor, which NIR cannot; use another target")
    shape = state.graph.shapes[node.name]
    made: list[str] = []
    for k, (factor, source) in enumerate(zip(node.factors, node.sources, strict=True)):
        scale = np.moveaxis(np.broadcast_to(factor, shape).astype(np.float64), -1, 0).copy()
        made += state.add(f"{node.name}_{k}", nir.Scale(scale), state.read(source))
    return tuple(made)
