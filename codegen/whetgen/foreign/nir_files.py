"""NIR files (https://neuroir.org): a graph of nodes and edges in HDF5, read under the rules of ``hdf5``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.hdf5 import LARGEST_TEXT, SIGNATURE, Hdf5, open_hdf5

LARGEST_FILE = 1 << 30
_ROOT = "node"


@dataclass(frozen=True, eq=False)
class NirNode:
    """``kind``: the type, such as Affine; ``fields``: its parameters by name, without metadata."""

    kind: str
    fields: dict[str, np.ndarray] = field(repr=False)


@dataclass(frozen=True, eq=False)
class NirFile:
    """``nodes`` by name, in the file's order; ``edges``: (from, to)."""

    path: Path
    nodes: dict[str, NirNode]
    edges: tuple[tuple[str, str], ...]


def open_nir(path: str | Path) -> NirFile:
    """Read a NIR file.

    Raises:
        BadInput: missing, too large, damaged, no graph, or one with graphs in it.
    """
    path = Path(path)
    if not path.is_file():
        raise BadInput(f"{path}: no such file; give a .nir graph")
    if path.stat().st_size > LARGEST_FILE:
        raise BadInput(f"{path}: larger than {LARGEST_FILE >> 30} GiB; such a network fits no target")
    data = path.read_bytes()
    if not data.startswith(SIGNATURE):
        raise BadInput(f"{path}: no whole HDF5 file; write the graph again with nir.write")
    with open_hdf5(data, str(path), texts=True) as file:
        return _read(path, file)


def _read(path: Path, file: Hdf5) -> NirFile:
    if f"{_ROOT}/type" not in file or file.texts(f"{_ROOT}/type") != ["NIRGraph"]:
        raise BadInput(f"{path}: holds no NIR graph; write it with nir.write")
    fields: dict[str, list[str]] = {}
    for name in file.shapes:
        parts = name.removeprefix(f"{_ROOT}/nodes/").split("/")
        if name.startswith(f"{_ROOT}/nodes/") and len(parts) == 2:
            fields.setdefault(parts[0], []).append(parts[1])
    nodes = {name: _node(path, file, name, held) for name, held in fields.items()}
    ends = file.texts(f"{_ROOT}/edges") if f"{_ROOT}/edges" in file else []
    if sum(map(len, ends)) > LARGEST_TEXT or len(ends) % 2 or not set(ends) <= set(nodes):
        raise BadInput(f"{path}: its edges lead to nodes that are not there; write the graph again with nir.write")
    return NirFile(path, nodes, tuple(zip(ends[::2], ends[1::2], strict=True)))


def _node(path: Path, file: Hdf5, name: str, held: list[str]) -> NirNode:
    where = f"{_ROOT}/nodes/{name}"
    kind = "".join(file.texts(f"{where}/type")[:1] if "type" in held else [])
    if kind in ("NIRGraph", ""):
        raise BadInput(f"{path}: node '{name}' is a graph in the graph or has no type; flatten it before nir.write")
    wanted = [f for f in held if f != "type"]
    return NirNode(kind, {f: _value(path, file, f"{where}/{f}") for f in wanted})


def _value(path: Path, file: Hdf5, place: str) -> np.ndarray:
    """Numbers, or a text such as the padding 'same'."""
    array = file.array(place)
    if array.dtype.kind not in "OSU":
        return array
    if not array.size:
        raise BadInput(f"{path}: '{place}' is empty; write the graph again with nir.write")
    return np.array(file.texts(place)[0])
