"""What an ONNX file says of its input: the shape, the type of the codes and what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from whetgen.errors import BadInput
from whetgen.ir.graph import InputMeaning
from whetgen.ir.nodes import Shape

_MOVES = ("Identity", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Cast")
_TYPES: dict[int, str] = {
    TensorProto.UINT8: "uint8",
    TensorProto.INT8: "int8",
    TensorProto.INT16: "int16",
    TensorProto.BOOL: "bit",
}
_QUANTISERS = ("Quant", "IntQuant", "QuantizeLinear")
_QUANTISED = {(8, False): "uint8", (8, True): "int8", (16, True): "int16"}
_SMALLER = 8
"""A first factor that makes numbers that much smaller scales pixels; one like 2 in 2x - 1 does not."""


@dataclass(frozen=True)
class NamedInput:
    """The type and meaning that a file gives its input.

    ``quantiser``: the node that does. It changes no code, but a ``narrow`` one that at the end of the range: -128 means what
    -127 does, or unsigned 255 what 254 does.
    """

    type: str
    meaning: InputMeaning
    quantiser: str | None = None
    narrow: bool = False


def entry(model: ModelProto) -> tuple[str, Shape]:
    """Name and shape of the one input, without the batch axis.

    Raises:
        BadInput: several inputs, an open shape, one frame that has no axis of the batch in front.
    """
    stored = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in stored]
    if len(inputs) != 1:
        names = ", ".join(value.name for value in inputs) or "none"
        raise BadInput(f"the model has {len(inputs)} inputs ({names}); join them into one input tensor")
    axes = inputs[0].type.tensor_type.shape.dim
    shape = tuple(axis.dim_value for axis in axes)
    if not 2 <= len(shape) <= 4 or any(n < 1 for n in shape[1:]) or shape[0] > 1:
        told = tuple(axis.dim_value or axis.dim_param or "?" for axis in axes)
        raise BadInput(
            f"input '{inputs[0].name}' has the shape {told}; export with one frame a batch and one to three fixed axes "
            "behind it, for example (1, 1, 28, 28)"
        )
    return inputs[0].name, shape[1:]


def element_type(model: ModelProto) -> int:
    """ONNX' type of the input's elements."""
    name, _ = entry(model)
    kind: int = next(value for value in model.graph.input if value.name == name).type.tensor_type.elem_type
    return kind or TensorProto.FLOAT


def attributes(node: NodeProto) -> dict[str, Any]:
    return {a.name: helper.get_attribute_value(a) for a in node.attribute}


def named_input(model: ModelProto) -> NamedInput | None:
    """The input's type where the file has one: integers, or a quantiser of 8 or 16 bits in front; None where it takes floats."""
    if kind := _TYPES.get(element_type(model)):
        return NamedInput(kind, InputMeaning(Fraction(1)))
    constants = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    for node in _first_readers(model, _MOVES):
        given = [constants[n] for n in node.input[1:4] if n in constants]
        if node.op_type in _QUANTISERS and given and len(given) == len(node.input) - 1:
            return _of_quantiser(node, given)
    return None


def _of_quantiser(node: NodeProto, given: list[np.ndarray]) -> NamedInput | None:
    """``given``: scale, zero point and, of a Quant, bits."""
    if any(array.size != 1 for array in given):
        return None
    zero = given[1] if len(given) > 1 else np.zeros(1, np.uint8)
    settings = attributes(node)
    if node.op_type == "QuantizeLinear":
        bits, signed, narrow = 8.0 * zero.dtype.itemsize, zero.dtype.kind == "i", False
    elif len(given) == 3:
        bits, signed, narrow = (
            float(given[2].item()),
            *(bool(settings.get(n, d)) for n, d in (("signed", 1), ("narrow", 0))),
        )
    else:
        return None
    if (bits, signed) not in _QUANTISED or not given[0].item() > 0:
        return None
    unit = Fraction(float(given[0].item()))
    meaning = InputMeaning(unit, -unit * Fraction(float(zero.item())))
    return NamedInput(_QUANTISED[int(bits), signed], meaning, node.name or node.output[0], narrow)


def scaling_at_input(model: ModelProto) -> str | None:
    """The product that makes the input's codes smaller, in words; None where there is none."""
    constants = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    constants |= {n.output[0]: numpy_helper.to_array(n.attribute[0].t) for n in model.graph.node if _holds_array(n)}
    for node in _first_readers(model, (*_MOVES, "Add", "Sub")):
        values = [constants[n].astype(np.float64) for n in node.input if n in constants]
        if node.op_type not in ("Mul", "Div") or len(values) != 1 or not values[0].size or not np.all(values[0]):
            continue
        factor = np.abs(values[0] if node.op_type == "Mul" else 1 / values[0])
        if factor.max() <= 1 / _SMALLER:
            return f"node '{node.name or node.output[0]}' ({node.op_type})"
    return None


def _holds_array(node: NodeProto) -> bool:
    return node.op_type == "Constant" and len(node.attribute) == 1 and node.attribute[0].HasField("t")


def _first_readers(model: ModelProto, through: tuple[str, ...]) -> Iterator[NodeProto]:
    """What reads the input's codes, as they are or behind the operators ``through``."""
    reached = {entry(model)[0]}
    for node in model.graph.node:
        if reached.isdisjoint(node.input):
            continue
        yield node
        if node.op_type in through:
            reached.update(node.output)
