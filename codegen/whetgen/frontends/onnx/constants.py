"""What does not depend on the input is computed while a file is read, by onnx's own evaluator.

Exporters leave such parts: shapes that are cut apart and joined again, weights behind their quantisers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

import numpy as np
from onnx import ModelProto, NodeProto, helper
from onnx.reference import ReferenceEvaluator

from whetgen.foreign.onnx_evaluator import old_operators
from whetgen.foreign.qonnx_math import QUANTISERS
from whetgen.foreign.reasons import one_line
from whetgen.frontends.operators.values import OperatorCall

LARGEST = 1 << 26  # elements of a constant
_GROWING: dict[str, Callable[[Sequence[np.ndarray]], int]] = {
    "ConstantOfShape": lambda inputs: prod(int(n) for n in inputs[0].reshape(-1)),
    "Expand": lambda inputs: prod(int(n) for n in inputs[1].reshape(-1)) * inputs[0].size,
    "Tile": lambda inputs: prod(int(n) for n in inputs[1].reshape(-1)) * inputs[0].size,
    "Range": lambda inputs: int(abs((inputs[1] - inputs[0]) / inputs[2]).item()) + 1,
}
_KNOWN = frozenset(
    [
        "Abs",
        "Add",
        "And",
        "BatchNormalization",
        "Cast",
        "Ceil",
        "Clip",
        "Concat",
        "ConstantOfShape",
        "DequantizeLinear",
        "Div",
        "Equal",
        "Expand",
        "Flatten",
        "Floor",
        "Gather",
        "Greater",
        "GreaterOrEqual",
        "Identity",
        "Less",
        "LessOrEqual",
        "Log",
        "Max",
        "Min",
        "Mod",
        "Mul",
        "Neg",
        "Not",
        "Or",
        "Pow",
        "QuantizeLinear",
        "Range",
        "Reciprocal",
        "ReduceMax",
        "ReduceMean",
        "ReduceMin",
        "ReduceProd",
        "ReduceSum",
        "Relu",
        "Reshape",
        "Round",
        "Shape",
        "Sign",
        "Size",
        "Slice",
        "Split",
        "Sqrt",
        "Squeeze",
        "Sub",
        "Sum",
        "Tile",
        "Transpose",
        "Unsqueeze",
        "Where",
        "Exp",
    ]
)


def computed(call: OperatorCall) -> tuple[np.ndarray, ...]:
    """The results of an operator whose inputs are all constants.

    Raises:
        BadInput: an operator that is not known here, one that fails, or more numbers than a constant may have.
    """
    inputs = [None if value is None else np.asarray(value) for value in call.inputs]
    if call.operator in QUANTISERS:
        return (QUANTISERS[call.operator](*inputs, **call.attributes),)
    if call.operator not in _KNOWN:
        raise call.refuse("is not supported for constants; export the model with constants folded")
    _check_size(call, inputs)
    results = _evaluated(call, inputs)
    if any(r.size > LARGEST for r in results):
        raise call.refuse(f"makes a constant of more than {LARGEST} numbers")
    return results


def single(call: OperatorCall, inputs: Sequence[np.ndarray | None]) -> np.ndarray:
    """The first result of an operator, run on other inputs than it has."""
    return _evaluated(call, list(inputs))[0]


def _check_size(call: OperatorCall, inputs: Sequence[np.ndarray | None]) -> None:
    given = [value for value in inputs if value is not None]
    try:
        count = (
            _GROWING[call.operator](given)
            if call.operator in _GROWING
            else prod(np.broadcast_shapes(*map(np.shape, given)))
        )
    except (ValueError, ZeroDivisionError, OverflowError):
        return  # no broadcast, or nonsense that the evaluator refuses
    if count > LARGEST:
        raise call.refuse(f"makes a constant of more than {LARGEST} numbers")


def _evaluated(call: OperatorCall, inputs: Sequence[np.ndarray | None]) -> tuple[np.ndarray, ...]:
    names = [f"input{k}" if value is not None else "" for k, value in enumerate(inputs)]
    node = helper.make_node(call.operator, names, list(call.outputs), **call.attributes)
    try:
        session = ReferenceEvaluator(_model(node, call.opset), new_ops=old_operators(call.opset))
        return tuple(np.asarray(r) for r in session.run(None, {n: v for n, v in zip(names, inputs, strict=True) if n}))
    except Exception as error:  # onnx raises nearly every type here
        raise call.refuse(f"does not run ({one_line(error)}); check the model with onnx.checker") from error


def _model(node: NodeProto, opset: int) -> ModelProto:
    inputs = [helper.make_tensor_value_info(name, 0, None) for name in dict.fromkeys(filter(None, node.input))]
    outputs = [helper.make_tensor_value_info(name, 0, None) for name in node.output]
    graph = helper.make_graph([node], "constant", inputs, outputs)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
