"""A graph on disk: ``model.json`` (structure) and ``model.npz`` (integer arrays).

Arrays wider than 63 bits are stored as rows of little-endian 32-bit limbs in two's complement.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from dataclasses import fields
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, TypedDict, get_type_hints

import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.arrays import ArrayArchive, open_arrays
from whetgen.foreign.text import read_text
from whetgen.foreign.typed import mismatch
from whetgen.ir.graph import Graph, InputMeaning, Output, OutputKind
from whetgen.ir.integers import Word
from whetgen.ir.nodes import ELEMENT_TYPES, KINDS, Node
from whetgen.ir.validate import validate

FORMAT = 1
_KINDS = {kind.__name__: kind for kind in KINDS}
_Ratio = Annotated[str, re.compile(r"-?\d{1,4000}(/[1-9]\d{0,3999})?", re.ASCII), "a ratio of whole numbers"]
_KindName = Annotated[str, re.compile("|".join(_KINDS)), " or ".join(_KINDS)]
_TypeName = Annotated[str, re.compile("|".join(ELEMENT_TYPES)), " or ".join(ELEMENT_TYPES)]


class _Misfit(Exception):
    """What in the file is not as ``save_graph`` writes it."""


class _Meaning(TypedDict):
    scale: _Ratio
    offset: _Ratio


class _OutputEntry(_Meaning):
    name: str
    source: str
    kind: OutputKind
    classifier: bool


class _NodeEntry(TypedDict):
    """Its other fields follow from the kind."""

    kind: _KindName


class _ArrayEntry(TypedDict):
    """A name in ``model.npz``, and whether the numbers stand there as limbs."""

    array: str
    limbs: bool


class _Structure(TypedDict):
    """``model.json``."""

    meaning: _Meaning
    nodes: list[_NodeEntry]
    outputs: list[_OutputEntry]
    notes: list[str]


def save_graph(graph: Graph, folder: Path) -> None:
    """Write ``model.json`` and ``model.npz`` into ``folder``; same graph, same bytes."""
    structure, arrays = _pack(graph)
    (folder / "model.json").write_text(structure, encoding="utf-8")
    (folder / "model.npz").write_bytes(_archive(arrays))


def load_graph(folder: Path) -> Graph:
    """Read what ``save_graph`` wrote.

    Raises:
        BadInput: a file is missing, corrupt or of another format.
    """
    try:
        structure = json.loads(read_text(folder / "model.json"))
    except FileNotFoundError as error:
        raise BadInput(f"{folder}: holds no model.json; give a folder that whetgen generated") from error
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput(f"{folder}: no readable model.json ({error}); generate the folder again") from error
    found = structure.get("format") if isinstance(structure, dict) else None
    if found != FORMAT:
        raise BadInput(
            f"{folder}: model.json has format {found}, this version reads {FORMAT}; generate the folder again"
        )
    if wrong := mismatch(structure, _Structure):
        raise _no_graph(folder, wrong)
    try:
        with open_arrays(folder / "model.npz", "generate the folder again", width=8) as arrays:
            graph = _unpack(structure, arrays)
    except _Misfit as error:
        raise _no_graph(folder, str(error)) from error
    try:
        return validate(graph)
    except BadInput as error:
        raise _no_graph(folder, str(error)) from error


def _no_graph(folder: Path, reason: str) -> BadInput:
    return BadInput(f"{folder}: model.json does not describe a graph ({reason}); generate the folder again")


def graph_sha256(graph: Graph) -> str:
    """Hash of structure and array values, independent of the container's compression."""
    structure, arrays = _pack(graph)
    digest = hashlib.sha256(structure.encode())
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name}{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _pack(graph: Graph) -> tuple[str, dict[str, np.ndarray]]:
    arrays: dict[str, np.ndarray] = {}
    structure = {
        "format": FORMAT,
        "meaning": {"scale": str(graph.meaning.scale), "offset": str(graph.meaning.offset)},
        "nodes": [_pack_node(node, index, arrays) for index, node in enumerate(graph.nodes)],
        "outputs": [
            {
                "name": o.name,
                "source": o.source,
                "kind": o.kind,
                "scale": str(o.scale),
                "offset": str(o.offset),
                "classifier": o.classifier,
            }
            for o in graph.outputs
        ],
        "notes": list(graph.notes),
    }
    return json.dumps(structure, indent=1) + "\n", arrays


def _pack_node(node: Node, index: int, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    packed: dict[str, Any] = {"kind": type(node).__name__}
    for field in fields(node):
        packed[field.name] = _pack_value(getattr(node, field.name), f"{index:04d}.{field.name}", arrays)
    return packed


def _pack_value(value: object, key: str, arrays: dict[str, np.ndarray]) -> object:
    if isinstance(value, np.ndarray):
        arrays[key] = _narrowest(value) if value.dtype != object else _to_limbs(value)
        return {"array": key, "limbs": value.dtype == object}
    if isinstance(value, Word):
        return value.name
    if isinstance(value, tuple):
        return [_pack_value(item, f"{key}.{i}", arrays) for i, item in enumerate(value)]
    return value


def _unpack(structure: dict[str, Any], arrays: ArrayArchive) -> Graph:
    meaning = InputMeaning(*(Fraction(structure["meaning"][k]) for k in ("scale", "offset")))
    nodes = tuple(_unpack_node(n, f"nodes[{k}]", arrays) for k, n in enumerate(structure["nodes"]))
    return Graph(nodes, tuple(map(_unpack_output, structure["outputs"])), meaning, tuple(structure["notes"]))


def _unpack_output(packed: dict[str, Any]) -> Output:
    values = {f.name: packed[f.name] for f in fields(Output)}
    return Output(**{**values, "scale": Fraction(packed["scale"]), "offset": Fraction(packed["offset"])})


def _unpack_node(packed: dict[str, Any], where: str, arrays: ArrayArchive) -> Node:
    kind = _KINDS[packed["kind"]]
    values: dict[str, Any] = {}
    for name, hint in get_type_hints(kind).items():
        if name not in packed:
            raise _Misfit(f"{where} has no '{name}'")
        value = _unpack_value(packed[name], arrays)
        if wrong := mismatch(value, _TypeName if hint is Word else hint, f"{where}.{name}"):
            raise _Misfit(wrong)
        values[name] = ELEMENT_TYPES[packed[name]] if hint is Word else value
    return kind(**values)


def _unpack_value(value: object, arrays: ArrayArchive) -> object:
    if isinstance(value, dict):
        return _unpack_array(value, arrays)
    if isinstance(value, list):
        return tuple(_unpack_value(item, arrays) for item in value)
    return value


def _unpack_array(place: dict[str, Any], arrays: ArrayArchive) -> np.ndarray:
    if wrong := mismatch(place, _ArrayEntry):
        raise _Misfit(wrong)
    array = arrays.read(place["array"])
    if array.dtype.kind not in "iu" or (place["limbs"] and (array.ndim < 1 or not array.shape[-1])):
        raise _Misfit(f"array '{place['array']}' of model.npz holds {array.dtype} of shape {array.shape}")
    return _from_limbs(array) if place["limbs"] else array.astype(np.int64)


def _narrowest(array: np.ndarray) -> np.ndarray:
    """The same integers in the smallest signed dtype, so that files stay small."""
    for dtype in (np.int8, np.int16, np.int32):
        if array.size and np.iinfo(dtype).min <= array.min() and array.max() <= np.iinfo(dtype).max:
            return array.astype(dtype)
    return array.astype(np.int64)


def _to_limbs(array: np.ndarray) -> np.ndarray:
    widest = max((int(v).bit_length() for v in array.reshape(-1)), default=0)
    count = widest // 32 + 1
    rows = [int(v).to_bytes(4 * count, "little", signed=True) for v in array.reshape(-1)]
    return np.frombuffer(b"".join(rows), dtype="<u4").reshape(*array.shape, count)


def _from_limbs(limbs: np.ndarray) -> np.ndarray:
    flat = np.ascontiguousarray(limbs.astype("<u4")).reshape(-1, limbs.shape[-1])
    values = np.empty(len(flat), dtype=object)
    values[:] = [int.from_bytes(row.tobytes(), "little", signed=True) for row in flat]
    return values.reshape(limbs.shape[:-1])


def _archive(arrays: dict[str, np.ndarray]) -> bytes:
    """An npz with fixed time stamps, so that the same arrays give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(arrays):
            member = io.BytesIO()
            np.lib.format.write_array(
                member, np.ascontiguousarray(arrays[name]).reshape(arrays[name].shape), allow_pickle=False
            )
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), member.getvalue(), zipfile.ZIP_DEFLATED
            )
    return buffer.getvalue()
