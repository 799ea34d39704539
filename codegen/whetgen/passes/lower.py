"""Real numbers to integers: a traced graph becomes an integer graph with the same meaning.

Every tensor of integers X stands for real values ``X * scale + offset`` (both exact, per channel
or per element), and each rule keeps that true:

    dense, conv   W (X s + o) + b = (integers N . X) u + (W o + b)        u: a column's unit
    step          X s + o >= t   <=>   X >= ceil((t - o) / s)             for s > 0
                  X s + o >  t   <=>   X >= floor((t - o) / s) + 1
                                 <=>  -X >= ceil((t - o) / -s)            for s < 0
    average       sum / count                                             the count goes into s
    max           max X when s > 0, max -X when s < 0
    add           integer factors on a common unit

Scales of one sum must be rational multiples of each other. Where batch norms bring different
square roots into one sum no integers are exact: each such factor then means the float32 nearest to
it, and the graph carries a note that names the layer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import singledispatch

import numpy as np

from whetgen.errors import BadInput
from whetgen.ir.exact import Number, ceil, exact_array, floor, sign
from whetgen.ir.graph import Graph
from whetgen.ir.integers import as_integers
from whetgen.ir.nodes import (
    NO_PADDING,
    Concat,
    Conv,
    Dense,
    Input,
    MaxPool,
    MultiThreshold,
    Node,
    Pad,
    Permute,
    Reshape,
    SumPool,
    Threshold,
    Upsample,
)
from whetgen.ir.real import (
    Affine,
    AveragePool,
    Decode,
    Head,
    RealConv,
    RealDense,
    RealMultiThreshold,
    RealSum,
    RealThreshold,
)
from whetgen.ir.validate import validate
from whetgen.passes.dyadic import integer_columns, reduce_columns
from whetgen.passes.lowering import Lowering
from whetgen.passes.outputs import lower_output
from whetgen.passes.scaled import ZERO, Scaled, by_radicand, cell, fit, joined, moved
from whetgen.reference import evaluate


@dataclass(frozen=True)
class Lowered:
    """An integer graph and the meaning of the tensor that each threshold reads."""

    graph: Graph
    preactivations: dict[str, Scaled]


def lower(traced: Graph) -> Lowered:
    """Integers with the meaning of ``traced``.

    Raises:
        BadInput: something has no exact integer form; the message names the layer.
    """
    state = Lowering()
    tensors: dict[str, Scaled] = {}
    preactivations: dict[str, Scaled] = {}
    for node in traced.nodes:
        sources = [tensors[s] for s in node.sources]
        if isinstance(node, Input):
            state.add(node)
            tensors[node.name] = Scaled(node.name, node.shape, cell(traced.meaning.scale), cell(traced.meaning.offset))
            continue
        if isinstance(node, RealThreshold | RealMultiThreshold):
            sources = [preactivations.setdefault(node.name, state.positive(sources[0], node.name))]
        tensors[node.name] = lower_node(node, state, *sources)
    outputs = tuple(lower_output(o, tensors[o.source], state) for o in traced.outputs)
    graph = Graph(tuple(state.nodes), outputs, traced.meaning, tuple(dict.fromkeys(state.notes)))
    return Lowered(validate(graph), preactivations)


@singledispatch
def lower_node(node: Node, state: Lowering, *sources: Scaled) -> Scaled:
    """Add the integer form of one traced node."""
    raise TypeError(f"no lowering for {type(node).__name__}")


@lower_node.register
def _(node: Affine, state: Lowering, x: Scaled) -> Scaled:
    scale = fit(x.scale * node.multiplier, x.shape)
    return Scaled(x.node, x.shape, scale, fit(x.offset * node.multiplier + node.addend, x.shape))


@lower_node.register
def _(node: RealDense, state: Lowering, x: Scaled) -> Scaled:
    unit, multiples = state.common_unit(node.name, np.broadcast_to(x.scale, x.shape) if x.scale.shape else x.scale)
    weights, units = integer_columns(node.kernel)
    plain = Dense(node.name, x.node, weights, np.zeros(weights.shape[1], dtype=np.int64))
    offset = _offset_sums(plain, x, units, node.bias)
    weights, units = reduce_columns(_scaled_rows(weights, multiples), units)
    state.add(Dense(node.name, x.node, weights, plain.bias))
    return Scaled(node.name, state.shapes[node.name], fit(units * unit, plain.bias.shape), offset)


@lower_node.register
def _(node: RealConv, state: Lowering, x: Scaled) -> Scaled:
    if x.scale.ndim == 3:
        x = state.integral(x, f"{node.name}_input")
    unit, multiples = state.common_unit(node.name, x.scale)
    weights, units = integer_columns(node.kernel)
    geometry = (node.stride, node.dilation, node.padding, node.groups)
    plain = Conv(node.name, x.node, weights, np.zeros(weights.shape[3], dtype=np.int64), *geometry)
    offset = _offset_sums(plain, x, units, node.bias)
    if multiples.ndim:  # input channel g * (channels / groups) + i of group g
        rows = multiples.reshape(node.groups, -1).repeat(weights.shape[3] // node.groups, axis=0).T
        weights, units = reduce_columns(_times(weights, rows), units)
    state.add(Conv(node.name, x.node, weights, plain.bias, *geometry))
    shape = state.shapes[node.name]
    return Scaled(node.name, shape, fit(units * unit, shape), fit(offset, shape))


@lower_node.register
def _(node: AveragePool, state: Lowering, x: Scaled) -> Scaled:
    if x.differs_by_position:
        x = state.integral(x, f"{node.name}_input")
    pool = SumPool(node.name, x.node, node.window, node.stride, node.padding)
    total = state.add(pool)
    shape = state.shapes[total]
    if node.padding == NO_PADDING:
        return Scaled(total, shape, fit(x.scale / Fraction(math.prod(node.window)), shape), x.offset)
    counts = evaluate(pool, np.ones((1, *x.shape), dtype=np.int64))[0]
    common = math.lcm(*map(int, np.unique(counts)))
    levelled = state.weighted(f"{node.name}_mean", (total,), (as_integers(common // counts),))
    return Scaled(levelled, shape, fit(x.scale / Fraction(common), shape), x.offset)


@lower_node.register
def _(node: MaxPool, state: Lowering, x: Scaled) -> Scaled:
    if x.differs_by_position:
        x = state.integral(x, f"{node.name}_input")
    x = state.positive(x, f"{node.name}_input")
    state.add(MaxPool(node.name, x.node, node.window, node.stride, node.padding))
    return Scaled(node.name, state.shapes[node.name], x.scale, x.offset)


@lower_node.register
def _(node: RealSum, state: Lowering, *operands: Scaled) -> Scaled:
    shape = operands[0].shape
    widest = max((o.scale for o in operands), key=np.ndim).shape
    columns = widest if len(widest) == len(shape) else shape[-1:]
    scales = np.stack(
        [np.broadcast_to(o.scale * Fraction(s), columns) for o, s in zip(operands, node.signs, strict=True)]
    )
    flat = scales.reshape(len(operands), -1)
    units, factors = np.empty(flat.shape[1], dtype=object), np.empty(flat.shape, dtype=object)
    for column in range(flat.shape[1]):
        units[column], factors[:, column] = state.common_unit(node.name, flat[:, column])
    total = state.weighted(
        node.name, tuple(o.node for o in operands), tuple(as_integers(f.reshape(columns)) for f in factors)
    )
    offset = sum((o.offset * Fraction(s) for o, s in zip(operands, node.signs, strict=True)), ZERO)
    return Scaled(total, shape, fit(units.reshape(columns), shape), fit(offset, shape))


@lower_node.register
def _(node: RealThreshold, state: Lowering, x: Scaled) -> Scaled:
    state.add(Threshold(node.name, x.node, _thresholds(state, x, cell(node.level), strict=False)))
    return Scaled(node.name, x.shape)


@lower_node.register
def _(node: RealMultiThreshold, state: Lowering, x: Scaled) -> Scaled:
    rows = [_thresholds(state, x, level, s) for level, s in zip(node.levels, node.strict, strict=True)]
    columns = max((row.shape for row in rows), key=len)
    steps = as_integers(np.stack([np.broadcast_to(row, columns) for row in rows]).astype(object))
    state.add(MultiThreshold(node.name, x.node, steps) if len(steps) > 1 else Threshold(node.name, x.node, steps[0]))
    return Scaled(node.name, x.shape)


def _thresholds(state: Lowering, x: Scaled, level: np.ndarray, strict: bool) -> np.ndarray:
    """Least integers with ``X * scale + offset >= level`` (strict: ``>``), (channels,) or a tensor's shape."""
    lo, hi = state.ranges[x.node]
    columns = x.shape if level.ndim == len(x.shape) else x.columns
    scale, offset, level = (np.broadcast_to(a, columns) for a in (x.scale, x.offset, level))
    least = _least_above if strict else _least_firing
    found = [least(t - o, s, lo, hi) for t, s, o in zip(level.flat, scale.flat, offset.flat, strict=True)]
    return as_integers(np.array(found, dtype=object).reshape(columns))


def _least_firing(distance: Number, scale: Number, lo: int, hi: int) -> int:
    """Least integer X in ``lo..hi + 1`` with ``X * scale >= distance``, for ``scale >= 0``."""
    if scale == 0:
        return lo if sign(distance) <= 0 else hi + 1
    return min(max(ceil(distance / scale), lo), hi + 1)


def _least_above(distance: Number, scale: Number, lo: int, hi: int) -> int:
    """As ``_least_firing``, with ``X * scale > distance``."""
    if scale == 0:
        return lo if sign(distance) < 0 else hi + 1
    return min(max(floor(distance / scale) + 1, lo), hi + 1)


@lower_node.register
def _(node: Decode, state: Lowering, x: Scaled) -> Scaled:
    if not x.is_plain or state.ranges[x.node] != (0, 1):
        raise BadInput(
            f"layer '{node.name}' (SoftmaxDecode) does not read spikes; put SpikingBReLU or SpikingSigmoid before it"
        )
    if x.shape != node.key.shape[1:]:
        raise BadInput(
            f"layer '{node.name}' (SoftmaxDecode) has a key for {node.key.shape[1]} neurons and reads a tensor of shape {x.shape}"
        )
    signs = 2 * node.key - 1
    state.add(Dense(node.name, x.node, 2 * signs.T, node.offsets - signs.sum(axis=1)))
    return Scaled(node.name, state.shapes[node.name])


@lower_node.register
def _(node: Head, state: Lowering, x: Scaled) -> Scaled:
    return x


@lower_node.register(Reshape)
@lower_node.register(Permute)
@lower_node.register(Upsample)
def _(node: Reshape | Permute | Upsample, state: Lowering, x: Scaled) -> Scaled:
    state.add(replace(node, source=x.node))
    shape = state.shapes[node.name]
    return Scaled(node.name, shape, moved(node, x.scale, x.shape, shape), moved(node, x.offset, x.shape, shape))


@lower_node.register
def _(node: Pad, state: Lowering, x: Scaled) -> Scaled:
    state.add(replace(node, source=x.node))
    shape = state.shapes[node.name]
    scale = x.scale if x.scale.ndim < 3 else moved(node, x.scale, x.shape, shape)
    offset = moved(node, np.broadcast_to(x.offset, x.shape), x.shape, shape) if x.has_offset else x.offset
    return Scaled(node.name, shape, fit(scale, shape), fit(offset, shape))


@lower_node.register
def _(node: Concat, state: Lowering, *operands: Scaled) -> Scaled:
    state.add(Concat(node.name, tuple(o.node for o in operands), node.axis))
    shape = state.shapes[node.name]
    shapes = [o.shape for o in operands]
    scale = joined(node.axis, shapes, [o.scale for o in operands], shape)
    return Scaled(node.name, shape, scale, joined(node.axis, shapes, [o.offset for o in operands], shape))


def _offset_sums(linear: Dense | Conv, x: Scaled, units: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """``W o + b``: the interpreter evaluates the layer on the offsets, one square root at a time."""
    total = exact_array(bias)
    for root, coefficients in by_radicand(x.offset).items():
        denominator = math.lcm(*(c.denominator for c in coefficients.flat))
        numerators = as_integers(np.vectorize(lambda c: int(c * denominator), otypes=[object])(coefficients))  # noqa: B023
        sums = evaluate(linear, np.broadcast_to(numerators, x.shape)[None])[0]
        part = sums.astype(object) * units * Fraction(1, denominator)
        total = total + part * root
    return fit(total, total.shape)


def _scaled_rows(weights: np.ndarray, multiples: np.ndarray) -> np.ndarray:
    return _times(weights, multiples[:, None]) if multiples.ndim else weights


def _times(weights: np.ndarray, factors: np.ndarray) -> np.ndarray:
    if np.all(factors == 1):
        return weights
    return as_integers(weights.astype(object) * factors.astype(object))
