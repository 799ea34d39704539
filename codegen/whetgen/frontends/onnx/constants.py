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
Inputs = Sequence[np.ndarray | None]


def _product(values: np.ndarray) -> int:
    return prod(int(n) for n in values.reshape(-1))


def _range(first: np.ndarray, end: np.ndarray, step: np.ndarray) -> int:
    return int(abs((end - first) / step).item()) + 1


def _along(call: OperatorCall, axis: int, x: np.ndarray, row: np.ndarray) -> int:
    """A row along an axis; where that is one element long, broadcasting makes it as long as the row."""
    stretched = row.size > 1 and x.shape[call.attribute("axis", axis) % x.ndim] == 1
    return x.size * (row.size if stretched else 1)


def _gathered(call: OperatorCall, x: np.ndarray, places: np.ndarray) -> int:
    return x.size // max(1, x.shape[call.attribute("axis", 0)]) * places.size


def _resized(x: np.ndarray, *settings: np.ndarray) -> int:
    """The last setting: the new sizes as integers, or the scales."""
    if settings[-1].dtype.kind in "iu":
        return _product(settings[-1])
    return int(x.size * prod(float(n) for n in settings[-1].reshape(-1)))


_GROWING: dict[str, Callable[..., int]] = {
    "BatchNormalization": lambda call, x, *rows: _along(call, 1, x, rows[0]),
    "Concat": lambda call, *inputs: sum(x.size for x in inputs),
    "ConstantOfShape": lambda call, shape: _product(shape),
    "DequantizeLinear": lambda call, x, *rows: _along(call, 1, x, rows[0]),
    "Expand": lambda call, x, shape: _product(shape) * x.size,
    "Gather": _gathered,
    "QuantizeLinear": lambda call, x, *rows: _along(call, 1, x, rows[0]),
    "Range": lambda call, *ends: _range(*ends),
    "Resize": lambda call, *inputs: _resized(*inputs),
    "Tile": lambda call, x, repeats: _product(repeats) * x.size,
    "Upsample": lambda call, *inputs: _resized(*inputs),
}
"""How many numbers the result has, at most, of operators that make more than broadcasting does; of the call and its inputs."""
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
    if call.operator not in _KNOWN and call.operator not in QUANTISERS:
        raise call.refuse("is not supported for constants; export the model with constants folded")
    _check_size(call, inputs)
    if call.operator in QUANTISERS:
        return (QUANTISERS[call.operator](*inputs, **call.attributes),)
    results = _evaluated(call, inputs)
    if any(r.size > LARGEST for r in results):
        raise call.refuse(f"makes a constant of more than {LARGEST} numbers")
    return results


def single(call: OperatorCall, inputs: Inputs) -> np.ndarray:
    """The first result of an operator, run on other inputs than it has.

    Raises:
        BadInput: it fails, or makes more numbers than a constant may have.
    """
    _check_size(call, inputs)
    return _evaluated(call, list(inputs))[0]


def _check_size(call: OperatorCall, inputs: Inputs) -> None:
    given = [value for value in inputs if value is not None and (value.size or value.ndim != 1)]
    try:
        if call.operator in _GROWING:
            count = _GROWING[call.operator](call, *given)
        else:
            count = prod(np.broadcast_shapes(*map(np.shape, given)))
    except (ValueError, ZeroDivisionError, OverflowError):
        return  # no broadcast, or nonsense that the evaluator refuses
    if count > LARGEST:
        raise call.refuse(f"makes a constant of more than {LARGEST} numbers")


def _evaluated(call: OperatorCall, inputs: Inputs) -> tuple[np.ndarray, ...]:
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
