"""Neurons that bounds prove constant, and neurons that nobody reads, disappear.

    conv(3 channels) -> T -> OR -> flatten -> dense      channel 1 never fires, 2 always does
    conv(1 channel)  -> T -> OR -> flatten -> dense      with the always-on input in its bias

A neuron's readers are found through nodes that keep channels apart (pools, flatten, upsample).
What an always-firing channel adds to a reader is evaluated by the interpreter, padding included.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from whetgen.ir.graph import Graph
from whetgen.ir.integers import as_integers
from whetgen.ir.nodes import (
    LINEAR,
    Conv,
    Dense,
    MaxPool,
    MultiThreshold,
    Node,
    Pad,
    Reshape,
    SumPool,
    Threshold,
    Unary,
    Upsample,
)
from whetgen.ir.ranges import sum_ranges
from whetgen.passes.rewrite import decided, rebuilt, thresholds_for
from whetgen.passes.tidy import bias_into_threshold
from whetgen.reference import evaluate

Fire = Threshold | MultiThreshold


def remove_constants(graph: Graph) -> Graph:
    """Drop constant and unread neurons until none is left; one neuron of each layer always stays."""
    while True:
        for linear, fire in reversed([*decided(graph)]):
            if smaller := _without_idle_channels(graph, linear, fire):
                graph = bias_into_threshold(smaller)
                break
        else:
            return graph


@dataclass(frozen=True)
class _Path:
    """Nodes between a threshold and the linear layers that read it, sources first."""

    between: tuple[Unary, ...]
    readers: tuple[Dense | Conv, ...]


def _without_idle_channels(graph: Graph, linear: Dense | Conv, fire: Fire) -> Graph | None:
    """The graph without the idle channels of one layer; None when there are none."""
    path = None if _grouped(linear) else _path(graph, fire)
    if path is None:
        return None
    always, never = _constant_channels(graph, linear, fire)
    idle = always | never | ~_read_channels(graph, path, len(always))
    if any(isinstance(n, SumPool | Pad) and _pads(n) for n in path.between):
        idle &= ~always  # a constant 1 is no constant behind padding
    if idle.all():
        idle[np.argmax(~(always | never)) if not (always | never).all() else 0] = False
    if not idle.any():
        return None
    return _shrink(graph, linear, fire, path, idle, always & idle)


def _grouped(node: Node) -> bool:
    return isinstance(node, Conv) and node.groups > 1


def _pads(node: SumPool | Pad) -> bool:
    return any(map(any, node.padding))


def _path(graph: Graph, fire: Fire) -> _Path | None:
    """None when a reader mixes channels or is an output."""
    between: list[Unary] = []
    readers: list[Dense | Conv] = []
    queue = [fire.name]
    while queue:
        name = queue.pop(0)
        if name in graph.read_by_output:
            return None
        for node in graph.readers[name]:
            if isinstance(node, LINEAR) and not _grouped(node):
                readers.append(node)
            elif isinstance(node, MaxPool | SumPool | Upsample | Pad | Reshape) and _keeps_channels(graph, node):
                between.append(node)
                queue.append(node.name)
            else:
                return None
    return _Path(tuple(between), tuple(readers))


def _keeps_channels(graph: Graph, node: Unary) -> bool:
    """Whether channels stay the fastest axis: of a reshaped tensor where it is flat, or a map of the same channels."""
    return not isinstance(node, Reshape) or len(node.shape) == 1 or node.shape[-1] == graph.shapes[node.source][-1]


def _constant_channels(graph: Graph, linear: Dense | Conv, fire: Fire) -> tuple[np.ndarray, np.ndarray]:
    """(always, never): for which channels the bounds decide, at every position."""
    lowest, highest = sum_ranges(linear, graph.ranges[linear.source])
    bias, thresholds = linear.bias.astype(object), thresholds_for(fire, linear.bias)
    always: np.ndarray = lowest + bias >= thresholds
    never: np.ndarray = highest + bias < thresholds
    return _everywhere(always), _everywhere(never)


def _everywhere(decided: np.ndarray) -> np.ndarray:
    return np.asarray(decided.reshape(-1, decided.shape[-1]).all(axis=0), dtype=bool)


def _read_channels(graph: Graph, path: _Path, channels: int) -> np.ndarray:
    """Channels for which some reader has a weight that is not zero."""
    read = np.zeros(channels, dtype=bool)
    for reader in path.readers:
        inputs = reader.weights if isinstance(reader, Conv) else reader.weights[None, None]
        used = np.any(inputs != 0, axis=(0, 1, 3)).reshape(-1, channels)
        read |= used.any(axis=0)
    return read


def _shrink(graph: Graph, linear: Dense | Conv, fire: Fire, path: _Path, idle: np.ndarray, ones: np.ndarray) -> Graph:
    kept = ~idle
    replaced: dict[str, Node | None] = {
        linear.name: replace(linear, weights=linear.weights[..., kept], bias=linear.bias[..., kept]),
        fire.name: replace(fire, thresholds=fire.thresholds[..., kept]),
    }
    for node in path.between:
        if isinstance(node, Reshape):
            factor = kept.sum() / len(kept)
            shape = (*node.shape[:-1], round(node.shape[-1] * factor))
            replaced[node.name] = replace(node, shape=shape)
    constants = _constant_maps(graph, fire, path, ones)
    for reader in path.readers:
        replaced[reader.name] = _read_less(reader, kept, constants[reader.source])
    return rebuilt(graph, replaced, {})


def _constant_maps(graph: Graph, fire: Fire, path: _Path, ones: np.ndarray) -> dict[str, np.ndarray]:
    """Value of every tensor on the path when only the dropped, always-firing channels count."""
    most = fire.steps if isinstance(fire, MultiThreshold) else 1
    start = np.broadcast_to(most * ones.astype(np.int64), graph.shapes[fire.name])
    maps = {fire.name: start[None]}
    for node in path.between:
        maps[node.name] = evaluate(node, maps[node.source])
    return maps


def _read_less(reader: Dense | Conv, kept: np.ndarray, constant: np.ndarray) -> Dense | Conv:
    added = evaluate(reader, constant)[0]  # includes the old bias
    inputs = reader.weights.shape[-2]
    rows = np.tile(kept, math.ceil(inputs / len(kept)))
    flat = added.reshape(-1, added.shape[-1])
    bias = flat[0] if np.all(flat == flat[0]) else added
    return replace(reader, weights=reader.weights[..., rows, :], bias=as_integers(bias))
