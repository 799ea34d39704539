"""What every kernel family is given, a ``Job``, and what it offers, ``Candidate``s of kernel calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from whetgen.layers import Layer, Linear, Move, Pool, Window
from whetgen.targets.c.arrays import ConstArray, Rows, share_rows
from whetgen.targets.c.elements import Elements
from whetgen.targets.c.mcus import Mcu
from whetgen.targets.c.rates import Rate
from whetgen.targets.c.records import Record
from whetgen.targets.c.storage import Storage
from whetgen.targets.c.windows import FIELD_LIMIT, numbers_of

BIT, BYTE = Elements("WG_BIT"), Elements("WG_U8")
_NARROW = ("WG_U8", "WG_I8", "WG_I16", "WG_I32")


@dataclass(frozen=True)
class Part:
    """A tensor by its name, or one of the maps that hold its bits."""

    tensor: str
    map: int = 0


@dataclass(frozen=True, kw_only=True)
class KernelCall:
    """A call of ``function`` of the runtime, before its tensors have places in memory.

    ``name``: of the record in C; ``title``: of the layer, for people; no ``result``: the whole output; ``scratch_bytes``:
    of memory while it runs; ``cycles``: estimated; ``even``: it takes the same instructions for any data.
    """

    name: str
    title: str
    function: str
    record: Record
    sources: tuple[Part, ...]
    result: Part | None
    scratch_bytes: int = 0
    cycles: float = 0.0
    even: bool = False

    @property
    def arrays(self) -> tuple[ConstArray, ...]:
        return self.record.arrays

    @property
    def array_bytes(self) -> int:
        return sum(array.bytes for array in self.arrays)

    @property
    def units(self) -> tuple[str, ...]:
        """Functions of the runtime that it needs; each has a source file of its name."""
        return (self.function, *self.record.functions)


@dataclass(frozen=True)
class Candidate:
    """A way to compute a layer: calls one after the other.

    ``label``: the kernel's name for people; ``pools``: the result is that of the pool behind the layer.
    """

    label: str
    calls: tuple[KernelCall, ...]
    pools: bool = False

    @property
    def cycles(self) -> float:
        return sum(call.cycles for call in self.calls)

    @property
    def array_bytes(self) -> int:
        return sum(call.array_bytes for call in self.calls)

    @property
    def scratch_bytes(self) -> int:
        return max(call.scratch_bytes for call in self.calls)

    def then(self, other: Candidate) -> Candidate:
        return replace(self, calls=(*self.calls, *other.calls))


@dataclass(frozen=True, kw_only=True)
class Job:
    """A layer that needs a kernel.

    ``pool``: the largest-of-a-window layer that alone reads the result; ``name``: the layer's in C; ``rate``: how often
    the elements of the source are not 0; ``constant_time``: kernels that can shall take the same instructions for any data.
    """

    layer: Layer
    pool: Pool | None
    name: str
    storage: Storage
    rate: Rate
    mcu: Mcu
    constant_time: bool = False

    @property
    def source(self) -> Elements:
        return self.storage.elements(self.layer.sources[0].name)

    @property
    def result(self) -> Elements:
        return self.storage.elements(self.layer.result.name)

    @property
    def several(self) -> bool:
        """Whether elements of the (first) source or of the result have several maps of bits, or neurons several thresholds."""
        layer = self.layer
        return self.source.maps > 1 or self.result.maps > 1 or (not isinstance(layer, Move) and layer.higher != ())

    @cached_property
    def levels(self) -> Rows:
        """Thresholds or biases of a sum, equal rows once; of several thresholds the one that a search begins with."""
        return replace(self.all_levels, values=self._levels_by_number[:, _first(self._levels_by_number.shape[1]) - 1])

    @cached_property
    def nodes(self) -> np.ndarray:
        """(rows, nodes, neurons) of Python integers: by how much thresholds that a search goes on with are higher than ``levels``."""
        levels = self._levels_by_number
        order = [number - 1 for numbers in searched(levels.shape[1]) for number in numbers]
        nodes: np.ndarray = levels[:, order] - self.levels.values[:, None]
        return nodes

    @property
    def search_steps(self) -> Iterator[slice]:
        """Which ``nodes`` each step of a search chooses among."""
        at = 0
        for numbers in searched(self._levels_by_number.shape[1]):
            yield slice(at, at := at + len(numbers))

    @cached_property
    def all_levels(self) -> Rows:
        """Thresholds of a neuron one behind the other, ascending, or biases; equal rows once."""
        layer = self.layer
        if isinstance(layer, Move) or layer.levels is None:
            raise TypeError(f"'{layer.name}' has neither thresholds nor biases")
        return share_rows(np.concatenate([layer.levels, *layer.higher], axis=1) if layer.higher else layer.levels)

    @property
    def _levels_by_number(self) -> np.ndarray:
        """(rows, thresholds, neurons)"""
        values = self.all_levels.values
        return values.reshape(len(values), -1, self.layer.result.shape[-1])

    @property
    def of(self) -> str:
        """For comments: whose arrays they are."""
        return f"of '{self.layer.name}'"

    @property
    def title(self) -> str:
        layer = self.layer
        names = dict.fromkeys((layer.name, layer.result.name))
        shapes = ("x".join(map(str, tensor.shape)) for tensor in (layer.sources[0], layer.result))
        return f"{' + '.join(names)}: {layer.kind}, {' -> '.join(shapes)}"

    def fast(self, *kinds: str) -> Linear | None:
        """The layer, if fast kernels may compute it: sums over elements of one of these kinds without groups, weights of 64
        bits at most, bits or integers of 32 bits at most as the result, and numbers that fit their records."""
        layer = self.layer
        if not isinstance(layer, Linear) or layer.window.groups != 1 or layer.weights.dtype == object:
            return None
        fits = max(*numbers_of(layer.window).values(), *layer.weights.shape) < FIELD_LIMIT - 1
        numbers = self.result.kind in _NARROW and (not layer.fire or layer.higher != ())
        writes = numbers or (self.result.kind == "WG_BIT" and layer.fire)
        return layer if fits and writes and self.source.kind in kinds else None

    def fast_one_bit(self) -> Linear | None:
        """The same for spikes out of spikes, or sums, without several maps of bits or thresholds."""
        return None if self.several else self.fast("WG_BIT")

    @property
    def whole(self) -> bool:
        """Whether every neuron reads the whole source."""
        return isinstance(self.layer, Linear) and self.layer.window == Window.whole(len(self.layer.weights))

    def call(
        self, function: str, record: Record, *, cycles: float, scratch_bytes: int = 0, even: bool = False
    ) -> KernelCall:
        """A call that reads the layer's sources and writes its result."""
        return KernelCall(
            name=self.name,
            title=self.title,
            function=function,
            record=record,
            sources=tuple(Part(tensor.name) for tensor in self.layer.sources),
            result=Part(self.layer.result.name),
            scratch_bytes=scratch_bytes,
            cycles=cycles,
            even=even,
        )

    def candidate(
        self, label: str, function: str, record: Record, *, cycles: float, scratch_bytes: int = 0, even: bool = False
    ) -> Candidate:
        """The candidate of one call."""
        return Candidate(label, (self.call(function, record, cycles=cycles, scratch_bytes=scratch_bytes, even=even),))


def searched(thresholds: int) -> list[list[int]]:
    """Numbers, from 1, of the thresholds among which each step of a search for the bits of a value chooses (``wg_staircase.h``).

    The last one also stands where there is none.
    """
    end = 2 * _first(thresholds)
    steps = [_first(thresholds) >> k for k in range(1, thresholds.bit_length())]
    return [[min(number, thresholds) for number in range(step, end, 2 * step)] for step in steps]


def _first(thresholds: int) -> int:
    """Number of the threshold that a search begins with."""
    return 1 << (thresholds.bit_length() - 1)
