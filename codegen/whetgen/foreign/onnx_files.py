"""ONNX files: opened, read and checked; nothing is computed. ``onnx`` is imported here, when a file is read."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from whetgen.errors import BadInput
from whetgen.foreign.qonnx_math import DOMAINS
from whetgen.foreign.reasons import one_line

if TYPE_CHECKING:
    from onnx import ModelProto, TensorProto

LARGEST_FILE = 1 << 30
STANDARD = ("", "ai.onnx")
_WHOLE = re.compile("[0-9]{1,18}")
_LONGEST_NAME = 255  # bytes of a name in the file systems of today
_ONE_FILE = "save it as one file with onnx.save_model(model, path, save_as_external_data=False)"


@dataclass(frozen=True, eq=False)
class OnnxFile:
    """A file that was read and checked."""

    path: Path
    model: ModelProto = field(repr=False)


def open_onnx(path: str | Path) -> OnnxFile:
    """Read an ONNX file.

    Raises:
        BadInput: missing, too large, damaged, two tensors of one name, settings without a value, arrays that do not fit
            their shapes, weights in other files than beside it; or onnx is not installed.
    """
    path = Path(path)
    try:
        import onnx
        from google.protobuf.message import DecodeError
    except ImportError as error:
        raise BadInput(f"reading an ONNX model needs onnx ({error}); install whetgen[onnx]") from error
    if not path.is_file():
        raise BadInput(f"{path}: {'not a regular' if path.exists() else 'no such'} file; give an .onnx model")
    if path.stat().st_size > LARGEST_FILE:
        raise BadInput(f"{path}: larger than {LARGEST_FILE >> 30} GiB; such a network fits no target")
    try:
        model = onnx.load_model_from_string(path.read_bytes())
    except (DecodeError, OSError) as error:
        raise BadInput(f"{path}: no whole ONNX file ({one_line(error)}); copy or export it again") from error
    _check_names(path, model)
    _check_values(path, model)
    for tensor in _tensors(path, model):
        _check_tensor(path, tensor)
    return OnnxFile(path, model)


def _check_names(path: Path, model: ModelProto) -> None:
    """Refuse a file without a network, or with one in which a name means two tensors or an operator something else."""
    if not model.graph.node or not model.opset_import:
        raise BadInput(f"{path}: holds no network (no whole ONNX file; copy or export it again)")
    if own := [f.name for f in model.functions if f.domain in (*STANDARD, *DOMAINS)]:
        raise BadInput(f"{path}: has a function of its own for the operator {own[0]}; export the model without it")
    names = Counter(tensor.name for tensor in model.graph.initializer)
    names.update(name for node in model.graph.node for name in node.output if name)
    if twice := [name for name, count in names.items() if count > 1]:
        raise BadInput(f"{path}: makes '{twice[0]}' twice; export the model again")


def _check_values(path: Path, model: ModelProto) -> None:
    """Refuse inputs that are no numbers, and settings of nodes that have no value or that of a function's argument."""
    from onnx import helper

    for value in model.graph.input:
        if value.type.tensor_type.elem_type not in (0, *_NUMBERS):
            raise BadInput(
                f"{path}: the input '{value.name}' is of type {value.type.tensor_type.elem_type}, which is none of numbers"
            )
    for node in model.graph.node:
        for attribute in node.attribute:
            try:
                helper.get_attribute_value(attribute)
            except ValueError as error:
                where = f"node '{node.name}' ({node.op_type}): '{attribute.name}'"
                raise BadInput(f"{path}: {where} has no value; export the model again") from error


def _tensors(path: Path, model: ModelProto) -> list[TensorProto]:
    if model.graph.sparse_initializer:
        raise BadInput(f"{path}: stores sparse weights, which whetgen does not read; export them dense")
    inside = [a.t for node in model.graph.node for a in node.attribute if a.HasField("t")]
    return [*model.graph.initializer, *inside]


def _check_tensor(path: Path, tensor: TensorProto) -> None:
    """Refuse an array that does not hold as many numbers as its shape says, before memory is taken."""
    from onnx import TensorProto, helper, numpy_helper

    if tensor.data_location == TensorProto.EXTERNAL:
        _load_beside(path, tensor)
    count = prod(tensor.dims)
    if any(n < 0 for n in tensor.dims) or tensor.data_type not in _NUMBERS:
        raise BadInput(
            f"{path}: '{tensor.name}' has the shape {tuple(tensor.dims)} and the type {tensor.data_type}; only whole arrays of numbers are read"
        )
    stored = len(tensor.raw_data) / helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize
    listed = max(
        len(tensor.float_data),
        len(tensor.int32_data),
        len(tensor.int64_data),
        len(tensor.double_data),
        len(tensor.uint64_data),
    )
    if count != (stored if tensor.HasField("raw_data") else listed):
        raise BadInput(f"{path}: '{tensor.name}' claims {count} numbers and holds others; export the model again")
    try:
        numpy_helper.to_array(tensor)
    except ValueError as error:
        raise BadInput(f"{path}: '{tensor.name}' cannot be read ({one_line(error)}); export the model again") from error


_NUMBERS = (1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13)  # float, integers, bool, float16, double of onnx.TensorProto


def _load_beside(path: Path, tensor: TensorProto) -> None:
    """Weights in a file beside the model, as exporters of large models leave them; no other file is ever opened."""
    given = {entry.key: entry.value for entry in tensor.external_data}
    name = given.get("location", "")
    beside = path.parent / name
    plain = name and Path(name).name == name and not name.startswith(".") and len(name) <= _LONGEST_NAME
    if not plain or beside.is_symlink() or not beside.is_file():
        raise BadInput(f"{path}: keeps weights in {name!r}, which is no file beside it; {_ONE_FILE}")
    offset, size = (int(n) if _WHOLE.fullmatch(n) else -1 for n in (given.get(k, "0") for k in ("offset", "length")))
    held = beside.stat().st_size
    size = size or held - offset
    if offset < 0 or size < 0 or offset + size > held or held > LARGEST_FILE:
        raise BadInput(f"{path}: '{tensor.name}' is not whole in {name!r}; export the model again")
    with beside.open("rb") as file:
        file.seek(offset)
        tensor.raw_data = file.read(size)
    tensor.ClearField("data_location")
    del tensor.external_data[:]
