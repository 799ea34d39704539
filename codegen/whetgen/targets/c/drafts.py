"""One kernel call (or a few) for each node kind."""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch
from math import prod

import numpy as np

from whetgen.errors import BadInput
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
from whetgen.ir.ranges import sum_ranges
from whetgen.targets.c.records import (
    ConvRecord,
    DenseRecord,
    Draft,
    MaxPoolRecord,
    MoveRecord,
    Operand,
    SumPoolRecord,
    WeightedSumRecord,
    WeightRows,
    Window,
)
from whetgen.targets.c.storage import Elements, signed_elements
from whetgen.targets.c.sums import Proof, SumPlan, plan_sums
from whetgen.targets.c.tables import NO_TABLE, CTable, TableRef, make_table, span
from whetgen.targets.c.tensors import Tensors

_FIELD_LIMIT = 1 << 16
_ADD_ROWS = {"WG_I8": "i8", "WG_I16": "i16", "WG_I32": "i32", "WG_I64": "i64", "WG_WIDE": "wide"}


def draft_node(node: Node, name: str, tensors: Tensors) -> tuple[Draft, ...]:
    """Kernel calls that compute ``node``, or ``node`` with the Threshold that it is fused with."""
    if isinstance(node, (Input, Reshape)) or node.name in _applied(tensors):
        return ()
    drafts = draft(node, name, tensors)
    return tuple(replace(d, title=node_title(node, tensors)) for d in drafts)


def _applied(tensors: Tensors) -> set[str]:
    return {threshold.name for threshold in tensors.fused.values()}


def node_title(node: Node, tensors: Tensors) -> str:
    threshold = tensors.fused.get(node.name)
    names = node.name if threshold is None else f"{node.name} + {threshold.name}"
    shapes = [tensors.graph.shapes[s] for s in (*node.sources, node.name)]
    return f"{names}: {type(node).__name__}, " + " -> ".join("x".join(map(str, s)) for s in (shapes[0], shapes[-1]))


def result_name(node: Node, tensors: Tensors) -> str:
    threshold = tensors.fused.get(node.name)
    return node.name if threshold is None else threshold.name


def _sums(
    node: Node, name: str, tensors: Tensors, proof: Proof, bias: np.ndarray, extra: tuple[Elements, ...] = ()
) -> SumPlan:
    operands = (*(tensors.elements(s) for s in node.sources), *extra)
    result = tensors.elements(result_name(node, tensors))
    return plan_sums(name, proof, bias, tensors.fused.get(node.name), result, operands)


@singledispatch
def draft(node: Node, name: str, tensors: Tensors) -> tuple[Draft, ...]:
    """Kernel calls of one node kind; the caller sets the title."""
    raise TypeError(f"no C kernel for {type(node).__name__}")


@draft.register
def _(node: Dense, name: str, tensors: Tensors) -> tuple[Draft, ...]:
    weights, sums = _linear(node, name, tensors, "weights (inputs, neurons):")
    record = DenseRecord(
        source=tensors.elements(node.source),
        inputs=node.weights.shape[0],
        rows=_weight_rows(weights, sums, node.weights.shape[1], node.weights.shape[1]),
        sums=sums.runtime_name,
        finish=sums.finish,
    )
    tables = (weights, *sums.tables)
    return (Draft("dense", name, "", "wg_dense", record, node.sources, result_name(node, tensors), tables, sums.bytes),)


@draft.register
def _(node: Conv, name: str, tensors: Tensors) -> tuple[Draft, ...]:
    weights, sums = _linear(node, name, tensors, "weights (height, width, channels / groups, neurons):")
    neurons = node.weights.shape[3]
    each = neurons // node.groups
    record = ConvRecord(
        source=tensors.elements(node.source),
        window=node_window(node, tensors),
        groups=node.groups,
        group_bytes=sums.elements.bytes_for(each),
        rows=_weight_rows(weights, sums, neurons, each),
        sums=sums.runtime_name,
        finish=sums.finish,
    )
    tables = (weights, *sums.tables)
    return (Draft("conv", name, "", "wg_conv", record, node.sources, result_name(node, tensors), tables, sums.bytes),)


@draft.register
def _(node: SumPool, name: str, tensors: Tensors) -> tuple[Draft, ...]:
    channels = tensors.graph.shapes[node.name][2]
    lo, hi = tensors.graph.ranges[node.name]
    taps = prod(node.window)
    proof = _uniform_proof(lo, hi, taps * _magnitude(tensors, node.source), channels)
    sums = _sums(node, name, tensors, proof, np.zeros(channels, dtype=np.int64))
    window = _window(node, tensors, node.window, (1, 1))
    record = SumPoolRecord(tensors.elements(node.source), window, sums.runtime_name, sums.finish)
    return (
        Draft(
            "sum_pool",
            name,
            "",
            "wg_sum_pool",
            record,
            node.sources,
            result_name(node, tensors),
            sums.tables,
            sums.bytes,
        ),
    )


@draft.register
def _(node: MaxPool, name: str, tensors: Tensors) -> tuple[Draft, ...]:
    source, result = tensors.elements(node.source), tensors.elements(node.name)
    bits = source.kind == result.kind == "WG_BIT"
    function = "wg_max_pool_bits" if bits else "wg_max_pool_wide" if source.wide else "wg_max_pool_ints"
    record = MaxPoolRecord(source, _window(node, tensors, node.window, (1, 1)), result)
    return (Draft("max_pool", name, "", function, record, node.sources, node.name),)


@draft.register
def _(node: Threshold, name: str, tensors: Tensors) -> tuple[Draft, ...]:
    """A Threshold that stands alone is the sum of one operand, compared."""
    shape = tensors.graph.shapes[node.name]
    lo, hi = tensors.graph.ranges[node.source]
    proof = _uniform_proof(lo, hi, max(abs(lo), abs(hi)), shape[-1])
    source = tensors.elements(node.source)
    zero = np.zeros(shape[-1], dtype=np.int64)
    sums = plan_sums(name, proof, zero, node, tensors.elements(node.name), (source,))
    record = WeightedSumRecord(prod(shape[:-1]), (Operand(source, NO_TABLE, 0),), sums.runtime_name, sums.finish)
    return (
        Draft(
            "weighted_sum",
            name,
            "",
            "wg_weighted_sum",
            record,
            node.sources,
            node.name,
            sums.tables,
            sums.bytes,
        ),
    )


@draft.register
def _(node: WeightedSum, name: str, tensors: Tensors) -> tuple[Draft, ...]:
    shape = tensors.graph.shapes[node.name]
    tables: list[CTable] = []
    operands: list[Operand] = []
    for k, (source, factor) in enumerate(zip(node.operands, node.factors, strict=True), start=1):
        ref = NO_TABLE
        if (factor != 1).any():
            tables.append(make_table(f"{name}_factors{k}", f"factors of '{source}'", factor))
            ref = TableRef(tables[-1].name, tables[-1].elements)
        operands.append(Operand(tensors.elements(source), ref, int(factor.size != shape[-1])))
    extra = tuple(o.factors.elements for o in operands)
    sums = _sums(node, name, tensors, _weighted_proof(node, tensors), node.bias, extra)
    record = WeightedSumRecord(prod(shape[:-1]), tuple(operands), sums.runtime_name, sums.finish)
    every = (*tables, *sums.tables)
    return (
        Draft(
            "weighted_sum",
            name,
            "",
            "wg_weighted_sum",
            record,
            node.sources,
            result_name(node, tensors),
            every,
            sums.bytes,
        ),
    )


@draft.register
def _(node: Permute, name: str, tensors: Tensors) -> tuple[Draft, ...]:
    shape = tensors.graph.shapes[node.name]
    from_source = _strides(tensors.graph.shapes[node.source])
    return (_move(node, name, tensors, node.source, shape, [from_source[a] for a in node.axes], _strides(shape)),)


@draft.register
def _(node: Upsample, name: str, tensors: Tensors) -> tuple[Draft, ...]:
    height, width, channels = tensors.graph.shapes[node.source]
    fy, fx = node.factor
    row = width * fx * channels
    return (
        _move(
            node, name, tensors, node.source,
            (height, fy, width, fx, channels),
            (width * channels, 0, channels, 0, 1),
            (fy * row, row, fx * channels, channels, 1),
        ),
    )  # fmt: skip


@draft.register
def _(node: Pad, name: str, tensors: Tensors) -> tuple[Draft, ...]:
    source, result = tensors.graph.shapes[node.source], tensors.graph.shapes[node.name]
    (top, bottom), (left, right) = node.padding
    height, width = source[0] + min(top, 0) + min(bottom, 0), source[1] + min(left, 0) + min(right, 0)
    kept = (max(height, 0), max(width, 0), source[2])
    cropped = max(-top, 0) * source[1] + max(-left, 0)
    inset = max(top, 0) * result[1] + max(left, 0)
    clear = prod(result) if kept != result else 0
    return (
        _move(
            node, name, tensors, node.source, kept, _strides(source), _strides(result),
            clear, cropped * source[2], inset * source[2],
        ),
    )  # fmt: skip


@draft.register
def _(node: Concat, name: str, tensors: Tensors) -> tuple[Draft, ...]:
    result = tensors.graph.shapes[node.name]
    step = prod(result[node.axis :])
    whole = prod(result) if tensors.elements(node.name).kind == "WG_BIT" else 0
    drafts, at = [], 0
    for k, operand in enumerate(node.operands):
        run = prod(tensors.graph.shapes[operand][node.axis :])
        dims, label = (prod(result[: node.axis]), run), f"{name}_part{k + 1}"
        record = _move_record(
            tensors.elements(operand),
            tensors.elements(node.name),
            dims,
            (run, 1),
            (step, 1),
            0 if k else whole,
            0,
            at,
        )
        drafts.append(_move_draft(label, record, operand, node.name))
        at += run
    return tuple(drafts)


def draft_copy(name: str, tensors: Tensors, source: str, output: int) -> Draft:
    """The copy of a tensor that others read too into its part of the output array."""
    length = tensors.length(source)
    into = tensors.output_elements
    record = _move_record(tensors.elements(source), into, (length,), (1,), (1,), 0, 0, tensors.output_offsets[output])
    title = f"output '{tensors.graph.outputs[output].name}': copy of {source}"
    return replace(_move_draft(name, record, source, ""), title=title)


def _move(
    node: Node, name: str, tensors: Tensors, source: str, counts, source_steps, result_steps,
    clear: int = 0, source_first: int = 0, result_first: int = 0,
) -> Draft:  # fmt: skip
    """A move of one source into a result that starts as 0 where it is of bits."""
    result = tensors.elements(node.name)
    clear = clear or (tensors.length(node.name) if result.kind == "WG_BIT" else 0)
    record = _move_record(
        tensors.elements(source),
        result,
        counts,
        source_steps,
        result_steps,
        clear,
        source_first,
        result_first,
    )
    return _move_draft(name, record, source, node.name)


def _move_draft(name: str, record: MoveRecord, source: str, result: str) -> Draft:
    same = record.source.kind == record.result.kind
    function = "wg_move_wide" if record.result.wide else "wg_move_same" if same else "wg_move_ints"
    return Draft("move", name, "", function, record, (source,), result)


def _move_record(
    source: Elements, result: Elements, counts, source_steps, result_steps, clear, first, at
) -> MoveRecord:
    """Axes that are neighbours in both tensors become one; the last one becomes the run."""
    axes: list[tuple[int, int, int]] = []
    for axis in zip(counts, source_steps, result_steps, strict=True):
        if axes and all(axes[-1][k] == axis[k] * axis[0] for k in (1, 2)):
            axes[-1] = (axes[-1][0] * axis[0], axis[1], axis[2])
        else:
            axes.append(axis)
    run = axes.pop()[0] if axes[-1][1:] == (1, 1) else 1
    axes = [(1, 0, 0)] * (4 - len(axes)) + axes
    count, source_step, result_step = (tuple(a[k] for a in axes) for k in range(3))
    return MoveRecord(source, result, clear, first, at, count, source_step, result_step, run)


def _strides(shape) -> list[int]:
    return [prod(shape[k + 1 :]) for k in range(len(shape))]


def _linear(node: Dense | Conv, name: str, tensors: Tensors, what: str) -> tuple[CTable, SumPlan]:
    """The weights' table and the sums; wide sums read wide weights."""
    kind = signed_elements(*span(node.weights))
    sums = _sums(node, name, tensors, linear_proof(node, tensors), node.bias, (kind,))
    return make_table(f"{name}_weights", what, node.weights, wide=sums.elements.wide), sums


def linear_proof(node: Dense | Conv, tensors: Tensors) -> Proof:
    lo, hi = sum_ranges(node, tensors.graph.ranges[node.source])
    most = _magnitude(tensors, node.source)
    _, bounds = sum_ranges(node, (-most, most))  # sum |w| max |x|
    return Proof(lo.reshape(1, -1), hi.reshape(1, -1), int(bounds.max()))


def _weighted_proof(node: WeightedSum, tensors: Tensors) -> Proof:
    channels = tensors.graph.shapes[node.name][-1]
    lo = hi = bound = np.zeros((1, channels), dtype=object)
    for source, factor in zip(node.operands, node.factors, strict=True):
        rows = factor.astype(object).reshape(-1, channels)
        ends = [rows * end for end in tensors.graph.ranges[source]]
        lo, hi = lo + np.minimum(*ends), hi + np.maximum(*ends)
        bound = bound + np.maximum(np.abs(ends[0]), np.abs(ends[1]))
    return Proof(lo, hi, int(bound.max()))


def _uniform_proof(lo: int, hi: int, bound: int, channels: int) -> Proof:
    lows, highs = np.empty((2, 1, channels), dtype=object)
    lows[:], highs[:] = lo, hi
    return Proof(lows, highs, bound)


def _magnitude(tensors: Tensors, name: str) -> int:
    return max(map(abs, tensors.graph.ranges[name]))


def linear_sums(node: Dense | Conv, name: str, tensors: Tensors) -> SumPlan:
    """Sums of a Dense or Conv whose weights stand in a form of their own."""
    return _sums(node, name, tensors, linear_proof(node, tensors), node.bias)


def node_window(node: Conv, tensors: Tensors) -> Window:
    return _window(node, tensors, node.weights.shape[:2], node.dilation)


def _weight_rows(weights: CTable, sums: SumPlan, stride: int, neurons: int) -> WeightRows:
    wide = sums.elements.wide
    kernel = (
        "wg_add_rows_wide"
        if wide
        else f"wg_add_rows_{_ADD_ROWS[weights.elements.kind]}_{_ADD_ROWS[sums.elements.kind]}"
    )
    return WeightRows(weights.name, weights.elements.words, sums.elements.words, stride, neurons, kernel)


def _window(node: Conv | SumPool | MaxPool, tensors: Tensors, kernel, dilation) -> Window:
    source, result = tensors.graph.shapes[node.source], tensors.graph.shapes[node.name]
    window = Window(
        *source,
        result[0],
        result[1],
        *kernel,
        *node.stride,
        *dilation,
        node.padding[0][0],
        node.padding[1][0],
    )
    if max(vars(window).values()) >= _FIELD_LIMIT:
        raise BadInput(
            f"layer '{node.name}': the C target takes maps and windows below {_FIELD_LIMIT} each way; make it smaller"
        )
    return window
