"""Random NIR graphs of every node that the front end reads, written by nir itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod
from random import Random

import nir
import numpy as np

from whetgen.fuzz.recipe import ModelRecipe, arrays_of, weights

Shape = tuple[int, ...]


def random_nir_graph(recipe: ModelRecipe) -> nir.NIRGraph:
    """A chain of nodes, channels first, where now and then an edge leads past one."""
    draws = recipe.draws("input")
    growing = _GrowingNir(recipe, _input_shape(draws, recipe))
    growing.add("input", nir.Input(input_type=np.array(growing.shape)), growing.shape)
    for step in recipe.steps:
        own = recipe.draws(f"layer {step}")
        own.choice(_BY_RANK[len(growing.shape)])(growing, own, f"layer{step}")
        if own.random() < 0.6:
            own.choice((_if, _threshold))(growing, own, f"layer{step}_fire")
    growing.add("output", nir.Output(output_type=np.array(growing.shape)), growing.shape)
    return nir.NIRGraph(growing.nodes, growing.edges, type_check=False)  # which takes the channels of a group for all


def _input_shape(draws: Random, recipe: ModelRecipe) -> Shape:
    if draws.random() < 0.4:
        return (draws.randint(1, recipe.longest + 4),)
    longest = min(recipe.longest, 6)
    return (draws.randint(1, min(3, recipe.widest)), draws.randint(1, longest), draws.randint(1, longest))


@dataclass
class _GrowingNir:
    """A graph under construction; ``shape``: of what the next node reads."""

    recipe: ModelRecipe
    shape: Shape
    nodes: dict[str, nir.NIRNode] = field(default_factory=dict)
    edges: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, node: nir.NIRNode, shape: Shape) -> None:
        before = next(reversed(self.nodes), None)
        self.nodes[name] = node
        if before is not None:
            self.edges.append((before, name))
        self.shape = shape

    def weights(self, name: str, *shape: int) -> np.ndarray:
        return weights(arrays_of(self.recipe.draws(f"weights of {name}")), shape)


def _if(g: _GrowingNir, draws: Random, name: str) -> None:
    r = np.full(g.shape, draws.choice((1.0, 2.0, 0.5)))
    g.add(name, nir.IF(r=r, v_threshold=_level(g, draws, name)), g.shape)


def _threshold(g: _GrowingNir, draws: Random, name: str) -> None:
    g.add(name, nir.Threshold(_level(g, draws, name)), g.shape)


def _level(g: _GrowingNir, draws: Random, name: str) -> np.ndarray:
    """One threshold for all neurons, or one a channel."""
    channels = g.weights(name, g.shape[0]) if draws.random() < 0.5 else np.full(g.shape[0], draws.choice((0, 1, 2.5)))
    return np.broadcast_to(channels.reshape(-1, *(1 for _ in g.shape[1:])), g.shape).astype(np.float32)


def _affine(g: _GrowingNir, draws: Random, name: str) -> None:
    units = draws.randint(1, g.recipe.widest)
    kernel = g.weights(name, units, g.shape[0])
    bias = g.weights(f"{name} bias", units)
    g.add(name, nir.Affine(kernel, bias) if draws.random() < 0.7 else nir.Linear(kernel), (units,))


def _scale(g: _GrowingNir, draws: Random, name: str) -> None:
    g.add(name, nir.Scale(np.broadcast_to(g.weights(name, *g.shape), g.shape)), g.shape)


def _conv(g: _GrowingNir, draws: Random, name: str) -> None:
    channels, *places = g.shape
    groups = draws.choice([d for d in range(1, channels + 1) if channels % d == 0])
    units = groups * draws.randint(1, max(1, g.recipe.widest // groups))
    kernel, stride, dilation = (tuple(draws.randint(1, most) for _ in range(2)) for most in (3, 2, 2))
    padding = tuple(draws.randint(0, 1) for _ in range(2))
    spans = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    after = [(n + 2 * p - s) // t + 1 for n, p, s, t in zip(places, padding, spans, stride, strict=True)]
    if min(n + 2 * p - s for n, p, s in zip(places, padding, spans, strict=True)) < 0 or units * prod(after) > 300:
        return
    made = nir.Conv2d(
        input_shape=tuple(places), weight=g.weights(name, units, channels // groups, *kernel), stride=stride,
        padding=padding, dilation=dilation, groups=groups, bias=g.weights(f"{name} bias", units),
    )  # fmt: skip
    g.add(name, made, (units, *after))


def _pool(g: _GrowingNir, draws: Random, name: str) -> None:
    kernel, stride = (np.array([draws.randint(1, 2) for _ in range(2)]) for _ in range(2))
    padding = np.array([draws.randint(0, k - 1) for k in kernel])
    room = np.array(g.shape[1:]) + 2 * padding - kernel
    if room.min() < 0:
        return
    kind = draws.choice((nir.SumPool2d, nir.AvgPool2d))
    g.add(name, kind(kernel, stride, padding), (g.shape[0], *(int(n) for n in room // stride + 1)))


def _flatten(g: _GrowingNir, draws: Random, name: str) -> None:
    g.add(name, nir.Flatten({"input": np.array(g.shape)}, 0, -1), (prod(g.shape),))


def _residual(g: _GrowingNir, draws: Random, name: str) -> None:
    """Neurons whose spikes are added to what they read."""
    before = next(reversed(g.nodes))
    _threshold(g, draws, f"{name}_branch")
    g.add(name, nir.Scale(np.ones(g.shape)), g.shape)
    g.edges.append((before, name))


Make = Callable[[_GrowingNir, Random, str], None]
_BY_RANK: dict[int, tuple[Make, ...]] = {
    1: (_affine, _affine, _affine, _scale, _residual),
    3: (_conv, _conv, _conv, _pool, _pool, _flatten, _scale, _residual),
}
