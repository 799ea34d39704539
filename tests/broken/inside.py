"""Damage to one part of a container that stays whole: a field of ONNX, an array, name or attribute of HDF5."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from typing import Any

import h5py
import numpy as np
import onnx
from tests.mutants import mutant

_NUMBERS = (-1, 0, 1, 2, 7, 255, 2**31 - 1, 2**31, 2**62, 2**63 - 1, -(2**63))
_FLOATS = (0.0, -1.0, 1e-40, 1e38, float("inf"), float("nan"))
_TEXTS = ("", "x", "codes", "../x", "a\nb", "x" * 5000)
_SHAPES = ((), (0,), (1,), (3,), (4, 4), (1, 1, 1, 1), (2,) * 12)
_TYPES = ("u1", "i8", "f2", "f4", "f8", "c8", "?", "S3")


def half_inside(inside: Callable[[bytes, random.Random], bytes]) -> Callable[[bytes, int], bytes]:
    """The damage of ``mutant`` half the time, else one to three times that of ``inside``."""

    def damage(data: bytes, seed: int) -> bytes:
        rng = random.Random(seed)
        if rng.random() < 0.5:
            return mutant(data, seed)
        for _ in range(rng.randint(1, 3)):
            data = inside(data, rng)
        return data

    return damage


def in_configuration(data: bytes, rng: random.Random) -> bytes:
    """The JSON in a Keras model of HDF5."""
    held = io.BytesIO(data)
    with h5py.File(held, "r+") as file:
        file.attrs["model_config"] = np.bytes_(mutant(_text(file), rng.randrange(1 << 30)) or b" ")
    return held.getvalue()


def _text(file: h5py.File) -> bytes:
    held = file.attrs["model_config"]
    return held if isinstance(held, bytes) else held.encode()


def in_hdf5(data: bytes, rng: random.Random) -> bytes:
    """One array replaced, moved, copied or removed."""
    held = io.BytesIO(data)
    with h5py.File(held, "r+") as file:
        names: list[str] = []
        file.visit(names.append)
        if names:
            rng.choice(_ARRAYS)(file, rng.choice(names), rng.choice(names), rng)
    return held.getvalue()


def _replaced(file: h5py.File, name: str, other: str, rng: random.Random) -> None:
    del file[name]
    file[name] = np.full(rng.choice(_SHAPES), rng.choice((0, 1, 3, 200))).astype(rng.choice(_TYPES))


def _changed(file: h5py.File, name: str, other: str, rng: random.Random) -> None:
    """One number of an array."""
    held = np.array(file[name]) if isinstance(file[name], h5py.Dataset) else None
    if held is None or held.dtype.kind not in "iuf" or not held.size:
        return _replaced(file, name, other, rng)
    with np.errstate(all="ignore"):
        held.reshape(-1)[rng.randrange(held.size)] = np.array(rng.choice(_FLOATS)).astype(held.dtype)
    del file[name]
    file[name] = held


def _said(file: h5py.File, name: str, other: str, rng: random.Random) -> None:
    """A text in place of an array."""
    del file[name]
    file[name] = rng.choice((*_TEXTS, "Affine", "Conv2d", "IF", "LIF", "Input", "Flatten", "SumPool2d"))


def _copied(file: h5py.File, name: str, other: str, rng: random.Random) -> None:
    if name != other and not f"{name}/".startswith(f"{other}/") and not f"{other}/".startswith(f"{name}/"):
        del file[other]
        file.copy(name, other)


def _removed(file: h5py.File, name: str, other: str, rng: random.Random) -> None:
    del file[name]


_ARRAYS = (_replaced, _changed, _changed, _said, _copied, _removed)


def in_onnx(data: bytes, rng: random.Random) -> bytes:
    """One field of one message, anywhere."""
    model = onnx.load_model_from_string(data)
    message = rng.choice(list(_messages(model.graph)))
    field = rng.choice(message.DESCRIPTOR.fields)
    if rng.random() < 0.2:
        message.ClearField(field.name)
    elif field.is_repeated:
        _change_one(message, field, getattr(message, field.name), rng)
    elif field.message_type is None:
        setattr(message, field.name, _odd(field, rng))
    else:
        getattr(message, field.name).SetInParent()
    return model.SerializeToString()


def _messages(message: Any) -> list[Any]:
    found = [message]
    for field, value in message.ListFields():
        if field.message_type is not None:
            for inner in value if field.is_repeated else [value]:
                found += _messages(inner)
    return found


def _change_one(message: Any, field: Any, values: Any, rng: random.Random) -> None:
    """An entry of a list made odd, doubled or removed; texts and messages too."""
    if values and rng.random() < 0.3:
        del values[rng.randrange(len(values))]
    elif field.message_type is not None:
        values.add().CopyFrom(rng.choice(values)) if values else values.add()
    elif values and rng.random() < 0.7:
        values[rng.randrange(len(values))] = _odd(field, rng)
    else:
        values.append(_odd(field, rng))


def _odd(field: Any, rng: random.Random) -> Any:
    if field.enum_type is not None:
        return rng.choice(field.enum_type.values).number
    kinds = {field.CPPTYPE_STRING: _TEXTS, field.CPPTYPE_FLOAT: _FLOATS, field.CPPTYPE_DOUBLE: _FLOATS}
    value = rng.choice(kinds.get(field.cpp_type, _NUMBERS))
    if field.cpp_type == field.CPPTYPE_INT32:
        return max(-(2**31), min(2**31 - 1, value))
    if field.cpp_type == field.CPPTYPE_UINT64:
        return abs(value)
    return value.encode() if field.type == field.TYPE_BYTES else value
