"""Random integer graphs: every node kind, signs, zeros, huge weights, exact ties, several readers and outputs."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from random import Random
from typing import Literal, TypeVar

import numpy as np

from whetgen.fuzz.loops import Tensor, naive_node, tensor_of
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.integers import as_integers, signed_bits
from whetgen.ir.nodes import (
    NO_PADDING,
    Concat,
    Conv,
    Dense,
    Input,
    MaxPool,
    MultiThreshold,
    Node,
    Pad,
    Permute,
    Reshape,
    Shape,
    SumPool,
    Threshold,
    Upsample,
    WeightedSum,
)
from whetgen.ir.ranges import output_range
from whetgen.ir.shapes import output_shape

OutputKind = Literal["spikes", "scores", "accumulators"]
Pool = TypeVar("Pool", MaxPool, SumPool)
WEIGHT_BITS = (1, 2, 4, 8, 14, 20, 33, 48, 70, 150)
OUTPUT_BITS = 64
TIE_FRAMES = 3


def random_graph(
    rng: Random,
    max_bits: int = 240,
    small: bool = False,
    types: tuple[str, ...] = tuple(ELEMENT_TYPES),
    steps: int = 1,
) -> Graph:
    """A valid graph of 1 to 8 layers.

    ``max_bits``: no tensor needs a wider signed word. ``small``: at most 12 input elements and 4 neurons a layer,
    for slow targets. ``types``: element types of the input to choose from.
    ``steps``: most thresholds that a neuron has. Many thresholds equal a sum that ``tie_frames`` reaches.
    """
    growing = _GrowingGraph(rng, max_bits, small, types, steps)
    for _ in range(rng.randint(1, 4 if small else 8)):
        growing.add_layer()
    return growing.finish()


def tie_frames(graph: Graph) -> np.ndarray:
    """The frames whose sums some thresholds equal, (frames, *input shape)."""
    return _tie_frames(graph.input)


def random_codes(graph: Graph, rng: Random, count: int) -> np.ndarray:
    """``count`` frames beside ``tie_frames``: all lowest, all highest, then sparse and dense random ones."""
    kind, shape = graph.input.type, graph.input.shape
    frames = [np.full(shape, kind.lo), np.full(shape, kind.hi)]
    while len(frames) < count:
        density = rng.choice((0.1, 0.5, 1.0))
        codes = [rng.randint(kind.lo, kind.hi) if rng.random() < density else 0 for _ in range(prod(shape))]
        frames.append(np.array(codes).reshape(shape))
    return np.concatenate([tie_frames(graph), np.stack(frames[:count])])


def _tie_frames(node: Input) -> np.ndarray:
    fixed = Random(prod(node.shape))
    codes = [fixed.randint(node.type.lo, node.type.hi) for _ in range(TIE_FRAMES * prod(node.shape))]
    return np.array(codes).reshape(TIE_FRAMES, *node.shape)


@dataclass
class _GrowingGraph:
    """A graph under construction, with the values of every tensor on the tie frames."""

    rng: Random
    max_bits: int
    small: bool
    types: tuple[str, ...]
    steps: int
    nodes: list[Node] = field(default_factory=list)
    shapes: dict[str, Shape] = field(default_factory=dict)
    ranges: dict[str, tuple[int, int]] = field(default_factory=dict)
    values: dict[str, list[Tensor]] = field(default_factory=dict)

    def __post_init__(self):
        node = Input("input", self._input_shape(), ELEMENT_TYPES[self.rng.choice(self.types)])
        self.nodes.append(node)
        self.shapes["input"], self.ranges["input"] = node.shape, (node.type.lo, node.type.hi)
        self.values["input"] = [tensor_of(frame) for frame in _tie_frames(node)]

    def _input_shape(self) -> Shape:
        r = self.rng
        if r.random() < 0.3:
            return (r.randint(1, 12 if self.small else 40),)
        if self.small:
            return r.choice(((3, 3, 1), (2, 2, 3), (4, 3, 1), (1, 6, 2), (2, 3, 2)))
        return (r.choice((1, 4, 5, 6, 7)), r.randint(3, 7), r.choice((1, 2, 3, 4, 8)))

    def add_layer(self) -> None:
        """One more node, often followed by its Threshold; nothing where the draw is not legal or too wide."""
        source = self._source()
        kinds = _FOR_MAPS if len(self.shapes[source]) == 3 else _FOR_VECTORS
        make = self.rng.choice(kinds)
        if (node := make(self, f"{make.__name__.strip('_')}_{len(self.nodes)}/x", source)) is None or not self._add(
            node
        ):
            return
        if isinstance(node, (Dense, Conv, SumPool, WeightedSum)) and self.rng.random() < 0.6:
            self._add(_threshold(self, f"{node.name}_fire", node.name))

    def finish(self) -> Graph:
        fitting = [n for n in self.ranges if signed_bits(*self.ranges[n]) <= OUTPUT_BITS and n != "input"]
        last = self.nodes[-1].name
        if not fitting or (last not in fitting):
            self._add(_threshold(self, "last_fire", last))
            fitting.append("last_fire")
            last = "last_fire"
        more = [n for n in [*fitting, "input"] if n != last]
        chosen = [last, *self.rng.sample(more, min(len(more), self.rng.choice((0, 0, 0, 1, 2))))]
        alone = len(chosen) == 1 and self.rng.random() < 0.5
        outputs = tuple(Output(f"out {k}/{n}", n, self._output_kind(n), classifier=alone) for k, n in enumerate(chosen))
        return validate(Graph(tuple(self.nodes), outputs))

    def _output_kind(self, name: str) -> OutputKind:
        spikes = self.ranges[name][0] >= 0 and self.ranges[name][1] <= 1
        return "spikes" if spikes and self.rng.random() < 0.8 else self.rng.choice(("scores", "accumulators"))

    def _source(self) -> str:
        names = list(self.shapes)
        return names[-1] if self.rng.random() < 0.7 else self.rng.choice(names)

    def _add(self, node: Node) -> bool:
        sources = node.sources
        shape = output_shape(node, *(self.shapes[s] for s in sources))
        if min(shape) < 1 or prod(shape) > (48 if self.small else 600):
            return False
        span = output_range(node, *(self.ranges[s] for s in sources))
        if signed_bits(*span) > self.max_bits:
            return False
        self.nodes.append(node)
        self.shapes[node.name], self.ranges[node.name] = shape, span
        self.values[node.name] = [naive_node(node, [self.values[s][k] for s in sources]) for k in range(TIE_FRAMES)]
        return True

    def integers(self, *shape: int) -> np.ndarray:
        """Signed random integers of one size, or of mixed sizes, some of them 0."""
        r = self.rng
        allowed = [b for b in WEIGHT_BITS if b <= max(self.max_bits // 2, 1)]
        sizes = [r.choice(allowed)] if r.random() < 0.8 else allowed
        zeros = r.choice((0.0, 0.3, 0.8, 1.0) if r.random() < 0.2 else (0.0, 0.3))
        flat = [
            0 if r.random() < zeros else r.choice((-1, 1)) * r.getrandbits(r.choice(sizes)) for _ in range(prod(shape))
        ]
        return as_integers(_object_array(flat, shape))

    def neurons(self) -> int:
        return self.rng.randint(1, 4 if self.small else 9)


def _object_array(flat: list[int], shape: tuple[int, ...]) -> np.ndarray:
    array = np.empty(len(flat), dtype=object)
    array[:] = flat
    return array.reshape(shape)


def _dense(g: _GrowingGraph, name: str, source: str) -> Dense | None:
    if len(g.shapes[source]) != 1:
        return None
    neurons = g.neurons()
    return Dense(name, source, g.integers(g.shapes[source][0], neurons), g.integers(neurons))


def _flatten(g: _GrowingGraph, name: str, source: str) -> Reshape:
    return Reshape(name, source, (prod(g.shapes[source]),))


def _conv(g: _GrowingGraph, name: str, source: str) -> Conv | None:
    r, (height, width, channels) = g.rng, g.shapes[source]
    groups = r.choice([d for d in range(1, channels + 1) if channels % d == 0])
    neurons = groups * r.randint(1, max(1, (4 if g.small else 9) // groups))
    kernel, dilation = (r.randint(1, 3), r.randint(1, 3)), (r.choice((1, 1, 2)), r.choice((1, 1, 2)))
    padding = (
        ((r.randint(0, 2), r.randint(0, 2)), (r.randint(0, 2), r.randint(0, 2))) if r.random() < 0.5 else NO_PADDING
    )
    extent = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    if extent[0] > height + sum(padding[0]) or extent[1] > width + sum(padding[1]):
        return None
    weights = g.integers(*kernel, channels // groups, neurons)
    stride = (r.choice((1, 1, 2, 3)), r.choice((1, 1, 2)))
    node = Conv(name, source, weights, g.integers(neurons), stride, dilation, padding, groups)
    if r.random() < 0.25:
        return Conv(
            name, source, weights, g.integers(*output_shape(node, g.shapes[source])), stride, dilation, padding, groups
        )
    return node


def _threshold(g: _GrowingGraph, name: str, source: str) -> Threshold | MultiThreshold:
    """Neurons of one threshold or, where the graph may have them, of several: rows sorted neuron by neuron."""
    steps = g.rng.randint(1, g.steps) if g.steps > 1 else 1
    fires = [_one_threshold(g, name, source).thresholds for _ in range(steps)]
    if steps == 1:
        return Threshold(name, source, fires[0])
    widest = max((row.shape for row in fires), key=len)
    rows = np.sort(np.stack([np.broadcast_to(row, widest) for row in fires]).astype(object), axis=0)
    return MultiThreshold(name, source, as_integers(rows))


def _one_threshold(g: _GrowingGraph, name: str, source: str) -> Threshold:
    """Entries that tie with a value of a tie frame, lie beside one, at the ends of the range, or far outside."""
    shape, (lo, hi), r = g.shapes[source], g.ranges[source], g.rng
    whole = r.random() < 0.3
    positions = list(np.ndindex(*(shape if whole else shape[-1:])))
    few = [r.randint(lo, hi) for _ in range(2)] if whole and r.random() < 0.5 else None
    flat = []
    for index in positions:
        matching = [(*lead, *index) for lead in ([()] if whole else [tuple(r.randrange(n) for n in shape[:-1])])]
        value = r.choice(g.values[source])[matching[0]]
        draws = (value, value, value + 1, value - 1, lo, hi, hi + 1, lo - 5, hi + 1000)
        flat.append(r.choice(few) if few else r.choice(draws))
    return Threshold(name, source, as_integers(_object_array(flat, shape if whole else shape[-1:])))


def _max_pool(g: _GrowingGraph, name: str, source: str) -> MaxPool | None:
    return _pool(MaxPool, g, name, source)


def _sum_pool(g: _GrowingGraph, name: str, source: str) -> SumPool | None:
    return _pool(SumPool, g, name, source)


def _pool(kind: type[Pool], g: _GrowingGraph, name: str, source: str) -> Pool | None:
    r, shape = g.rng, g.shapes[source]
    window = (r.randint(1, 3), r.randint(1, 3))
    padding = NO_PADDING
    if r.random() < 0.4:
        rows, columns = ((r.randint(0, w - 1), r.randint(0, w - 1)) for w in window)
        padding = (rows, columns)
    if any(window[a] > shape[a] + sum(padding[a]) for a in (0, 1)):
        return None
    return kind(name, source, window, (r.randint(1, 3), r.randint(1, 2)), padding)


def _weighted_sum(g: _GrowingGraph, name: str, source: str) -> WeightedSum:
    shape, r = g.shapes[source], g.rng
    same = [n for n in g.shapes if g.shapes[n] == shape]
    operands = (source, *(r.choice(same) for _ in range(r.randint(0, 2))))
    shapes = [shape if r.random() < 0.2 else shape[-1:] for _ in range(len(operands) + 1)]
    factors = [np.ones(s, dtype=np.int64) if r.random() < 0.4 else g.integers(*s) for s in shapes]
    return WeightedSum(
        name, operands, tuple(factors[1:]), g.integers(*shapes[0]) if r.random() < 0.5 else 0 * factors[0]
    )


def _reshape(g: _GrowingGraph, name: str, source: str) -> Reshape:
    size = prod(g.shapes[source])
    first = g.rng.choice([d for d in range(1, size + 1) if size % d == 0])
    second = g.rng.choice([d for d in range(1, size // first + 1) if (size // first) % d == 0])
    return Reshape(name, source, g.rng.choice(((first, second, size // first // second), (first, size // first))))


def _permute(g: _GrowingGraph, name: str, source: str) -> Permute:
    axes = list(range(len(g.shapes[source])))
    g.rng.shuffle(axes)
    return Permute(name, source, tuple(axes))


def _pad(g: _GrowingGraph, name: str, source: str) -> Pad:
    sides = [g.rng.choice((0, 1, 2, -1)) for _ in range(4)]
    return Pad(name, source, ((sides[0], sides[1]), (sides[2], sides[3])))


def _upsample(g: _GrowingGraph, name: str, source: str) -> Upsample:
    return Upsample(name, source, (g.rng.randint(1, 2), g.rng.randint(1, 3)))


def _concat(g: _GrowingGraph, name: str, source: str) -> Concat:
    shape = g.shapes[source]
    axis = g.rng.randrange(len(shape))
    rest = [
        n
        for n, s in g.shapes.items()
        if len(s) == len(shape) and s[:axis] + s[axis + 1 :] == shape[:axis] + shape[axis + 1 :]
    ]
    return Concat(name, tuple([source, *(g.rng.choice(rest) for _ in range(g.rng.randint(1, 2)))]), axis)


_FOR_MAPS = (
    _conv, _conv, _conv, _conv, _max_pool, _max_pool, _sum_pool, _sum_pool, _weighted_sum, _weighted_sum,
    _threshold, _flatten, _flatten, _reshape, _permute, _pad, _upsample, _concat,
)  # fmt: skip
_FOR_VECTORS = (_dense, _dense, _dense, _dense, _weighted_sum, _threshold, _concat, _reshape, _permute)
