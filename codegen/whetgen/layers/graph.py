"""A graph as the few steps that hardware knows, before any architecture is chosen.

=========  ====================================================  ==========================
step       from                                                  does
=========  ====================================================  ==========================
Linear     Dense, Conv, with the Threshold that alone reads it   weighted sums over windows
Pool       MaxPool, SumPool                                      one result a window
Blend      WeightedSum (with its Threshold), other Thresholds    element-wise sum, compare
Move       Permute, Pad, Upsample, Concat                        elements by a table of indices
=========  ====================================================  ==========================

Reshape disappears: both names stand for one tensor. Nodes that no output needs are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from math import prod
from typing import Protocol

import numpy as np

from whetgen.ir import Graph
from whetgen.ir.integers import signed_bits, word_bits
from whetgen.ir.nodes import MOVES, Conv, Dense, Input, MaxPool, Node, Reshape, SumPool, Threshold, WeightedSum
from whetgen.ir.ranges import sum_ranges
from whetgen.reference import evaluate


class Identifiers(Protocol):
    """Names as a target's language takes them."""

    def unique(self, name: str) -> str: ...


@dataclass(frozen=True)
class Tensor:
    """``count`` elements in ``lo..hi``, each in the narrowest word; ``name`` is a Verilog identifier."""

    name: str
    count: int
    lo: int
    hi: int

    @property
    def width(self) -> int:
        return word_bits(self.lo, self.hi)

    @property
    def signed(self) -> bool:
        return self.lo < 0

    @property
    def bits(self) -> int:
        return self.count * self.width


@dataclass(frozen=True)
class Geometry:
    """A sliding window over a (height, width, channels) map."""

    height: int
    width: int
    channels: int
    out_height: int
    out_width: int
    kernel: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)
    before: tuple[int, int] = (0, 0)

    @property
    def positions(self) -> int:
        return self.out_height * self.out_width

    @property
    def taps(self) -> int:
        return self.kernel[0] * self.kernel[1]

    @property
    def trivial(self) -> bool:
        """Whether the windows are the map itself."""
        return self.positions == 1 and (self.height, self.width) == self.kernel and self.before == (0, 0)

    def sliding(self) -> dict[str, int]:
        """How the window moves, under the names that the libraries' parameters have."""
        return {
            "OUT_HEIGHT": self.out_height,
            "OUT_WIDTH": self.out_width,
            "KERNEL_Y": self.kernel[0],
            "KERNEL_X": self.kernel[1],
            "STRIDE_Y": self.stride[0],
            "STRIDE_X": self.stride[1],
            "DILATION_Y": self.dilation[0],
            "DILATION_X": self.dilation[1],
            "PAD_TOP": self.before[0],
            "PAD_LEFT": self.before[1],
        }


@dataclass(frozen=True, eq=False)
class Linear:
    """``weights`` (taps * channels, neurons); ``levels`` (positions or 1, neurons): thresholds or biases."""

    layer: str
    source: Tensor
    result: Tensor
    geometry: Geometry
    weights: np.ndarray
    levels: np.ndarray
    fire: bool
    sum_ranges: tuple[tuple[int, int], ...]

    @property
    def sources(self) -> tuple[Tensor, ...]:
        return (self.source,)

    @property
    def neurons(self) -> int:
        return self.weights.shape[1]

    @property
    def multiply_adds(self) -> int:
        return self.geometry.positions * self.weights.size


@dataclass(frozen=True, eq=False)
class Pool:
    """Largest element or sum of each window, channel by channel."""

    layer: str
    source: Tensor
    result: Tensor
    geometry: Geometry
    largest: bool

    @property
    def sources(self) -> tuple[Tensor, ...]:
        return (self.source,)

    @property
    def fill(self) -> int:
        """The element that padding holds: it never wins, it adds nothing."""
        return -(1 << (self.result.width - 1)) if self.largest and self.result.signed else 0


@dataclass(frozen=True, eq=False)
class Blend:
    """``factors`` (operands, period) and ``levels`` (period,); element i takes entry ``i % period``."""

    layer: str
    sources: tuple[Tensor, ...]
    result: Tensor
    factors: np.ndarray
    levels: np.ndarray
    fire: bool
    sum_range: tuple[int, int]

    @property
    def operand_width(self) -> int:
        return max(signed_bits(t.lo, t.hi) for t in self.sources)


@dataclass(frozen=True, eq=False)
class Move:
    """Result element i is element ``indices[i]`` of the joined sources; -1 is zero."""

    layer: str
    sources: tuple[Tensor, ...]
    result: Tensor
    indices: np.ndarray

    @property
    def in_order(self) -> bool:
        """Whether the result is just the sources one after the other."""
        return np.array_equal(self.indices, np.arange(sum(t.count for t in self.sources)))


Step = Linear | Pool | Blend | Move


@dataclass(frozen=True)
class Steps:
    """The steps in order, and the tensors that come in and go out."""

    input: Tensor
    steps: tuple[Step, ...]
    outputs: tuple[Tensor, ...]


def steps_of(graph: Graph, identifiers: Identifiers) -> Steps:
    """Fuse, alias and drop: the network as hardware sees it."""
    fused = {node.source: node for node in graph.nodes if isinstance(node, Threshold) and _fuses(graph, node)}
    tensors: dict[str, Tensor] = {}
    steps: list[Step] = []
    for node in _needed(graph):
        if isinstance(node, Reshape):
            tensors[node.name] = tensors[node.source]
        elif isinstance(node, Threshold) and node.source in fused:
            continue
        else:
            fire = fused.get(node.name)
            last = fire or node
            tensors[last.name] = _tensor(graph, last, identifiers)
            if not isinstance(node, Input):
                steps.append(_step(node, fire, graph, [tensors[s] for s in node.sources], tensors[last.name]))
    return Steps(tensors[graph.input.name], tuple(steps), tuple(tensors[o.source] for o in graph.outputs))


def _fuses(graph: Graph, threshold: Threshold) -> bool:
    alone = graph.readers[threshold.source] == (threshold,) and threshold.source not in graph.read_by_output
    return alone and isinstance(graph[threshold.source], Dense | Conv | WeightedSum)


def _needed(graph: Graph) -> list[Node]:
    wanted = set(graph.read_by_output) | {graph.input.name}
    kept = []
    for node in reversed(graph.nodes):
        if node.name in wanted:
            kept.append(node)
            wanted |= set(node.sources)
    return kept[::-1]


def _tensor(graph: Graph, node: Node, identifiers: Identifiers) -> Tensor:
    return Tensor(identifiers.unique(node.name), prod(graph.shapes[node.name]), *graph.ranges[node.name])


@singledispatch
def _step(node: Node, fire: Threshold | None, graph: Graph, sources: list[Tensor], result: Tensor) -> Step:
    raise TypeError(f"no hardware for {type(node).__name__}")


@_step.register
def _(node: Dense, fire, graph, sources, result):
    geometry = Geometry(1, 1, node.weights.shape[0], 1, 1)
    return _linear(node, fire, graph, sources[0], result, geometry, node.weights)


@_step.register
def _(node: Conv, fire, graph, sources, result):
    geometry = _geometry(graph, node, node.weights.shape[:2], node.dilation)
    weights = _ungrouped(node).reshape(-1, node.weights.shape[3])
    return _linear(node, fire, graph, sources[0], result, geometry, weights)


def _linear(node, fire, graph, source, result, geometry, weights) -> Linear:
    neurons = weights.shape[1]
    lowest, highest = sum_ranges(node, graph.ranges[node.source])
    levels = node.bias.astype(object).reshape(-1, neurons)
    if fire is not None:
        levels = fire.thresholds.astype(object).reshape(-1, neurons) - levels
        levels = np.minimum(np.maximum(levels, lowest), highest + 1)
    ranges = tuple((int(lo), int(hi)) for lo, hi in zip(lowest, highest, strict=True))
    return Linear(node.name, source, result, geometry, weights, _collapsed(levels), fire is not None, ranges)


def _collapsed(levels: np.ndarray) -> np.ndarray:
    """One row where all positions agree."""
    return levels[:1] if (levels == levels[:1]).all() else levels


def _ungrouped(node: Conv) -> np.ndarray:
    """Weights over all input channels, zero outside the neuron's group."""
    kh, kw, channels, neurons = node.weights.shape
    each = neurons // node.groups
    full = np.zeros((kh, kw, channels * node.groups, neurons), dtype=node.weights.dtype)
    for group in range(node.groups):
        mine = slice(group * each, (group + 1) * each)
        full[:, :, group * channels : (group + 1) * channels, mine] = node.weights[..., mine]
    return full


def _geometry(graph: Graph, node, kernel, dilation=(1, 1)) -> Geometry:
    height, width, channels = graph.shapes[node.source]
    out_height, out_width = graph.shapes[node.name][:2]
    before = (node.padding[0][0], node.padding[1][0])
    return Geometry(
        height, width, channels, out_height, out_width, tuple(kernel), tuple(node.stride), tuple(dilation), before
    )


@_step.register(MaxPool)
@_step.register(SumPool)
def _(node, fire, graph, sources, result):
    return Pool(node.name, sources[0], result, _geometry(graph, node, node.window), isinstance(node, MaxPool))


@_step.register
def _(node: WeightedSum, fire, graph, sources, result):
    arrays = [*node.factors, node.bias, *([fire.thresholds] if fire is not None else [])]
    shape = np.broadcast_shapes(*(a.shape for a in arrays))
    *factors, bias = (np.broadcast_to(a, shape).astype(object).reshape(-1) for a in arrays[: len(node.factors) + 1])
    levels = bias if fire is None else np.broadcast_to(fire.thresholds, shape).astype(object).reshape(-1) - bias
    return _blend(node.name, sources, result, np.stack(factors), levels, fire is not None)


@_step.register
def _(node: Threshold, fire, graph, sources, result):
    levels = node.thresholds.astype(object).reshape(-1)
    return _blend(node.name, sources, result, np.ones((1, len(levels)), dtype=object), levels, True)


def _blend(layer, sources, result, factors, levels, fire) -> Blend:
    ends = [(f * t.lo, f * t.hi) for f, t in zip(factors, sources, strict=True)]
    lowest = sum(np.minimum(*e) for e in ends)
    highest = sum(np.maximum(*e) for e in ends)
    if fire:
        levels = np.minimum(np.maximum(levels, lowest), highest + 1)
    return Blend(layer, tuple(sources), result, factors, levels, fire, (int(lowest.min()), int(highest.max())))


def _move(node: Node, fire, graph, sources, result):
    shapes = [graph.shapes[s] for s in node.sources]
    numbers, start = [], 1
    for shape in shapes:
        numbers.append(np.arange(start, start + prod(shape)).reshape(1, *shape))
        start += prod(shape)
    return Move(node.name, tuple(sources), result, evaluate(node, *numbers).reshape(-1) - 1)


for _kind in set(MOVES) - {Reshape}:
    _step.register(_kind, _move)


def with_joined_outputs(steps: Steps, identifiers: Identifiers) -> tuple[Steps, Tensor]:
    """The same steps with one output, and that: several are moved one after the other into one tensor."""
    if len(steps.outputs) == 1:
        return steps, steps.outputs[0]
    count = sum(t.count for t in steps.outputs)
    span = min(t.lo for t in steps.outputs), max(t.hi for t in steps.outputs)
    result = Tensor(identifiers.unique("outputs_joined"), count, *span)
    move = Move("outputs joined", steps.outputs, result, np.arange(count))
    return Steps(steps.input, (*steps.steps, move), (result,)), result
