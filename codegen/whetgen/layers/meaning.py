"""What a layer computes by definition: each element of its result as a weighted sum.

Proofs and tests hold the targets' circuits and kernels against it; nothing is generated from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch

import numpy as np

from whetgen.layers.layer import Blend, Linear, Move, Pool
from whetgen.layers.window import window_indices


@dataclass(frozen=True, kw_only=True)
class Neuron:
    """An element of a result: how many of ``level`` and ``higher`` the sum of ``terms`` reaches, or unfired the sum and ``level``.

    ``terms``: factor, not 0, by the number of an element of the sources, one after the other.
    """

    terms: Mapping[int, int]
    level: int
    fire: bool
    higher: tuple[int, ...] = ()

    @property
    def levels(self) -> tuple[int, ...]:
        """All thresholds of a neuron that fires, ascending."""
        return (self.level, *self.higher)

    def value(self, elements: Sequence[int]) -> int:
        """Of the sources' ``elements``."""
        total = sum(factor * int(elements[i]) for i, factor in self.terms.items())
        return sum(total >= level for level in self.levels) if self.fire else total + self.level


@singledispatch
def neurons(layer: object) -> list[Neuron] | None:
    """A neuron for each element of the layer's result, None where they are no sums: the largest of words."""
    raise TypeError(f"no meaning of {type(layer).__name__}")


def _neuron(pairs: Iterable[tuple[int, int]], levels: Iterable[int], fire: bool) -> Neuron:
    """``pairs``: (number, factor); number -1 is a zero of the padding."""
    terms: dict[int, int] = defaultdict(int)
    for number, factor in pairs:
        terms[int(number)] += int(factor)
    level, *higher = map(int, levels)
    return Neuron(terms={i: f for i, f in terms.items() if f and i >= 0}, level=level, fire=fire, higher=tuple(higher))


def _levels(rows: Sequence[np.ndarray], shape: tuple[int, int]) -> np.ndarray:
    """(positions, channels, thresholds of a neuron)"""
    return np.stack([np.broadcast_to(row, shape) for row in rows], axis=-1)


@neurons.register
def _(layer: Linear) -> list[Neuron]:
    positions, groups = layer.window.positions, layer.window.groups
    levels = _levels((layer.levels, *layer.higher), (positions, layer.neurons))
    reads = window_indices(layer.window).reshape(positions, layer.window.taps, groups, -1)
    return [
        _neuron(zip(taps[:, n * groups // layer.neurons].reshape(-1), weights, strict=True), levels[p, n], layer.fire)
        for p, taps in enumerate(reads)
        for n, weights in enumerate(layer.weights.T)
    ]


@neurons.register
def _(layer: Pool) -> list[Neuron] | None:
    bits = layer.result.width == 1 and not layer.result.signed
    if layer.largest and not bits:
        return None
    unfired = 1 if layer.largest else 0  # the largest of bits is whether one of them is 1
    lowest = np.full((1, 1), unfired) if layer.levels is None else layer.levels
    levels = _levels((lowest, *layer.higher), (layer.window.positions, layer.window.channels))
    return [
        _neuron(((i, 1) for i in taps[:, c]), levels[p, c], layer.fire or layer.largest)
        for p, taps in enumerate(window_indices(layer.window))
        for c in range(layer.window.channels)
    ]


@neurons.register
def _(layer: Blend) -> list[Neuron]:
    count, period = layer.result.count, layer.period
    factors, levels = layer.factor_table, np.stack([layer.level_table, *layer.higher_tables], axis=-1)
    return [
        _neuron(((k * count + e, f) for k, f in enumerate(factors[:, e % period])), levels[e % period], layer.fire)
        for e in range(count)
    ]


@neurons.register
def _(layer: Move) -> list[Neuron]:
    return [_neuron([(index, 1)], [0], False) for index in layer.indices]
