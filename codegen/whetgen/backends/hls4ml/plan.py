"""Graph -> Plan: one hls4ml layer a node, every type as wide as its proved range.

==============  ==========================================================================
node            layers
==============  ==========================================================================
Dense           decode where it reads spikes and every weight is 2 or -2 (an N-hot key), else dense
Conv            conv
Threshold       threshold
MaxPool         max_pool (spikes: OR)
SumPool         sum_pool
WeightedSum     scale, or a chain of blend: two operands each
Permute, Pad,   gather by a constant table of indices
Upsample
Concat          a chain of gather2
Reshape         nothing: tensors are flat arrays, so it is its source under another name
==============  ==========================================================================

Each output is a layer that nothing else reads; where the graph has it otherwise a copy is added.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import singledispatch
from math import prod

import numpy as np

from whetgen.backends.hls4ml.decoding import decoding, is_key
from whetgen.backends.hls4ml.geometry import window_constants
from whetgen.backends.hls4ml.records import WIDEST, Constant, InputLayer, Layer, Plan, Table, Type, Word, word_for
from whetgen.backends.identifiers import Identifiers, check_name
from whetgen.errors import BadInput
from whetgen.ir import Graph, Output
from whetgen.ir.integers import magnitude, signed_bits
from whetgen.ir.nodes import (
    Concat,
    Conv,
    Dense,
    Input,
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
from whetgen.ir.ranges import output_range
from whetgen.reference import evaluate

_ATTRIBUTES = "name class_name inputs outputs index trace result_t reuse_factor target_cycles strategy"
_GENERATED = re.compile(r"(layer|config|input|result)\d*_?(out|t)?|\w+_t|nnet|loaded_weights", re.IGNORECASE)


@dataclass
class _Planning:
    """The layers so far. ``at``: the layer that holds each tensor of the graph."""

    graph: Graph
    identifiers: Identifiers
    layers: list[Layer] = field(default_factory=list)
    at: dict[str, str] = field(default_factory=dict)

    def sources(self, node: Node) -> tuple[str, ...]:
        return tuple(self.at[s] for s in node.sources)

    def size(self, name: str) -> int:
        return prod(self.graph.shapes[name])

    def add(self, node: Node, kind: str, inputs: tuple[str, ...], result: Word, constants=(), types=(), tables=()):
        """A layer that holds ``node``'s tensor."""
        name = self.identifiers.unique(node.name)
        self.put(Layer(kind, name, inputs, self.graph.shapes[node.name], result, constants, types, tables), node.name)
        self.at[node.name] = name

    def put(self, layer: Layer, layer_name: str) -> None:
        widest = max([layer.result.bits, *(t.word.bits for t in layer.types), *(t.word.bits for t in layer.tables)])
        if widest > WIDEST:
            raise BadInput(
                f"layer '{layer_name}' needs {widest}-bit integers, ap_int holds {WIDEST}; generate with --target c or narrow the weights with --weight-bits"
            )
        self.layers.append(layer)


def plan(graph: Graph, name: str, classify: bool = False) -> Plan:
    """The layers of ``graph`` for a project called ``name``.

    ``classify``: the class index (lowest wins ties) instead of the scores of the one classifier output.

    Raises:
        BadInput: a name that is not legal, integers wider than ap_int holds, nothing to classify.
    """
    check_name(name)
    state = _Planning(graph, Identifiers(name, *_ATTRIBUTES.split()))
    entry = InputLayer(
        _input_name(graph, state.identifiers), graph.input.shape, word_for(*graph.ranges[graph.input.name])
    )
    state.at[graph.input.name] = entry.name
    for node in _needed(graph):
        plan_node(node, state)
    outputs = _class_output(state) if classify else tuple(_output(o, state, entry.name) for o in graph.outputs)
    windows = any(isinstance(n, Conv | MaxPool | SumPool) for n in graph.nodes)
    return Plan(name, entry, tuple(state.layers), outputs, windows)


def _needed(graph: Graph) -> list[Node]:
    wanted, kept = set(graph.read_by_output), []
    for node in reversed(graph.nodes):
        if node.name in wanted and not isinstance(node, Input):
            kept.append(node)
            wanted |= set(node.sources)
    return kept[::-1]


def _input_name(graph: Graph, identifiers: Identifiers) -> str:
    """The user's, unless hls4ml makes the same word itself: it becomes an argument of the C++ function."""
    name = graph.input.name
    return identifiers.unique(f"{name}_codes" if _GENERATED.fullmatch(name) else name)


def _output(output: Output, state: _Planning, entry: str) -> str:
    layer = state.at[output.source]
    taken = {s for other in state.layers for s in other.inputs} | {entry}
    shared = [o.name for o in state.graph.outputs if state.at[o.source] == layer]
    if layer not in taken and shared[0] == output.name:
        return layer
    name, node = state.identifiers.unique(output.name), state.graph[output.source]
    size = (Constant("n_in", state.size(node.name)),)
    state.put(Layer("copy", name, (layer,), state.graph.shapes[node.name], _result(state, node), size), output.name)
    return name


def _class_output(state: _Planning) -> tuple[str]:
    heads = [o for o in state.graph.outputs if o.classifier]
    if len(heads) != 1 or len(state.graph.outputs) != 1:
        raise BadInput(
            f"classify needs exactly one output, a classifier; this network has {len(state.graph.outputs)} outputs, {len(heads)} of them classifiers"
        )
    (head,), name = heads, state.identifiers.unique("winner")
    classes = state.size(head.source)
    inputs = (state.at[head.source],)
    state.put(Layer("argmax", name, inputs, (1,), word_for(0, classes - 1), (Constant("n_in", classes),)), head.name)
    return (name,)


def _result(state: _Planning, node: Node) -> Word:
    return word_for(*state.graph.ranges[node.name])


def _accumulator(bound: int) -> Type:
    """Holds every partial sum, in any order."""
    return Type("accum_t", Word(signed_bits(-bound, bound), True))


@singledispatch
def plan_node(node: Node, state: _Planning) -> None:
    """Add the layers of one node."""
    raise BadInput(
        f"layer '{node.name}' ({type(node).__name__}) has no hls4ml form; generate with --target hls or --target c"
    )


@plan_node.register
def _(node: Reshape, state: _Planning) -> None:
    state.at[node.name] = state.at[node.source]


@plan_node.register
def _(node: Dense, state: _Planning) -> None:
    if state.graph.is_spikes(node.source) and is_key(node.weights):
        state.add(node, "decode", state.sources(node), _result(state, node), *decoding(node))
        return
    size = (Constant("n_in", node.weights.shape[0]), Constant("n_out", node.weights.shape[1]))
    tables = (_by_neuron(node.weights), Table("bias", node.bias))
    state.add(node, "dense", state.sources(node), _result(state, node), size, (_sum_type(node, state),), tables)


@plan_node.register
def _(node: Conv, state: _Planning) -> None:
    rows = node.bias.ndim == 3
    sizes = (
        *window_constants(state.graph, node, node.weights.shape[:2], node.dilation),
        Constant("n_chan", node.weights.shape[2]),
        Constant("groups", node.groups),
        Constant("bias_step", node.weights.shape[3] if rows else 0),
    )
    tables = (_by_neuron(node.weights), Table("bias", node.bias))
    state.add(node, "conv", state.sources(node), _result(state, node), sizes, (_sum_type(node, state),), tables)


def _by_neuron(weights: np.ndarray) -> Table:
    """Each neuron's weights in a row: (neurons, ...), the window row-major."""
    return Table("weights", np.moveaxis(weights, -1, 0))


def _sum_type(node: Dense | Conv, state: _Planning) -> Type:
    lo, hi = state.graph.ranges[node.source]
    weights = np.abs(node.weights.astype(object)).reshape(-1, node.weights.shape[-1])
    return _accumulator(int(weights.sum(axis=0).max()) * max(abs(lo), abs(hi)) + magnitude(node.bias))


@plan_node.register
def _(node: Threshold, state: _Planning) -> None:
    lo, hi = state.graph.ranges[node.source]
    levels = np.minimum(np.maximum(node.thresholds.astype(object), lo), hi + 1).reshape(-1)
    sizes = (Constant("n_in", state.size(node.name)), Constant("n_thresholds", len(levels)))
    compare = Type("compare_t", Word(signed_bits(min(lo, 0), hi + 1), True))
    state.add(node, "threshold", state.sources(node), Word(1, False), sizes, (compare,), (Table("thresholds", levels),))


@plan_node.register
def _(node: MaxPool, state: _Planning) -> None:
    sizes = window_constants(state.graph, node, node.window)
    state.add(node, "max_pool", state.sources(node), _result(state, node), sizes)


@plan_node.register
def _(node: SumPool, state: _Planning) -> None:
    sizes = window_constants(state.graph, node, node.window)
    lo, hi = state.graph.ranges[node.source]
    sums = _accumulator(prod(node.window) * max(abs(lo), abs(hi)))
    state.add(node, "sum_pool", state.sources(node), _result(state, node), sizes, (sums,))


@plan_node.register
def _(node: WeightedSum, state: _Planning) -> None:
    """The first two operands with the bias, then the sum so far and one operand at a time."""
    names, factors, bias = list(node.operands), list(node.factors), node.bias
    spans = [state.graph.ranges[n] for n in names]
    inputs = list(state.sources(node))
    while len(names) > 2:
        part = WeightedSum(node.name, tuple(names[:2]), tuple(factors[:2]), bias)
        span = output_range(part, *spans[:2])
        partial = state.identifiers.unique(f"{node.name}_part")
        shape = state.graph.shapes[node.name]
        layer = Layer("blend", partial, tuple(inputs[:2]), shape, word_for(*span), *_blending(part, state, spans[:2]))
        state.put(layer, node.name)
        one, zero = np.ones(shape[-1:], dtype=np.int64), np.zeros(shape[-1:], dtype=np.int64)
        names[:2], factors[:2], spans[:2], inputs[:2], bias = [node.name], [one], [span], [partial], zero
    rest = WeightedSum(node.name, tuple(names), tuple(factors), bias)
    kind = "blend" if len(names) == 2 else "scale"
    state.add(node, kind, tuple(inputs), _result(state, node), *_blending(rest, state, spans))


def _blending(node: WeightedSum, state: _Planning, spans: list[tuple[int, int]]):
    """Constants, types and tables of a sum of one or two operands."""
    roles = ("factor", "factor2")[: len(node.factors)]
    tables = (*map(Table, roles, node.factors), Table("bias", node.bias))
    sizes = (Constant("n_in", state.size(node.name)), *(Constant(f"n_{t.role}", t.values.size) for t in tables))
    parts = (magnitude(f) * max(map(abs, span)) for f, span in zip(node.factors, spans, strict=True))
    return sizes, (_accumulator(sum(parts) + magnitude(node.bias)),), tables


@plan_node.register(Permute)
@plan_node.register(Pad)
@plan_node.register(Upsample)
def _(node: Permute | Pad | Upsample, state: _Planning) -> None:
    indices = _indices(node, state.graph.shapes[node.source])
    sizes = (Constant("n_in", state.size(node.source)), Constant("n_out", len(indices)))
    state.add(node, "gather", state.sources(node), _result(state, node), sizes, (), (Table("indices", indices),))


@plan_node.register
def _(node: Concat, state: _Planning) -> None:
    """The first two operands, then what is joined so far and one operand at a time."""
    inputs, shapes = list(state.sources(node)), [state.graph.shapes[s] for s in node.operands]
    spans = [state.graph.ranges[s] for s in node.operands]
    while len(inputs) > 2:
        name = state.identifiers.unique(f"{node.name}_part")
        shapes[:2], spans[:2], sizes, tables = _join(node.axis, shapes, spans)
        state.put(
            Layer("gather2", name, tuple(inputs[:2]), shapes[0], word_for(*spans[0]), sizes, (), tables), node.name
        )
        inputs[:2] = [name]
    if len(inputs) == 1:
        state.add(node, "copy", tuple(inputs), _result(state, node), (Constant("n_in", state.size(node.name)),))
        return
    *_, sizes, tables = _join(node.axis, shapes, spans)
    state.add(node, "gather2", tuple(inputs), _result(state, node), sizes, (), tables)


def _join(axis: int, shapes: list, spans: list):
    """Shape and range of the first two tensors joined, with the sizes and the table that join them."""
    first, second = prod(shapes[0]), prod(shapes[1])
    numbers = np.arange(first).reshape(shapes[0]), np.arange(first, first + second).reshape(shapes[1])
    joined = np.concatenate(numbers, axis=axis)
    span = min(spans[0][0], spans[1][0]), max(spans[0][1], spans[1][1])
    sizes = (Constant("n_in", first), Constant("n_in2", second), Constant("n_out", first + second))
    return [joined.shape], [span], sizes, (Table("indices", joined.reshape(-1)),)


def _indices(node: Permute | Pad | Upsample, shape) -> np.ndarray:
    """Where each element of the result comes from, -1 for zero: the node's meaning on the numbers 1, 2, ..."""
    return evaluate(node, np.arange(1, prod(shape) + 1).reshape(1, *shape)).reshape(-1) - 1
