"""What a step's outputs are by definition: weighted sums of the bits that come in, compared or as they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch

import numpy as np

from whetgen.layers.graph import Blend, Linear, Pool, Step, Tensor
from whetgen.targets.verilog.logic.cones import Tables
from whetgen.targets.verilog.logic.layers import window_indices


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
def claims_of(step: Step) -> list[Claim] | str:
    """A claim for each element of the result, or why there are none."""
    return "wiring, no logic of its own"


@claims_of.register
def _(step: Tables) -> str:
    return "neurons of six bits at most, one lookup table each"


def _claim(step: Step, element: int, pairs, level: int, fire: bool) -> Claim:
    terms: dict[int, int] = defaultdict(int)
    for index, factor in pairs:
        terms[int(index)] += int(factor)
    width = step.result.width
    return Claim(element * width, width, step.result.signed, fire, {i: f for i, f in terms.items() if f}, int(level))


@claims_of.register
def _(step: Linear) -> list[Claim]:
    levels = np.broadcast_to(step.levels, (step.geometry.positions, step.neurons))
    windows = window_indices(step.geometry).reshape(step.geometry.positions, -1)
    return [
        _claim(
            step,
            position * step.neurons + neuron,
            ((i, w) for i, w in zip(taps, step.weights[:, neuron], strict=True) if i >= 0),
            levels[position, neuron],
            step.fire,
        )
        for position, taps in enumerate(windows)
        for neuron in range(step.neurons)
    ]


@claims_of.register
def _(step: Pool) -> list[Claim] | str:
    if step.largest and (step.result.width > 1 or step.result.signed):
        return "the largest of words is no sum"
    windows = window_indices(step.geometry)
    return [
        _claim(
            step,
            position * step.geometry.channels + channel,
            ((i, 1) for i in taps[:, channel] if i >= 0),
            1 if step.largest else 0,
            step.largest,
        )
        for position, taps in enumerate(windows)
        for channel in range(step.geometry.channels)
    ]


@claims_of.register
def _(step: Blend) -> list[Claim]:
    count, period = step.result.count, len(step.levels)
    return [
        _claim(
            step,
            e,
            ((k * count + e, step.factors[k, e % period]) for k in range(len(step.sources))),
            step.levels[e % period],
            step.fire,
        )
        for e in range(count)
    ]
