"""ONNX files: opened, read and checked; nothing is computed. ``onnx`` is imported here, when a file is read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from whetgen.errors import BadInput
from whetgen.foreign.reasons import one_line

if TYPE_CHECKING:
    from onnx import ModelProto, TensorProto

LARGEST_FILE = 1 << 30
_ONE_FILE = "save it as one file with onnx.save_model(model, path, save_as_external_data=False)"


@dataclass(frozen=True, eq=False)
class OnnxFile:
    """A file that was read and checked."""

    path: Path
    model: ModelProto = field(repr=False)


def open_onnx(path: str | Path) -> OnnxFile:
    """Read an ONNX file.

    Raises:
        BadInput: missing, too large, damaged, two tensors of one name, arrays that do not fit their shapes, weights in
            other files than beside it; or onnx is not installed.
    """
    path = Path(path)
    try:
        import onnx
        from google.protobuf.message import DecodeError
    except ImportError as error:
        raise BadInput(f"reading an ONNX model needs onnx ({error}); install whetgen[onnx]") from error
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise BadInput(f"{path}: larger than {LARGEST_FILE >> 30} GiB; such a network fits no target")
        model = onnx.load_model_from_string(path.read_bytes())
    except FileNotFoundError as error:
        raise BadInput(f"{path}: no such file; give an .onnx model") from error
    except (DecodeError, OSError) as error:
        raise BadInput(f"{path}: no whole ONNX file ({one_line(error)}); copy or export it again") from error
    _check_names(path, model)
    for tensor in _tensors(model):
        _check_tensor(path, tensor)
    return OnnxFile(path, model)


def _check_names(path: Path, model: ModelProto) -> None:
    """Refuse a file without a network, or with one in which a name means two tensors."""
    if not model.graph.node or not model.opset_import:
        raise BadInput(f"{path}: holds no network (no whole ONNX file; copy or export it again)")
    names = Counter(tensor.name for tensor in model.graph.initializer)
    names.update(name for node in model.graph.node for name in node.output if name)
    if twice := [name for name, count in names.items() if count > 1]:
        raise BadInput(f"{path}: makes '{twice[0]}' twice; export the model again")


def _tensors(model: ModelProto) -> list[TensorProto]:
    if model.graph.sparse_initializer:
        raise BadInput("the model stores sparse weights, which whetgen does not read; export them dense")
    inside = [a.t for node in model.graph.node for a in node.attribute if a.HasField("t")]
    return [*model.graph.initializer, *inside]


def _check_tensor(path: Path, tensor: TensorProto) -> None:
    """Refuse an array that does not hold as many numbers as its shape says, before memory is taken."""
    from onnx import TensorProto, helper

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


_NUMBERS = (1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13)  # float, integers, bool, float16, double of onnx.TensorProto


def _load_beside(path: Path, tensor: TensorProto) -> None:
    """Weights in a file beside the model, as exporters of large models leave them; no other file is ever opened."""
    given = {entry.key: entry.value for entry in tensor.external_data}
    name = given.get("location", "")
    beside = path.parent / name
    if not name or Path(name).name != name or name.startswith(".") or beside.is_symlink() or not beside.is_file():
        raise BadInput(f"{path}: keeps weights in {name!r}, which is no file beside it; {_ONE_FILE}")
    offset, size = (int(given.get(key, 0)) if given.get(key, "0").isdecimal() else -1 for key in ("offset", "length"))
    held = beside.stat().st_size
    size = size or held - offset
    if offset < 0 or size < 0 or offset + size > held or held > LARGEST_FILE:
        raise BadInput(f"{path}: '{tensor.name}' is not whole in {name!r}; export the model again")
    with beside.open("rb") as file:
        file.seek(offset)
        tensor.raw_data = file.read(size)
    tensor.ClearField("data_location")
    del tensor.external_data[:]
