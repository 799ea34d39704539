"""How often the elements of each tensor are not 0: what event-driven kernels cost depends on it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from whetgen.ir import Graph
from whetgen.ir.nodes import Conv, Input, Node
from whetgen.reference import run_tensors

_GUESS = 0.25  # of spikes
_MOST_FRAMES = 64
NIBBLE = 4


@dataclass(frozen=True)
class Rate:
    """Shares that are not all 0: of single elements, and of runs of four neighbours, which spikes like to share.

    ``frames``: (frames, elements) of which they are the shares, whether each is not 0; None where they were guessed."""

    single: float
    nibble: float
    frames: np.ndarray | None = field(default=None, compare=False, repr=False)

    @classmethod
    def independent(cls, single: float) -> Rate:
        """Of elements that know nothing of their neighbours."""
        return cls(single, 1 - (1 - single) ** NIBBLE)


def guessed_rates(graph: Graph) -> dict[str, Rate]:
    """Without data: a quarter of the spikes, a quarter of the pixels, every other number. By the name of the reader."""
    bits = {n.name for n in graph.nodes if isinstance(n, Input) or graph.is_spikes(n.name)}
    return {n.name: Rate.independent(_GUESS if n.sources[0] in bits else 1.0) for n in graph.nodes if n.sources}


def measured_rates(graph: Graph, codes: np.ndarray) -> dict[str, Rate]:
    """What each node sees of its (first) source in (the first 64) ``codes``; by the name of the reader.

    A convolution sees the middle of a map more often than its border, which is empty in most images.
    """
    values = run_tensors(graph, codes[:_MOST_FRAMES])
    return {n.name: _seen(n, graph, values[n.sources[0]] != 0) for n in graph.nodes if n.sources}


def _seen(node: Node, graph: Graph, busy: np.ndarray) -> Rate:
    """``busy``: (frames, *shape of the source)."""
    weight = np.ones(busy.shape[1:]) if not isinstance(node, Conv) else _windows_over(node, graph)
    total = weight.size
    if isinstance(node, Conv):
        total = np.prod(graph.shapes[node.name][:2]) * np.prod(node.weights.shape[:2]) * busy.shape[-1]
    flat = busy.reshape(len(busy), -1)
    runs = np.pad(flat, ((0, 0), (0, -flat.shape[1] % NIBBLE))).reshape(len(flat), -1, NIBBLE).any(axis=2)
    shares = _share(flat, weight.reshape(-1), total), _share(runs, weight.reshape(-1)[::NIBBLE], total / NIBBLE)
    return Rate(*shares, flat)


def _windows_over(node: Conv, graph: Graph) -> np.ndarray:
    """How many windows look at each element of the source's map, (height, width, channels)."""
    height, width, channels = graph.shapes[node.source]
    axes = zip((height, width), graph.shapes[node.name][:2], range(2), strict=True)
    rows, columns = (_looks(node, size, count, axis) for size, count, axis in axes)
    return np.broadcast_to((rows[:, None] * columns)[..., None], (height, width, channels))


def _looks(node: Conv, size: int, count: int, axis: int) -> np.ndarray:
    taps = np.arange(count)[:, None] * node.stride[axis] + np.arange(node.weights.shape[axis]) * node.dilation[axis]
    places = (taps - node.padding[axis][0]).reshape(-1)
    return np.bincount(places[(places >= 0) & (places < size)], minlength=size).astype(float)


def _share(busy: np.ndarray, weight: np.ndarray, total: float) -> float:
    return min(float(busy.mean(axis=0) @ weight) / max(float(total), 1.0), 1.0) if busy.size else 0.0
