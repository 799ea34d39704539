"""What a layer's outputs are by definition: weighted sums of the bits that come in, compared or as they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch

import numpy as np

from whetgen.layers import Blend, Layer, Linear, Pool, Tensor, window_indices
from whetgen.targets.verilog.logic.cones import Tables


@dataclass(frozen=True)
class Word:
    """An element of the input: the number of its lowest net, its bits and its range."""

    net: int
    width: int
    lo: int
    hi: int

    def bits(self, factor: int) -> Iterator[tuple[int, int]]:
        """(net, coefficient) of ``factor`` times the element, in two's complement where it is signed."""
        for k in range(self.width):
            yield self.net + k, -factor << k if self.lo < 0 and k == self.width - 1 else factor << k


@dataclass(frozen=True)
class Claim:
    """``total = sum(terms) >= level`` is the bit at ``first``, or ``total + level`` the ``width`` bits from there.

    ``terms``: factor by the index of the input element.
    """

    first: int
    width: int
    signed: bool
    fire: bool
    terms: Mapping[int, int]
    level: int

    def holds(self, elements: Sequence[int], y: Sequence[int]) -> bool:
        """Whether y has the bits that it should have."""
        total = sum(factor * int(elements[i]) for i, factor in self.terms.items())
        wanted = int(total >= self.level) if self.fire else (total + self.level) % (1 << self.width)
        return wanted == sum(y[self.first + k] << k for k in range(self.width))


def words_of(sources: Sequence[Tensor]) -> list[Word]:
    """The elements of a layer's input, in the order of x."""
    found, net = [], 1
    for tensor in sources:
        for _ in range(tensor.count):
            found.append(Word(net, tensor.width, tensor.lo, tensor.hi))
            net += tensor.width
    return found


@singledispatch
def claims_of(layer: Layer) -> list[Claim] | str:
    """A claim for each element of the result, or why there are none."""
    return "wiring, no logic of its own"


@claims_of.register
def _(layer: Tables) -> str:
    return "neurons of six bits at most, one lookup table each"


def _claim(layer: Layer, element: int, pairs, level: int, fire: bool) -> Claim:
    terms: dict[int, int] = defaultdict(int)
    for index, factor in pairs:
        terms[int(index)] += int(factor)
    width = layer.result.width
    return Claim(element * width, width, layer.result.signed, fire, {i: f for i, f in terms.items() if f}, int(level))


@claims_of.register
def _(layer: Linear) -> list[Claim]:
    levels = np.broadcast_to(layer.levels, (layer.window.positions, layer.neurons))
    windows = window_indices(layer.window).reshape(layer.window.positions, -1)
    return [
        _claim(
            layer,
            position * layer.neurons + neuron,
            ((i, w) for i, w in zip(taps, layer.weights[:, neuron], strict=True) if i >= 0),
            levels[position, neuron],
            layer.fire,
        )
        for position, taps in enumerate(windows)
        for neuron in range(layer.neurons)
    ]


@claims_of.register
def _(layer: Pool) -> list[Claim] | str:
    if layer.largest and (layer.result.width > 1 or layer.result.signed):
        return "the largest of words is no sum"
    windows = window_indices(layer.window)
    return [
        _claim(
            layer,
            position * layer.window.channels + channel,
            ((i, 1) for i in taps[:, channel] if i >= 0),
            1 if layer.largest else 0,
            layer.largest,
        )
        for position, taps in enumerate(windows)
        for channel in range(layer.window.channels)
    ]


@claims_of.register
def _(layer: Blend) -> list[Claim]:
    count, period = layer.result.count, layer.period
    return [
        _claim(
            layer,
            e,
            ((k * count + e, layer.factor_table[k, e % period]) for k in range(len(layer.sources))),
            layer.level_table[e % period],
            layer.fire,
        )
        for e in range(count)
    ]
