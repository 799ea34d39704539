"""An integer graph as an ONNX model that computes the same integers.

Maps stand as ONNX has them, channels first, as float32 where every partial sum stays below 2**24 and is exact, else as
int64. Convolutions, which ONNX runs on floats only, are cut into digits of their weights where they are too large.
The input takes the frames that every target takes: codes, row-major, channels last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import singledispatch
from math import prod
from typing import Any, TypeVar

import numpy as np
from onnx import (
    ModelProto,
    NodeProto,
    StringStringEntryProto,
    TensorAnnotation,
    TensorProto,
    ValueInfoProto,
    helper,
    numpy_helper,
)

from whetgen.errors import BadInput
from whetgen.ir import Graph
from whetgen.ir.integers import signed_bits
from whetgen.ir.nodes import (
    Concat,
    Conv,
    Dense,
    Input,
    MaxPool,
    MultiThreshold,
    Node,
    Pad,
    Padding,
    Permute,
    Reshape,
    SumPool,
    Threshold,
    Upsample,
    WeightedSum,
)
from whetgen.targets.output.seal import BLANK

OPSET = 17
IR_VERSION = 8
EXACT = 1 << 24
"""Integers below this are exact in float32."""
QONNX_DOMAIN = "qonnx.custom_op.general"
_FRAMES = {"uint8": TensorProto.UINT8, "int8": TensorProto.INT8, "int16": TensorProto.INT16}


@dataclass
class OnnxExport:
    """The model under construction. ``at``: the ONNX tensor that holds each tensor of the graph."""

    graph: Graph
    qonnx: bool
    nodes: list[NodeProto] = field(default_factory=list)
    constants: dict[str, TensorProto] = field(default_factory=dict)
    annotations: list[TensorAnnotation] = field(default_factory=list)
    at: dict[str, str] = field(default_factory=dict)
    wide: set[str] = field(default_factory=set)
    cast: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def add(self, operator: str, inputs: Sequence[str], name: str, domain: str = "", **attributes: Any) -> str:
        """A node whose result bears its own name, ``name`` or one like it that is free."""
        name = self.free(name)
        self.nodes.append(helper.make_node(operator, list(inputs), [name], name=name, domain=domain, **attributes))
        return name

    def free(self, name: str) -> str:
        """The name, with ``_`` behind it as long as a tensor bears it; it is taken from now on."""
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def constant(self, name: str, values: np.ndarray, dtype: type) -> str:
        name = self.free(name)
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(values.astype(dtype)), name)
        return name

    def numbers(self, name: str, values: np.ndarray, wide: bool) -> str:
        """Integers in the type of their layer; in QONNX with the narrowest type they fit."""
        made = self.constant(name, values, np.int64 if wide else np.float32)
        if self.qonnx and values.size:
            self.annotate(made, int(values.min()), int(values.max()))
        return made

    def annotate(self, name: str, lo: int, hi: int) -> None:
        """The type of a tensor in QONNX' words: BIPOLAR, BINARY, INT4, UINT8, ..."""
        kind = "BINARY" if (lo, hi) == (0, 1) else f"UINT{hi.bit_length()}" if lo >= 0 else f"INT{signed_bits(lo, hi)}"
        entry = StringStringEntryProto(key="finn_datatype", value=kind)
        self.annotations.append(TensorAnnotation(tensor_name=name, quant_parameter_tensor_names=[entry]))

    def read(self, source: str, wide: bool) -> str:
        """The tensor that holds ``source``, as int64 where ``wide``."""
        if wide == (source in self.wide):
            return self.at[source]
        if source not in self.cast:
            self.cast[source] = self.add("Cast", [self.at[source]], f"{source}_int64", to=TensorProto.INT64)
        return self.cast[source]

    def largest(self, *names: str) -> int:
        """Bound on the size of the elements of tensors."""
        return max(max(abs(end) for end in self.graph.ranges[name]) for name in names)

    def settle(self, node: Node, wide: bool, bound: int) -> bool:
        """Whether the layer is int64; it is where float32 is not exact.

        Raises:
            BadInput: int64 is not either, or QONNX, which has floats only, is asked for.
        """
        wide = wide or bound >= EXACT
        if wide and (self.qonnx or bound >= 1 << 63):
            what = "float32 (--onnx-dialect qonnx) holds 24" if self.qonnx else "ONNX holds 63"
            raise BadInput(
                f"layer '{node.name}' needs integers of {bound.bit_length()} bits, {what}; narrow the weights with --weight-bits"
            )
        if wide:
            self.wide.add(node.name)
        return wide


def export(graph: Graph, name: str, qonnx: bool = False) -> ModelProto:
    """The model; its outputs are the integers that the reference computes, and the class where it tells one.

    Raises:
        BadInput: integers that are wider than ONNX' own.
    """
    state = OnnxExport(graph, qonnx, taken={graph.input.name})
    for node in graph.nodes:
        state.at[node.name] = export_node(node, state)
    outputs = [_output(state, o.name, o.source) for o in graph.outputs]
    scores = graph.shapes[graph.outputs[0].source]
    if graph.is_classifier and len(scores) == 1 < scores[0]:
        outputs.append(_class(state, outputs[0].name))
    entry = graph.input
    kind = _FRAMES.get(entry.type.name, TensorProto.UINT8)
    inputs = [helper.make_tensor_value_info(entry.name, TensorProto.FLOAT if qonnx else kind, ["frames", *entry.shape])]
    made = helper.make_graph(state.nodes, name, inputs, outputs, list(state.constants.values()))
    made.quantization_annotation.extend(state.annotations)
    domains = [helper.make_opsetid("", OPSET), *([helper.make_opsetid(QONNX_DOMAIN, 1)] if qonnx else [])]
    model = helper.make_model(made, opset_imports=domains, ir_version=IR_VERSION, producer_name="whetgen")
    meanings = {f"{o.name} means": f"code * {o.scale} + {o.offset}" for o in graph.outputs}
    helper.set_model_props(model, {**meanings, "seal": BLANK})
    return model


def _output(state: OnnxExport, name: str, source: str) -> ValueInfoProto:
    shape = state.graph.shapes[source]
    held = state.at[source]
    held = state.add("Transpose", [held], f"{name}_last", perm=[0, 2, 3, 1]) if len(shape) == 3 else held
    kind = TensorProto.INT64 if source in state.wide else TensorProto.FLOAT if state.qonnx else TensorProto.INT32
    settings: dict[str, Any] = {} if state.qonnx else {"to": kind}
    out = name if name not in state.taken else f"{name}_output"
    out = state.add("Identity" if state.qonnx else "Cast", [held], out, **settings)
    return helper.make_tensor_value_info(out, kind, ["frames", *shape])


def _class(state: OnnxExport, scores: str) -> ValueInfoProto:
    """Index of the largest score, the lowest of equals."""
    name = "class" if "class" not in state.taken else "class_index"
    name = state.add("ArgMax", [scores], name, axis=1, keepdims=0)
    return helper.make_tensor_value_info(name, TensorProto.INT64, ["frames"])


@singledispatch
def export_node(node: Node, state: OnnxExport) -> str:
    """Add the nodes that make the tensor of ``node``; returns the name of the one that holds it."""
    raise TypeError(f"no ONNX for {type(node).__name__}")


@export_node.register
def _(node: Input, state: OnnxExport) -> str:
    if state.qonnx:
        state.annotate(node.name, node.type.lo, node.type.hi)
        codes = node.name
    else:
        codes = state.add("Cast", [node.name], f"{node.name}_codes", to=TensorProto.FLOAT)
    return codes if len(node.shape) < 3 else state.add("Transpose", [codes], f"{node.name}_first", perm=[0, 3, 1, 2])


def _sum_bound(weights: np.ndarray, bias: np.ndarray, largest: int) -> int:
    """Bound on every partial sum of a layer, in any order."""
    sums = np.abs(weights.astype(object)).reshape(-1, weights.shape[-1]).sum(axis=0) * largest
    return int((sums + np.abs(bias.astype(object)).reshape(-1, weights.shape[-1])).max())


@export_node.register
def _(node: Dense, state: OnnxExport) -> str:
    bound = _sum_bound(node.weights, node.bias, state.largest(node.source))
    wide = state.settle(node, node.source in state.wide, bound)
    weights = state.numbers(f"{node.name}_weights", node.weights, wide)
    if not np.any(node.bias):
        return state.add("MatMul", [state.read(node.source, wide), weights], node.name)
    total = state.add("MatMul", [state.read(node.source, wide), weights], f"{node.name}_sums")
    return state.add("Add", [total, state.numbers(f"{node.name}_bias", node.bias, wide)], node.name)


@export_node.register
def _(node: Conv, state: OnnxExport) -> str:
    if node.source in state.wide:
        raise BadInput(
            f"layer '{node.name}' convolves integers of more than 24 bits; narrow the weights with --weight-bits"
        )
    largest = state.largest(node.source)
    wide = state.settle(node, False, _sum_bound(node.weights, node.bias, largest))
    biased = bool(np.any(node.bias))
    total = f"{node.name}_sums" if biased else node.name
    if not wide:
        _window_sums(state, node, node.weights, total)
    else:
        _digit_sums(state, node, largest, total)
    if not biased:
        return total
    bias = (
        np.broadcast_to(node.bias, state.graph.shapes[node.name]) if node.bias.ndim > 1 else node.bias.reshape(1, 1, -1)
    )
    return state.add("Add", [total, state.numbers(f"{node.name}_bias", np.moveaxis(bias, 2, 0), wide)], node.name)


def _window_sums(state: OnnxExport, node: Conv, weights: np.ndarray, name: str) -> str:
    kernel = state.numbers(f"{name}_weights", np.transpose(weights, (3, 2, 0, 1)), False)
    return state.add(
        "Conv",
        [state.at[node.source], kernel],
        name,
        kernel_shape=list(weights.shape[:2]),
        strides=list(node.stride),
        dilations=list(node.dilation),
        pads=_pads(node.padding),
        group=node.groups,
    )


def _digit_sums(state: OnnxExport, node: Conv, largest: int, name: str) -> None:
    """Weights as ``sum_k digit_k * 2**(k bits)``, each digit signed and small enough for exact floats."""
    fan_in = prod(node.weights.shape[:-1])
    bits = (EXACT // (fan_in * max(largest, 1))).bit_length() - 1
    if bits < 2:
        raise BadInput(f"layer '{node.name}' reads too many wide inputs for ONNX; narrow the layer in front of it")
    rest, place = node.weights.astype(object), 0
    parts: list[str] = []
    while np.any(rest != 0) or not parts:
        digit = (rest + (1 << bits - 1)) % (1 << bits) - (1 << bits - 1)
        rest = (rest - digit) >> bits
        sums = _window_sums(state, node, digit, f"{name}_digit{place}")
        whole = state.add("Cast", [sums], f"{sums}_int64", to=TensorProto.INT64)
        weight = state.constant(f"{sums}_place", np.array(1 << bits * place), np.int64)
        parts.append(state.add("Mul", [whole, weight], f"{sums}_value"))
        place += 1
    for k, part in enumerate(parts[1:], start=1):
        parts[0] = state.add("Add", [parts[0], part], name if k == len(parts) - 1 else f"{name}_to{k}")
    if len(parts) == 1:
        state.add("Identity", [parts[0]], name)


def _pads(padding: Padding) -> list[int]:
    (top, bottom), (left, right) = padding
    return [top, left, bottom, right]


@export_node.register(Threshold)
@export_node.register(MultiThreshold)
def _(node: Threshold | MultiThreshold, state: OnnxExport) -> str:
    lo, hi = state.graph.ranges[node.source]
    given = node.thresholds if isinstance(node, MultiThreshold) else node.thresholds[None]
    steps = np.clip(given.astype(object), lo, hi + 1)
    if state.qonnx and steps.ndim == 2 and len(state.graph.shapes[node.source]) != 2:  # QONNX' channels are axis 1
        rows, top = state.numbers(f"{node.name}_thresholds", steps.T, False), len(steps)
        kind = "BINARY" if top == 1 else f"UINT{top.bit_length()}"
        inputs = [state.at[node.source], rows]
        reached = state.add("MultiThreshold", inputs, node.name, domain=QONNX_DOMAIN, out_dtype=kind)
        state.annotate(reached, 0, top)
        return reached
    names = [node.name] if len(steps) == 1 else [f"{node.name}_{k}" for k in range(1, len(steps) + 1)]
    fired = [_reached(state, node.source, row, name) for name, row in zip(names, steps, strict=True)]
    return fired[0] if len(fired) == 1 else state.add("Sum", fired, node.name)


def _reached(state: OnnxExport, source: str, levels: np.ndarray, name: str) -> str:
    """1 where a tensor is at least its levels, else 0."""
    laid = _first(levels, len(state.graph.shapes[source]))
    constant = state.numbers(f"{name}_thresholds", laid, source in state.wide)
    fired = state.add("GreaterOrEqual", [state.at[source], constant], f"{name}_fires")
    return state.add("Cast", [fired], name, to=TensorProto.FLOAT)


@export_node.register
def _(node: MaxPool, state: OnnxExport) -> str:
    settings: dict[str, Any] = {
        "kernel_shape": list(node.window),
        "strides": list(node.stride),
        "pads": _pads(node.padding),
    }
    if node.source not in state.wide:
        return state.add("MaxPool", [state.at[node.source]], node.name, **settings)
    state.settle(node, True, state.largest(node.name))
    if state.largest(node.name) >= 1 << 53:
        raise BadInput(
            f"layer '{node.name}' pools integers of more than 53 bits; narrow the weights with --weight-bits"
        )
    double = state.add("Cast", [state.at[node.source]], f"{node.name}_double", to=TensorProto.DOUBLE)
    pooled = state.add("MaxPool", [double], f"{node.name}_largest", **settings)
    return state.add("Cast", [pooled], node.name, to=TensorProto.INT64)


@export_node.register
def _(node: SumPool, state: OnnxExport) -> str:
    """A convolution of ones, channel by channel."""
    channels = state.graph.shapes[node.source][2]
    ones = np.ones((*node.window, 1, channels), dtype=np.int64)
    conv = Conv(
        node.name, node.source, ones, np.zeros(channels, dtype=np.int64), node.stride, (1, 1), node.padding, channels
    )
    return export_node(conv, state)


@export_node.register
def _(node: WeightedSum, state: OnnxExport) -> str:
    bounds = [
        int(np.abs(f.astype(object)).max()) * state.largest(s) for f, s in zip(node.factors, node.sources, strict=True)
    ]
    bound = sum(bounds) + int(np.abs(node.bias.astype(object)).max(initial=0))
    wide = state.settle(node, any(s in state.wide for s in node.sources), bound)
    rank, parts = len(state.graph.shapes[node.name]), []
    for k, (factor, source) in enumerate(zip(node.factors, node.sources, strict=True)):
        part = state.read(source, wide)
        if np.any(factor != 1):
            values = state.numbers(f"{node.name}_factor{k}", _first(factor, rank), wide)
            part = state.add("Mul", [part, values], f"{node.name}_part{k}")
        parts.append(part)
    if np.any(node.bias):
        parts.append(state.numbers(f"{node.name}_bias", _first(node.bias, rank), wide))
    total = parts[0]
    for k, part in enumerate(parts[1:], start=1):
        total = state.add("Add", [total, part], f"{node.name}_to{k}")
    return state.add("Identity", [total], node.name)


def _first(values: np.ndarray, rank: int) -> np.ndarray:
    """Numbers for each channel or element, channels in front where the tensor is a map."""
    if rank < 3:
        return values
    return values.reshape(-1, 1, 1) if values.ndim == 1 else np.moveaxis(values, 2, 0)


Moving = TypeVar("Moving", Reshape, Permute, Pad, Upsample)


def _moved(build: Callable[[Moving, OnnxExport, str], str]) -> Callable[[Moving, OnnxExport], str]:
    """A move of its source's elements, in the source's type."""

    def made(node: Moving, state: OnnxExport) -> str:
        wide = any(s in state.wide for s in node.sources)
        state.settle(node, wide, state.largest(*node.sources))
        return build(node, state, state.read(node.sources[0], wide))

    return made


@export_node.register(Reshape)
@_moved
def _(node: Reshape, state: OnnxExport, x: str) -> str:
    before, after = state.graph.shapes[node.source], node.shape
    if len(before) == 3 and before[2] > 1 and before[0] * before[1] > 1:
        x = state.add("Transpose", [x], f"{node.name}_last", perm=[0, 2, 3, 1])
    if len(after) < 3:
        return _shaped(state, x, after, node.name)
    if after[2] == 1 or after[0] * after[1] == 1:
        return _shaped(state, x, (after[2], *after[:2]), node.name)
    return state.add("Transpose", [_shaped(state, x, after, f"{node.name}_rows")], node.name, perm=[0, 3, 1, 2])


def _shaped(state: OnnxExport, x: str, shape: Sequence[int], name: str) -> str:
    wanted = state.constant(f"{name}_shape", np.array([-1, *shape]), np.int64)
    return state.add("Reshape", [x, wanted], name)


def _place(axis: int, rank: int) -> int:
    """ONNX' axis, the batch counted, of an axis of ours."""
    return axis + 1 if rank < 3 else (axis + 2 if axis < 2 else 1)


@export_node.register(Permute)
@_moved
def _(node: Permute, state: OnnxExport, x: str) -> str:
    rank = len(node.axes)
    perm = [0] * (rank + 1)
    for to, axis in enumerate(node.axes):
        perm[_place(to, rank)] = _place(axis, rank)
    return state.add("Transpose", [x], node.name, perm=perm)


@export_node.register(Pad)
@_moved
def _(node: Pad, state: OnnxExport, x: str) -> str:
    top, left, bottom, right = _pads(node.padding)
    pads = state.constant(f"{node.name}_pads", np.array([0, 0, top, left, 0, 0, bottom, right]), np.int64)
    return state.add("Pad", [x, pads], node.name)


@export_node.register(Upsample)
@_moved
def _(node: Upsample, state: OnnxExport, x: str) -> str:
    """Every pixel repeated; of wide integers by an axis more, tiled, and joined with the one in front."""
    height, width, channels = state.graph.shapes[node.source]
    dy, dx = node.factor
    if node.name not in state.wide:
        scales = state.constant(f"{node.name}_scales", np.array([1, 1, dy, dx]), np.float32)
        ways = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
        return state.add("Resize", [x, "", scales], node.name, **ways)
    rows = _shaped(state, x, (channels, height, 1, width, 1), f"{node.name}_pixels")
    counts = state.constant(f"{node.name}_counts", np.array([1, 1, 1, dy, 1, dx]), np.int64)
    tiled = state.add("Tile", [rows, counts], f"{node.name}_tiles")
    return _shaped(state, tiled, (channels, height * dy, width * dx), node.name)


@export_node.register
def _(node: Concat, state: OnnxExport) -> str:
    wide = any(s in state.wide for s in node.sources)
    state.settle(node, wide, state.largest(*node.sources))
    axis = _place(node.axis, len(state.graph.shapes[node.name]))
    return state.add("Concat", [state.read(s, wide) for s in node.sources], node.name, axis=axis)
