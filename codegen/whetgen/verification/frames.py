"""Input frames for checks: from a file, or edges and random codes; and what the reference makes of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from pathlib import Path

import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.arrays import Header, open_arrays
from whetgen.ir.graph import Graph
from whetgen.reference import run

MOST_BITS = 20  # of an input all of whose values are run
_AT_ONCE = 1 << 14  # frames
_CODE_KEYS = ("x", "x_test", "codes")
_LABEL_KEYS = ("y", "y_test", "labels")
_UNUSED_LABELS = "the labels are not used: this network tells no class; generate it with --output class where it should"
_ADVICE = "save it with numpy.savez(path, x=codes, y=labels)"


@dataclass(frozen=True, eq=False)
class Frames:
    """``codes``: (frames, *input shape) integers; ``labels``: (frames,) classes, or None; ``notes``: a line for what was left out;
    ``complete``: the codes are all that there are."""

    codes: np.ndarray
    labels: np.ndarray | None = None
    notes: tuple[str, ...] = ()
    complete: bool = False

    def first(self, count: int | None) -> Frames:
        labels = None if self.labels is None else self.labels[:count]
        return replace(self, codes=self.codes[:count], labels=labels, complete=self.complete and count is None)


def load_frames(path: Path, graph: Graph, count: int | None = None) -> Frames:
    """Codes ``x`` (or ``x_test``) and, where present, labels ``y`` (or ``y_test``) of an ``.npz`` file.

    Frames of another shape with as many elements are taken row-major. ``count``: the first ones, and no others are read.

    Raises:
        BadInput: no such file, no codes in it; codes or labels not integers, of a wrong shape or out of range.
    """
    with open_arrays(path, _ADVICE) as arrays:
        name = arrays.first_of(_CODE_KEYS)
        if name is None:
            raise BadInput(f"{path}: holds no array 'x' of input codes; {_ADVICE}")
        codes = arrays.header(name)
        _check_codes(path, codes, graph)
        labels_name = arrays.first_of(_LABEL_KEYS)
        if labels_name is None:
            return Frames(_fitting(path, arrays.read(name, count), graph))
        if graph.classifier is None:
            return Frames(_fitting(path, arrays.read(name, count), graph), notes=(f"{path}: {_UNUSED_LABELS}",))
        _check_labels(path, arrays.header(labels_name), codes.shape[0])
        fitting = _fitting(path, arrays.read(name, count), graph)
        return Frames(fitting, _classes(path, arrays.read(labels_name, count), graph.classes(graph.classifier)))


def check_frames_file(path: Path) -> None:
    """Refuse what is no archive of arrays, before anything slow is loaded.

    Raises:
        BadInput: no such file, or no archive.
    """
    with open_arrays(path, _ADVICE):
        pass


def default_frames(graph: Graph, count: int, seed: int = 0) -> Frames:
    """All lowest codes, all highest codes, single elements lit, then uniformly random codes."""
    kind, shape = graph.input.type, graph.input.shape
    rng = np.random.default_rng(seed)
    codes = rng.integers(kind.lo, kind.hi + 1, (max(count, 1), *shape))
    flat = codes.reshape(len(codes), -1)
    for index, value in ((0, kind.lo), (1, kind.hi)):
        flat[index : index + 1] = value
    for index in range(2, min(4, len(flat))):
        flat[index] = 0
        flat[index, (index - 2) * (flat.shape[1] - 1)] = kind.hi
    return Frames(codes[:count])


def every_frame(graph: Graph) -> Frames:
    """All frames that there are: frame k holds k, the first element in its lowest bits.

    Raises:
        BadInput: the input has more than ``MOST_BITS`` bits.
    """
    kind, shape = graph.input.type, graph.input.shape
    if prod(shape) * kind.bits > MOST_BITS:
        raise BadInput(
            f"--exhaustive: the input has {prod(shape) * kind.bits:,} bits; at most {MOST_BITS} can be run through, "
            "leave it out"
        )
    number = np.arange(1 << prod(shape) * kind.bits, dtype=np.uint32)[:, None]
    fields = number >> np.arange(prod(shape), dtype=np.uint32) * kind.bits & ((1 << kind.bits) - 1)
    return Frames((fields.astype(np.int32) + kind.lo).reshape(-1, *shape), complete=True)


def flat_outputs(graph: Graph, codes: np.ndarray) -> np.ndarray:
    """Reference outputs of all heads side by side: (frames, elements). Many frames are computed one part after the other."""
    parts = [_flat_outputs(graph, codes[at : at + _AT_ONCE]) for at in range(0, max(len(codes), 1), _AT_ONCE)]
    return np.concatenate(parts) if len(parts) > 1 else parts[0]


def _flat_outputs(graph: Graph, codes: np.ndarray) -> np.ndarray:
    results = run(graph, codes)
    heads = results.values() if isinstance(results, dict) else [results]
    return np.concatenate([head.reshape(len(codes), -1) for head in heads], axis=1)


def _check_codes(path: Path, codes: Header, graph: Graph) -> None:
    kind, shape = graph.input.type, graph.input.shape
    if codes.dtype.kind not in "iub":
        raise BadInput(
            f"{path}: 'x' holds {codes.dtype}; give integer codes of type {kind.name} (real value = code * {graph.meaning.scale})"
        )
    if not codes.shape or not codes.shape[0]:
        raise BadInput(f"{path}: 'x' holds no frames; the network takes (frames, {', '.join(map(str, shape))})")
    if prod(codes.shape[1:]) != prod(shape):
        raise BadInput(f"{path}: frames have shape {codes.shape[1:]}, the network takes {shape}")


def _fitting(path: Path, codes: np.ndarray, graph: Graph) -> np.ndarray:
    kind = graph.input.type
    if codes.min() < kind.lo or codes.max() > kind.hi:
        raise BadInput(
            f"{path}: codes reach from {codes.min()} to {codes.max()}, {kind.name} holds {kind.lo}..{kind.hi}"
        )
    return codes.reshape(len(codes), *graph.input.shape)


def _check_labels(path: Path, labels: Header, frames: int) -> None:
    if labels.shape not in ((frames,), (frames, 1)):
        if len(labels.shape) > 1:
            raise BadInput(
                f"{path}: labels have shape {labels.shape}; give one class a frame (numpy.argmax of one-hot rows)"
            )
        raise BadInput(f"{path}: {frames} frames but {labels.shape[0] if labels.shape else 'no row of'} labels")
    if labels.dtype.kind not in "iub":
        raise BadInput(f"{path}: labels hold {labels.dtype}; give integer classes")


def _classes(path: Path, labels: np.ndarray, classes: int) -> np.ndarray:
    if labels.min() < 0 or labels.max() >= classes:
        raise BadInput(
            f"{path}: labels reach from {labels.min()} to {labels.max()}, the network tells the classes 0..{classes - 1}"
        )
    return labels.reshape(-1).astype(np.int64)
