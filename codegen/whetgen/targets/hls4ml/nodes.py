"""The layers of each node kind, one rule each: a table stands in ``plan``."""

from __future__ import annotations

from functools import singledispatch
from math import prod

import numpy as np

from whetgen.errors import BadInput
from whetgen.ir.integers import magnitude, signed_bits
from whetgen.ir.nodes import (
    Concat,
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
from whetgen.ir.ranges import output_range
from whetgen.reference import evaluate
from whetgen.targets.hls4ml.decoding import decoding, is_key
from whetgen.targets.hls4ml.geometry import window_constants
from whetgen.targets.hls4ml.planning import Planning, accumulator
from whetgen.targets.hls4ml.records import Constant, Layer, Table, Type, Word, word_for


@singledispatch
def plan_node(node: Node, state: Planning) -> None:
    """Add the layers of one node."""
    raise BadInput(
        f"layer '{node.name}' ({type(node).__name__}) has no hls4ml form; generate with --target hls or --target c"
    )


@plan_node.register
def _(node: Reshape, state: Planning) -> None:
    state.at[node.name] = state.at[node.source]


@plan_node.register
def _(node: Dense, state: Planning) -> None:
    if state.graph.is_spikes(node.source) and is_key(node.weights):
        state.add(node, "decode", state.sources(node), *decoding(node))
        return
    size = (Constant("n_in", node.weights.shape[0]), Constant("n_out", node.weights.shape[1]))
    tables = (_by_neuron(node.weights), Table("bias", node.bias))
    state.add(node, "dense", state.sources(node), size, (_sum_type(node, state),), tables)


@plan_node.register
def _(node: Conv, state: Planning) -> None:
    rows = node.bias.ndim == 3
    sizes = (
        *window_constants(state.graph, node, node.weights.shape[:2], node.dilation),
        Constant("n_chan", node.weights.shape[2]),
        Constant("groups", node.groups),
        Constant("bias_step", node.weights.shape[3] if rows else 0),
    )
    tables = (_by_neuron(node.weights), Table("bias", node.bias))
    state.add(node, "conv", state.sources(node), sizes, (_sum_type(node, state),), tables)


def _by_neuron(weights: np.ndarray) -> Table:
    """Each neuron's weights in a row: (neurons, ...), the window row-major."""
    return Table("weights", np.moveaxis(weights, -1, 0))


def _sum_type(node: Dense | Conv, state: Planning) -> Type:
    lo, hi = state.graph.ranges[node.source]
    weights = np.abs(node.weights.astype(object)).reshape(-1, node.weights.shape[-1])
    return accumulator(int(weights.sum(axis=0).max()) * max(abs(lo), abs(hi)) + magnitude(node.bias))


@plan_node.register
def _(node: Threshold, state: Planning) -> None:
    state.add(node, "threshold", state.sources(node), *comparing(node.source, node.thresholds, state))


def comparing(source: str, thresholds: np.ndarray, state: Planning):
    """Constants, types and tables of a comparison of a tensor with thresholds."""
    lo, hi = state.graph.ranges[source]
    levels = np.minimum(np.maximum(thresholds.astype(object), lo), hi + 1).reshape(-1)
    sizes = (Constant("n_in", state.size(source)), Constant("n_thresholds", len(levels)))
    compare = Type("compare_t", Word(signed_bits(min(lo, 0), hi + 1), True))
    return sizes, (compare,), (Table("thresholds", levels),)


@plan_node.register
def _(node: MaxPool, state: Planning) -> None:
    sizes = window_constants(state.graph, node, node.window)
    state.add(node, "max_pool", state.sources(node), sizes)


@plan_node.register
def _(node: SumPool, state: Planning) -> None:
    sizes = window_constants(state.graph, node, node.window)
    lo, hi = state.graph.ranges[node.source]
    sums = accumulator(prod(node.window) * max(abs(lo), abs(hi)))
    state.add(node, "sum_pool", state.sources(node), sizes, (sums,))


@plan_node.register
def _(node: WeightedSum, state: Planning) -> None:
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
    state.add(node, kind, tuple(inputs), *_blending(rest, state, spans))


def _blending(node: WeightedSum, state: Planning, spans: list[tuple[int, int]]):
    """Constants, types and tables of a sum of one or two operands."""
    roles = ("factor", "factor2")[: len(node.factors)]
    tables = (*map(Table, roles, node.factors), Table("bias", node.bias))
    sizes = (Constant("n_in", state.size(node.name)), *(Constant(f"n_{t.role}", t.values.size) for t in tables))
    parts = (magnitude(f) * max(map(abs, span)) for f, span in zip(node.factors, spans, strict=True))
    return sizes, (accumulator(sum(parts) + magnitude(node.bias)),), tables


@plan_node.register(Permute)
@plan_node.register(Pad)
@plan_node.register(Upsample)
def _(node: Permute | Pad | Upsample, state: Planning) -> None:
    indices = _indices(node, state.graph.shapes[node.source])
    sizes = (Constant("n_in", state.size(node.source)), Constant("n_out", len(indices)))
    state.add(node, "gather", state.sources(node), sizes, (), (Table("indices", indices),))


@plan_node.register
def _(node: Concat, state: Planning) -> None:
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
        state.add(node, "copy", tuple(inputs), (Constant("n_in", state.size(node.name)),))
        return
    *_, sizes, tables = _join(node.axis, shapes, spans)
    state.add(node, "gather2", tuple(inputs), sizes, (), tables)


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
