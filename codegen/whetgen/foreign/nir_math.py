"""What the nodes of a NIR graph compute, channels first; neurons take one step. https://neuroir.org/docs/primitives.html"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from graphlib import CycleError, TopologicalSorter
from math import ceil

import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.nir_files import NirFile


def sources_of(file: NirFile) -> dict[str, list[str]]:
    """The nodes whose edges lead to each node."""
    found: dict[str, list[str]] = {name: [] for name in file.nodes}
    for start, end in file.edges:
        found[end].append(start)
    return found


def in_order(file: NirFile) -> list[str]:
    """Sources first.

    Raises:
        BadInput: a circle, or a node that nothing leads to.
    """
    sources = sources_of(file)
    try:
        order = list(TopologicalSorter(sources).static_order())
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise BadInput(f"{file.path}: {circle} is a circle; networks without recurrence are supported") from error
    for name in order:
        if not sources[name] and file.nodes[name].kind != "Input":
            raise BadInput(
                f"{file.path}: no edge leads to node '{name}' ({file.nodes[name].kind}); write the graph again"
            )
    return order


def computed(file: NirFile, frames: np.ndarray) -> dict[str, np.ndarray]:
    """The value of each node, (frames, ...), in the type of ``frames``, which are what the one input gives."""
    sources, values = sources_of(file), {}
    for name in in_order(file):
        node = file.nodes[name]
        if node.kind == "Input":
            values[name] = frames
        else:
            given = np.asarray(sum(values[source] for source in sources[name]), dtype=frames.dtype)
            values[name] = np.asarray(_RULES[node.kind](node.fields, given), dtype=frames.dtype)
    return values


Fields = dict[str, np.ndarray]


def _linear(fields: Fields, x: np.ndarray) -> np.ndarray:
    return x @ fields["weight"].T.astype(x.dtype) + fields.get("bias", np.zeros(1)).astype(x.dtype)


def _windows(
    fields: Fields, x: np.ndarray, kernel: tuple[int, ...], stride: Sequence[int], dilation: Sequence[int]
) -> np.ndarray:
    """(frames, channels, *positions, *kernel) of the padded map."""
    spans = tuple((k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True))
    padded = np.pad(x, ((0, 0), (0, 0), *_pads(fields, x.shape[2:], spans, stride)))
    views = np.lib.stride_tricks.sliding_window_view(padded, spans, axis=tuple(range(2, 2 + len(kernel))))
    steps = [slice(None, None, int(s)) for s in stride] + [slice(None, None, int(d)) for d in dilation]
    return views[(slice(None), slice(None), *steps)]


def _pads(
    fields: Fields, shape: tuple[int, ...], spans: tuple[int, ...], stride: Sequence[int]
) -> list[tuple[int, int]]:
    """Zeros before and behind; of 'same' the odd one behind, as PyTorch has it."""
    if fields["padding"].dtype.kind not in "US":
        return [(n, n) for n in _each(fields, "padding", len(spans))]
    if str(fields["padding"]) == "valid":
        return [(0, 0)] * len(spans)
    totals = [max((ceil(n / s) - 1) * s + k - n, 0) for n, k, s in zip(shape, spans, stride, strict=True)]
    return [(total // 2, total - total // 2) for total in totals]


def _each(fields: Fields, name: str, axes: int) -> list[int]:
    given = [int(n) for n in np.asarray(fields[name]).reshape(-1)]
    return given * (axes // len(given))


def _conv(fields: Fields, x: np.ndarray) -> np.ndarray:
    weight, axes = fields["weight"].astype(x.dtype), fields["weight"].ndim - 2
    groups = int(np.asarray(fields["groups"]).reshape(-1)[0])
    patches = _windows(fields, x, weight.shape[2:], _each(fields, "stride", axes), _each(fields, "dilation", axes))
    parts = []
    for taps, kernels in zip(np.split(patches, groups, axis=1), np.split(weight, groups), strict=True):
        inner = [1, *range(2 + axes, 2 + 2 * axes)]
        parts.append(np.moveaxis(np.tensordot(taps, kernels, (inner, [1, *range(2, 2 + axes)])), -1, 1))
    bias = np.broadcast_to(fields["bias"], weight.shape[:1]).astype(x.dtype)
    return np.concatenate(parts, axis=1) + bias.reshape(-1, *[1] * axes)


def _pooled(fields: Fields, x: np.ndarray) -> np.ndarray:
    kernel = _each(fields, "kernel_size", 2)
    return _windows(fields, x, tuple(kernel), _each(fields, "stride", 2), [1, 1]).sum(axis=(-2, -1))


def _average(fields: Fields, x: np.ndarray) -> np.ndarray:
    return _pooled(fields, x) / x.dtype.type(np.prod(_each(fields, "kernel_size", 2)))


def _of_channels(values: np.ndarray, x: np.ndarray) -> np.ndarray:
    values = values.astype(x.dtype)
    return values.reshape(-1, *[1] * (x.ndim - 2)) if values.shape == x.shape[1:2] else values


def _fires(fields: Fields, x: np.ndarray) -> np.ndarray:
    level = fields["threshold"] if "threshold" in fields else fields["v_threshold"]
    return x * _of_channels(fields.get("r", np.ones(1)), x) > _of_channels(level, x)


_RULES: dict[str, Callable[[Fields, np.ndarray], np.ndarray]] = {
    "Affine": _linear,
    "Linear": _linear,
    "Conv1d": _conv,
    "Conv2d": _conv,
    "AvgPool2d": _average,
    "SumPool2d": _pooled,
    "Flatten": lambda fields, x: x.reshape(len(x), -1),
    "Scale": lambda fields, x: x * _of_channels(fields["scale"], x),
    "Threshold": _fires,
    "IF": _fires,
    "Output": lambda fields, x: x,
}
