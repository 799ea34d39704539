"""An ONNX model as a graph of real-valued nodes."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, numpy_helper

from whetgen.errors import BadInput
from whetgen.foreign.onnx_files import STANDARD, OnnxFile
from whetgen.foreign.qonnx_math import DOMAINS
from whetgen.frontends.builder import Builder
from whetgen.frontends.heads import read_heads, tells_class
from whetgen.frontends.onnx import resize  # noqa: F401 - its handlers
from whetgen.frontends.onnx.advice import instead_of
from whetgen.frontends.onnx.constants import computed
from whetgen.frontends.onnx.entry import NamedInput, attributes, entry
from whetgen.frontends.onnx.input_quantiser import passed
from whetgen.frontends.operators import arithmetic, choices, heads, moves, pools, quantisers, sums  # noqa: F401 - their handlers
from whetgen.frontends.operators.building import Counts, OperatorBuilder
from whetgen.frontends.operators.handlers import HANDLERS
from whetgen.frontends.operators.values import Classes, OperatorCall, Signal, Value
from whetgen.ir.graph import Graph, InputMeaning, Output
from whetgen.ir.integers import Word
from whetgen.ir.nodes import Input, Shape
from whetgen.ir.real import Head


@dataclass(frozen=True, eq=False)
class OnnxTrace:
    """``graph``: of real-valued nodes; ``counts``: where the file has what the neurons make; ``outputs``: the tensor of the
    file that each output of the graph is, None where it has the class only."""

    graph: Graph
    counts: tuple[Counts, ...]
    outputs: tuple[tuple[str, Signal] | None, ...]
    input: Signal


def trace_onnx(file: OnnxFile, element: Word, meaning: InputMeaning, named: NamedInput | None = None) -> OnnxTrace:
    """The model as a graph of real-valued nodes, its parameters exact.

    ``named``: how the file says itself what the input's codes are.

    Raises:
        BadInput: something in the file is no network of thresholds, or not supported; the message names the node.
    """
    graph = file.model.graph
    builder, values = OperatorBuilder(), _constants(graph)
    name, shape = entry(file.model)
    first = _entry_signal(file.model, name, shape)
    node = builder.add(Input, name, shape=tuple(shape[a] for a in first.order), type=element)
    first = Signal(node, shape, first.last)
    values[name] = first
    for position, proto in enumerate(graph.node):
        call = _call(proto, position, file.model, values)
        with call.told("check the model with onnx.checker"):
            is_idle = named is not None and call.name == named.quantiser
            results = (passed(call, builder, named, element),) if named and is_idle else _results(call, builder)
        values.update(zip(proto.output, results, strict=False))
    _check_heads(builder)
    outputs, tensors = _outputs(graph, values, builder)
    return OnnxTrace(Graph(tuple(builder.nodes), outputs, meaning), tuple(builder.counts), tensors, first)


def _constants(graph: GraphProto) -> dict[str, Value]:
    return {tensor.name: np.asarray(numpy_helper.to_array(tensor)) for tensor in graph.initializer}


def _entry_signal(model: ModelProto, name: str, shape: Shape) -> Signal:
    """Channels last, unless the file has them there already: all that reads the input moves them to the front."""
    readers = [node for node in model.graph.node if name in node.input]
    perms = [attributes(node).get("perm") for node in readers if node.op_type == "Transpose"]
    is_last = (
        bool(readers) and len(perms) == len(readers) and all(p == [0, len(shape), *range(1, len(shape))] for p in perms)
    )
    return Signal(name, shape, last=len(shape) > 1 and not is_last)


def _call(proto: NodeProto, position: int, model: ModelProto, values: dict[str, Value]) -> OperatorCall:
    """A node with the values that it reads."""
    name = proto.name or (proto.output[0] if proto.output else f"node {position}")
    if missing := [n for n in proto.input if n and n not in values]:
        raise BadInput(
            f"node '{name}' ({proto.op_type}) reads '{missing[0]}', which nothing before it makes; export the model again"
        )
    opset = max((o.version for o in model.opset_import if o.domain in STANDARD), default=1)
    inputs = tuple(values[n] if n else None for n in proto.input)
    call = OperatorCall(
        operator=proto.op_type,
        name=name,
        inputs=inputs,
        outputs=tuple(proto.output),
        attributes=attributes(proto),
        opset=opset,
    )
    if proto.domain not in (*STANDARD, *DOMAINS):
        raise call.refuse(
            f"is of the domain '{proto.domain}', which whetgen does not know; {instead_of(call.operator)}"
        )
    return call


def _results(call: OperatorCall, builder: OperatorBuilder) -> tuple[Value, ...]:
    """What a node makes: constants are computed, what depends on the input is traced."""
    if call.operator == "Constant":
        return (_constant(call),)
    if call.operator in ("Shape", "Size") and call.signals:
        shape = np.array((1, *call.signals[0].shape), dtype=np.int64)
        cut = shape[slice(call.attribute("start", 0), call.attribute("end"))]
        return (cut if call.operator == "Shape" else np.array(prod(shape)),)
    if any(isinstance(value, Classes) for value in call.inputs):
        return (_after_class(call),)
    if not call.signals:
        return computed(call)
    if call.operator not in HANDLERS:
        raise call.refuse(f"is not supported; {instead_of(call.operator)}")
    found = HANDLERS[call.operator](call, builder)
    return (found, found) if call.operator == "TopK" else (found,)


def _constant(call: OperatorCall) -> np.ndarray:
    for kind, value in call.attributes.items():
        if isinstance(value, TensorProto):
            return np.asarray(numpy_helper.to_array(value))
        if kind.startswith("value_") and not isinstance(value, bytes):
            return np.array(value, dtype=np.float32 if "float" in kind else np.int64)
    raise call.refuse("holds no numbers; export the model again")


def _after_class(call: OperatorCall) -> Classes:
    """The index of the class may be cast and reshaped."""
    if call.operator not in ("Cast", "Squeeze", "Unsqueeze", "Reshape", "Flatten", "Identity"):
        raise call.refuse("computes with the index of the class; end the network there")
    return next(value for value in call.inputs if isinstance(value, Classes))


def _outputs(
    graph: GraphProto, values: dict[str, Value], builder: OperatorBuilder
) -> tuple[tuple[Output, ...], tuple[tuple[str, Signal] | None, ...]]:
    """The graph's outputs, and the tensors of the file that they are."""
    read = {n for node in graph.node for n in node.input}
    outputs: list[Output] = []
    tensors: list[tuple[str, Signal] | None] = []
    for value in graph.output:
        found = values.get(value.name)
        if isinstance(found, Classes):
            outputs.append(Output(value.name, found.scores.node, "accumulators", classifier=True))
            tensors.append(None)
        elif isinstance(found, Signal):
            if found.clipped:
                raise BadInput(
                    f"output '{value.name}' is what Relu or Clip makes of real numbers; leave that out, or quantise"
                )
            outputs.append(Output(value.name, found.node, "accumulators", classifier=tells_class(builder, found.node)))
            tensors.append((value.name, found))
        else:
            raise BadInput(f"output '{value.name}' does not depend on the input; leave it out")
    names = [output.name for output in outputs]
    if len(outputs) > 1 and len({id(values[n]) for n in names}) < len(names) and read:
        kept = [k for k, n in enumerate(names) if values[n] not in [values[m] for m in names[:k]]]
        outputs, tensors = [outputs[k] for k in kept], [tensors[k] for k in kept]
    return tuple(outputs), tuple(tensors)


def _check_heads(builder: Builder) -> None:
    for head, reader in read_heads(builder):
        raise BadInput(
            f"node '{head.name}' ({head.activation if isinstance(head, Head) else 'decode'}) is read by '{reader.name}'; "
            "softmax and sigmoid are only supported as outputs"
        )
