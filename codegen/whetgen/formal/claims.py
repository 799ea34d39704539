"""What a layer's outputs are by definition: weighted sums of the bits that come in, compared or as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from whetgen.layers import Move, Tensor
from whetgen.layers.meaning import Neuron, neurons
from whetgen.targets.verilog.logic.lookup_tables import LogicLayer, LookupTables


@dataclass(frozen=True)
class Element:
    """An element of the input: the number of its lowest net, its bits and its range."""

    net: int
    width: int
    lo: int
    hi: int

    def bits(self, factor: int) -> Iterator[tuple[int, int]]:
        """(net, coefficient) of ``factor`` times the element, in two's complement where it is signed."""
        for k in range(self.width):
            yield self.net + k, -factor << k if self.lo < 0 and k == self.width - 1 else factor << k


@dataclass(frozen=True, kw_only=True)
class Claim(Neuron):
    """The neuron's value, spike, number of thresholds or sum, is the ``width`` bits from ``first`` on."""

    first: int
    width: int
    signed: bool

    def holds(self, elements: Sequence[int], y: Sequence[int]) -> bool:
        """Whether y has the bits that it should have."""
        return self.value(elements) % (1 << self.width) == sum(y[self.first + k] << k for k in range(self.width))


def elements_of(sources: Sequence[Tensor]) -> list[Element]:
    """The elements of a layer's input, in the order of x."""
    found, net = [], 1
    for tensor in sources:
        for _ in range(tensor.count):
            found.append(Element(net, tensor.width, tensor.lo, tensor.hi))
            net += tensor.width
    return found


def claims_of(layer: LogicLayer) -> list[Claim] | str:
    """A claim for each element of the result, or why there are none."""
    if isinstance(layer, LookupTables):
        return "neurons of six bits at most, one lookup table each"
    if isinstance(layer, Move):
        return "wiring, no logic of its own"
    found, width = neurons(layer), layer.result.width
    if found is None:
        return "the largest of words is no sum"
    return [
        Claim(**vars(neuron), first=number * width, width=width, signed=layer.result.signed)
        for number, neuron in enumerate(found)
    ]
