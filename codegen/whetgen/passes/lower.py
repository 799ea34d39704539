"""Real numbers to integers: a traced graph becomes an integer graph with the same meaning.

Every tensor of integers X stands for real values ``X * scale + offset`` (both exact, per channel
or per element), and each rule keeps that true:

    dense, conv   W (X s + o) + b = (integers N . X) u + (W o + b)        u: a column's unit
    step          X s + o >= t   <=>   X >= ceil((t - o) / s)             for s > 0
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
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import singledispatch

import numpy as np

from whetgen.errors import BadInput
from whetgen.ir.exact import Surd, approximate, ceil, exact_array, sign
from whetgen.ir.graph import Graph, Output
from whetgen.ir.integers import as_integers
from whetgen.ir.nodes import (
    MOVES,
    NO_PADDING,
    Concat,
    Conv,
    Dense,
    Input,
    MaxPool,
    Node,
    Pad,
    Permute,
    Reshape,
    Shape,
    SumPool,
    Threshold,
    Upsample,
    WeightedSum,
)
from whetgen.ir.ranges import output_range
from whetgen.ir.real import Affine, AveragePool, Decode, Head, RealConv, RealDense, Step, Sum
from whetgen.ir.shapes import output_shape
from whetgen.ir.validate import validate
from whetgen.passes.dyadic import integer_columns, reduce_columns
from whetgen.reference import evaluate

ZERO, ONE = np.array(Fraction(0), dtype=object), np.array(Fraction(1), dtype=object)


@dataclass(frozen=True, eq=False)
class Scaled:
    """A tensor of integers and its real meaning ``integers * scale + offset``.

    ``scale``, ``offset``: object arrays of exact numbers, shape (), (channels,) or the tensor's.
    """

    node: str
    shape: Shape
    scale: np.ndarray = field(default_factory=lambda: ONE)
    offset: np.ndarray = field(default_factory=lambda: ZERO)

    @property
    def is_plain(self) -> bool:
        """Whether the integers are the real values themselves."""
        return self.scale.shape == () and self.scale[()] == 1 and not self.has_offset

    @property
    def has_offset(self) -> bool:
        return self.offset.shape != () or self.offset[()] != 0


@dataclass
class Lowering:
    """The integer graph under construction."""

    nodes: list[Node] = field(default_factory=list)
    shapes: dict[str, Shape] = field(default_factory=dict)
    ranges: dict[str, tuple[int, int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, node: Node) -> str:
        self.nodes.append(node)
        self.shapes[node.name] = output_shape(node, *(self.shapes[s] for s in node.sources))
        self.ranges[node.name] = output_range(node, *(self.ranges[s] for s in node.sources))
        return node.name

    def weighted(self, name: str, operands: tuple[str, ...], factors: tuple[np.ndarray, ...], bias=None) -> str:
        while name in self.shapes:
            name += "_"
        bias = np.zeros(factors[0].shape, dtype=np.int64) if bias is None else bias
        return self.add(WeightedSum(name, operands, factors, bias))


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
    state, tensors, preactivations = Lowering(), {}, {}
    for node in traced.nodes:
        sources = [tensors[s] for s in node.sources]
        if isinstance(node, Input):
            state.add(node)
            tensors[node.name] = Scaled(
                node.name, node.shape, _cell(traced.meaning.scale), _cell(traced.meaning.offset)
            )
            continue
        if isinstance(node, Step):
            sources = [preactivations.setdefault(node.name, _positive(state, sources[0], node.name))]
        tensors[node.name] = lower_node(node, state, *sources)
    outputs = tuple(_output(o, tensors[o.source], state) for o in traced.outputs)
    graph = Graph(tuple(state.nodes), outputs, traced.meaning, tuple(dict.fromkeys(state.notes)))
    return Lowered(validate(graph), preactivations)


@singledispatch
def lower_node(node: Node, state: Lowering, *sources: Scaled) -> Scaled:
    """Add the integer form of one traced node."""
    raise TypeError(f"no lowering for {type(node).__name__}")


@lower_node.register
def _(node: Affine, state: Lowering, x: Scaled) -> Scaled:
    scale = _fit(x.scale * node.multiplier, x.shape)
    return Scaled(x.node, x.shape, scale, _fit(x.offset * node.multiplier + node.addend, x.shape))


@lower_node.register
def _(node: RealDense, state: Lowering, x: Scaled) -> Scaled:
    unit, multiples = _common_unit(state, node.name, np.broadcast_to(x.scale, x.shape) if x.scale.shape else x.scale)
    weights, units = integer_columns(node.kernel)
    plain = Dense(node.name, x.node, weights, np.zeros(weights.shape[1], dtype=np.int64))
    offset = _offset_sums(plain, x, units, node.bias)
    weights, units = reduce_columns(_scaled_rows(weights, multiples), units)
    state.add(Dense(node.name, x.node, weights, plain.bias))
    return Scaled(node.name, state.shapes[node.name], _fit(units * unit, plain.bias.shape), offset)


@lower_node.register
def _(node: RealConv, state: Lowering, x: Scaled) -> Scaled:
    if x.scale.ndim == 3:
        x = _integral(state, x, f"{node.name}_input")
    unit, multiples = _common_unit(state, node.name, x.scale)
    weights, units = integer_columns(node.kernel)
    geometry = (node.stride, node.dilation, node.padding, node.groups)
    plain = Conv(node.name, x.node, weights, np.zeros(weights.shape[3], dtype=np.int64), *geometry)
    offset = _offset_sums(plain, x, units, node.bias)
    if multiples.ndim:  # input channel g * (channels / groups) + i of group g
        rows = multiples.reshape(node.groups, -1).repeat(weights.shape[3] // node.groups, axis=0).T
        weights, units = reduce_columns(_times(weights, rows), units)
    state.add(Conv(node.name, x.node, weights, plain.bias, *geometry))
    shape = state.shapes[node.name]
    return Scaled(node.name, shape, _fit(units * unit, shape), _fit(offset, shape))


@lower_node.register
def _(node: AveragePool, state: Lowering, x: Scaled) -> Scaled:
    if x.scale.ndim == 3 or x.offset.ndim == 3:
        x = _integral(state, x, f"{node.name}_input")
    total = state.add(SumPool(node.name, x.node, node.window, node.stride, node.padding))
    shape = state.shapes[total]
    if node.padding == NO_PADDING:
        return Scaled(total, shape, _fit(x.scale / Fraction(math.prod(node.window)), shape), x.offset)
    counts = evaluate(SumPool("", "", node.window, node.stride, node.padding), np.ones((1, *x.shape), dtype=np.int64))[
        0
    ]
    common = math.lcm(*map(int, np.unique(counts)))
    levelled = state.weighted(f"{node.name}_mean", (total,), (as_integers(common // counts),))
    return Scaled(levelled, shape, _fit(x.scale / Fraction(common), shape), x.offset)


@lower_node.register
def _(node: MaxPool, state: Lowering, x: Scaled) -> Scaled:
    if x.scale.ndim == 3 or x.offset.ndim == 3:
        x = _integral(state, x, f"{node.name}_input")
    x = _positive(state, x, f"{node.name}_input")
    state.add(MaxPool(node.name, x.node, node.window, node.stride, node.padding))
    return Scaled(node.name, state.shapes[node.name], x.scale, x.offset)


@lower_node.register
def _(node: Sum, state: Lowering, *operands: Scaled) -> Scaled:
    shape = operands[0].shape
    widest = max((o.scale for o in operands), key=np.ndim).shape
    columns = widest if len(widest) == len(shape) else shape[-1:]
    scales = np.stack(
        [np.broadcast_to(o.scale * Fraction(s), columns) for o, s in zip(operands, node.signs, strict=True)]
    )
    flat = scales.reshape(len(operands), -1)
    units, factors = np.empty(flat.shape[1], dtype=object), np.empty(flat.shape, dtype=object)
    for column in range(flat.shape[1]):
        units[column], factors[:, column] = _common_unit(state, node.name, flat[:, column])
    total = state.weighted(
        node.name, tuple(o.node for o in operands), tuple(as_integers(f.reshape(columns)) for f in factors)
    )
    offset = sum((o.offset * Fraction(s) for o, s in zip(operands, node.signs, strict=True)), ZERO)
    return Scaled(total, shape, _fit(units.reshape(columns), shape), _fit(offset, shape))


@lower_node.register
def _(node: Step, state: Lowering, x: Scaled) -> Scaled:
    lo, hi = state.ranges[x.node]
    columns = x.shape if max(x.scale.ndim, x.offset.ndim) == len(x.shape) else x.shape[-1:]
    scale, offset = np.broadcast_to(x.scale, columns), np.broadcast_to(x.offset, columns)
    levels = [_least_firing(node.level - o, s, lo, hi) for s, o in zip(scale.flat, offset.flat, strict=True)]
    thresholds = as_integers(np.array(levels, dtype=object).reshape(columns))
    state.add(Threshold(node.name, x.node, thresholds))
    return Scaled(node.name, x.shape)


def _least_firing(distance, scale, lo: int, hi: int) -> int:
    """Least integer X in ``lo..hi + 1`` with ``X * scale >= distance``, for ``scale >= 0``."""
    if scale == 0:
        return lo if sign(distance) <= 0 else hi + 1
    return min(max(ceil(distance / scale), lo), hi + 1)


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
    state.add(Dense(node.name, x.node, 2 * signs.T, -signs.sum(axis=1)))
    return Scaled(node.name, state.shapes[node.name])


@lower_node.register
def _(node: Head, state: Lowering, x: Scaled) -> Scaled:
    return x


@lower_node.register(Reshape)
@lower_node.register(Permute)
@lower_node.register(Upsample)
def _(node: Reshape | Permute | Upsample, state: Lowering, x: Scaled) -> Scaled:
    state.add(node_on(node, x.node))
    shape = state.shapes[node.name]
    return Scaled(node.name, shape, _moved(node, x.scale, x.shape, shape), _moved(node, x.offset, x.shape, shape))


@lower_node.register
def _(node: Pad, state: Lowering, x: Scaled) -> Scaled:
    state.add(node_on(node, x.node))
    shape = state.shapes[node.name]
    scale = x.scale if x.scale.ndim < 3 else _moved(node, x.scale, x.shape, shape)
    offset = _moved(node, np.broadcast_to(x.offset, x.shape), x.shape, shape) if x.has_offset else x.offset
    return Scaled(node.name, shape, _fit(scale, shape), _fit(offset, shape))


@lower_node.register
def _(node: Concat, state: Lowering, *operands: Scaled) -> Scaled:
    state.add(Concat(node.name, tuple(o.node for o in operands), node.axis))
    shape = state.shapes[node.name]
    return Scaled(node.name, shape, *(_joined(node.axis, operands, f, shape) for f in ("scale", "offset")))


def node_on(node: Node, source: str) -> Node:
    """A single-source node reading another tensor."""
    return type(node)(**{**node.__dict__, "source": source})


def _joined(axis: int, operands: tuple[Scaled, ...], which: str, shape: Shape) -> np.ndarray:
    arrays = [getattr(o, which) for o in operands]
    if all(a.shape == () and a[()] == arrays[0][()] for a in arrays):
        return arrays[0]
    if axis == len(shape) - 1 and all(a.ndim <= 1 for a in arrays):
        return np.concatenate([np.broadcast_to(a, o.shape[-1:]) for a, o in zip(arrays, operands, strict=True)])
    return _fit(
        np.concatenate([np.broadcast_to(a, o.shape) for a, o in zip(arrays, operands, strict=True)], axis), shape
    )


def _moved(node: Node, values: np.ndarray, before: Shape, after: Shape) -> np.ndarray:
    """``values`` of each element, carried along by a move."""
    if values.shape == ():
        return values
    moved = evaluate(node, np.broadcast_to(values, before)[None])[0]
    if isinstance(node, Pad):
        moved = np.where(moved == 0, Fraction(0), moved)
    return _fit(moved, after)


def _offset_sums(linear: Dense | Conv, x: Scaled, units: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """``W o + b``: the interpreter evaluates the layer on the offsets, one square root at a time."""
    total = exact_array(bias)
    for radicand, coefficients in _by_radicand(x.offset).items():
        denominator = math.lcm(*(c.denominator for c in coefficients.flat))
        numerators = as_integers(np.vectorize(lambda c: int(c * denominator), otypes=[object])(coefficients))  # noqa: B023
        sums = evaluate(linear, np.broadcast_to(numerators, x.shape)[None])[0]
        part = sums.astype(object) * units * Fraction(1, denominator)
        total = total + part * (radicand if isinstance(radicand, Surd) else Fraction(1))
    return _fit(total, total.shape)


def _by_radicand(offset: np.ndarray) -> dict:
    """The offsets as rational coefficients of each square root in them (the rational part: key 1)."""
    parts: dict = {}
    for index, value in np.ndenumerate(offset):
        terms = value.terms if isinstance(value, Surd) else ((Fraction(1), value),)
        for radicand, coefficient in terms:
            if coefficient:
                key = 1 if radicand == 1 else Surd(((radicand, Fraction(1)),))
                parts.setdefault(key, np.full(offset.shape, Fraction(0), dtype=object))[index] = coefficient
    return parts


def _common_unit(state: Lowering, name: str, scales: np.ndarray) -> tuple:
    """A unit and integers with ``scales == unit * integers``; irrational ratios are rounded and noted.

    Returns (exact number, int array of the shape of ``scales``).
    """
    if scales.shape == ():
        return scales[()], np.ones((), dtype=np.int64)
    simple = (s for s in scales.flat if s != 0 and not (isinstance(s, Surd) and len(s.terms) > 1))
    reference = next(simple, Fraction(1))
    ratios = [s / reference for s in scales.flat]
    if any(isinstance(r, Surd) for r in ratios):
        state.notes.append(
            f"layer '{name}' sums channels whose normalisations have no common unit; "
            "each of those factors means the float32 nearest to it"
        )
        return _common_unit(state, name, _nearest_float32(scales))
    denominator = math.lcm(*(r.denominator for r in ratios))
    numerators = [int(r * denominator) for r in ratios]
    divisor = math.gcd(*numerators) or 1
    integers = as_integers(np.array([n // divisor for n in numerators], dtype=object).reshape(scales.shape))
    return reference * Fraction(divisor, denominator), integers


def _nearest_float32(values: np.ndarray) -> np.ndarray:
    return np.vectorize(lambda v: Fraction(float(np.float32(float(approximate(v))))), otypes=[object])(values)


def _scaled_rows(weights: np.ndarray, multiples: np.ndarray) -> np.ndarray:
    return _times(weights, multiples[:, None]) if multiples.ndim else weights


def _times(weights: np.ndarray, factors: np.ndarray) -> np.ndarray:
    if np.all(factors == 1):
        return weights
    return as_integers(weights.astype(object) * factors.astype(object))


def _positive(state: Lowering, x: Scaled, name: str) -> Scaled:
    """The same real values with no negative scale: negates the integers of those channels."""
    signs = np.vectorize(sign, otypes=[np.int64])(x.scale)
    if np.all(signs >= 0):
        return x
    signs = np.where(signs < 0, -1, 1)
    factors = np.broadcast_to(signs, x.shape[-1:] if signs.ndim < 2 else x.shape).astype(np.int64)
    negated = state.weighted(f"{name}_negated", (x.node,), (factors,))
    return Scaled(negated, x.shape, _fit(x.scale * signs, x.shape), x.offset)


def _integral(state: Lowering, x: Scaled, name: str) -> Scaled:
    """The same real values on one scale and without offset: ``integers * factors + bias``."""
    if x.scale.shape == () and x.scale[()] != 0 and not x.has_offset:
        return x
    columns = x.shape if max(x.scale.ndim, x.offset.ndim) == len(x.shape) else x.shape[-1:]
    both = np.stack([np.broadcast_to(x.scale, columns), np.broadcast_to(x.offset, columns)])
    unit, (factors, bias) = _common_unit(state, name, both)
    if sign(unit) < 0:  # an offset set it, where all scales are 0
        unit, factors, bias = -unit, -factors, -bias
    return Scaled(state.weighted(f"{name}_integral", (x.node,), (factors,), bias), x.shape, _cell(unit))


def _output(output: Output, x: Scaled, state: Lowering) -> Output:
    """Kind, scale and offset of an output; accumulators of one tensor share one positive scale.

    A spike alone is its class. A number alone keeps its own scale and offset, irrational or not: they decide its class.
    """
    if output.kind == "scores":
        return Output(output.name, x.node, "scores", classifier=output.classifier)
    if x.is_plain and _is_spikes(state, x.node):
        return Output(output.name, x.node, "spikes", classifier=x.shape == (1,))
    x = _positive(state, x, output.name)
    if math.prod(x.shape) == 1 and sign(x.scale[()]) > 0:
        return _number(output, x, state)
    if (
        x.scale.shape != ()
        or x.offset.shape != ()
        or isinstance(x.scale[()], Surd)
        or isinstance(x.offset[()], Surd)
        or sign(x.scale[()]) <= 0
    ):
        x = _integral(state, x, output.name)
    if isinstance(x.scale[()], Surd):
        state.notes.append(
            f"output '{output.name}' has an irrational scale; the recorded one is rounded, the integers are exact"
        )
    scale = approximate(x.scale[()], 64)
    return Output(output.name, x.node, output.kind, scale, Fraction(x.offset[()]), output.classifier)


def _number(output: Output, x: Scaled, state: Lowering) -> Output:
    """An output of one element. Irrational meanings are recorded as rationals on the same side of 0 for every integer."""
    scale, offset = (approximate(values[()], 64) for values in (x.scale, x.offset))
    level = ceil(-x.offset[()] / x.scale[()])
    found = Output(output.name, x.node, output.kind, scale, offset, output.classifier)
    if isinstance(x.scale[()], Surd) or isinstance(x.offset[()], Surd):
        state.notes.append(
            f"output '{output.name}' has an irrational meaning; the recorded scale and offset are rounded, the integers are exact"
        )
    return found if found.level == level else replace(found, offset=-level * scale)


def _is_spikes(state: Lowering, name: str) -> bool:
    """Whether a tensor is made of thresholds' results, moved and pooled; a range of 0..1 alone means nothing."""
    kinds = {node.name: node for node in state.nodes}
    waiting = [kinds[name]]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (MaxPool, *MOVES)):
            waiting += [kinds[s] for s in node.sources]
        elif not isinstance(node, Threshold):
            return False
    return True


def _cell(value) -> np.ndarray:
    cell = np.empty((), dtype=object)
    cell[()] = value
    return cell


def _fit(values: np.ndarray, shape: Shape) -> np.ndarray:
    """The smallest of the shapes (), (channels,), ``shape`` that holds the same values."""
    if not isinstance(values, np.ndarray):
        return _cell(values)
    if values.ndim > 1 and values.size == values.shape[-1]:
        values = values.reshape(-1)
    if values.ndim and all(v == values.flat[0] for v in values.flat):
        return _cell(values.flat[0])
    if values.ndim <= 1 or (values.ndim < len(shape) and values.shape == shape[-1:]):
        return values
    whole = np.broadcast_to(values, shape)
    rows = whole.reshape(-1, shape[-1])
    return rows[0] if all(v == w for row in rows for v, w in zip(row, rows[0], strict=True)) else whole
