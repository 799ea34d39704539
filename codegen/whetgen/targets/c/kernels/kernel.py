"""What every kernel family is given, a ``Job``, and what it offers, ``Candidate``s of kernel calls."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from whetgen.layers import Layer, Linear, Move, Pool, Window
from whetgen.targets.c.arrays import ConstArray, Rows, share_rows
from whetgen.targets.c.elements import Elements
from whetgen.targets.c.mcus import Mcu
from whetgen.targets.c.rates import Rate
from whetgen.targets.c.records import Record, record
from whetgen.targets.c.storage import ONE_MAP, BitMaps, Storage
from whetgen.targets.c.windows import FIELD_LIMIT, numbers_of

BIT, BYTE = Elements("WG_BIT"), Elements("WG_U8")
_NARROW = ("WG_U8", "WG_I8", "WG_I16", "WG_I32")


@dataclass(frozen=True, kw_only=True)
class KernelCall:
    """A call of ``function`` of the runtime, before its tensors have places in memory.

    ``name``: of the record in C; ``title``: of the layer, for people; ``sources``, ``result``: names of tensors, no
    result: the whole output; ``map``: which of the maps of bits that they have; ``scratch_bytes``: of memory while it
    runs; ``cycles``: estimated; ``even``: it takes the same instructions for any data.
    """

    name: str
    title: str
    function: str
    record: Record
    sources: tuple[str, ...]
    result: str
    map: int = 0
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
    def source_maps(self) -> BitMaps:
        """Of the (first) source."""
        return self.storage.maps.get(self.layer.sources[0].name, ONE_MAP)

    @property
    def result_maps(self) -> BitMaps:
        return self.storage.maps.get(self.layer.result.name, ONE_MAP)

    @cached_property
    def levels(self) -> Rows:
        """Thresholds or biases of a sum, equal rows once; of several thresholds the highest."""
        rows = self._all_levels
        return replace(rows, values=rows.values[:, : self.layer.result.shape[-1]])

    @cached_property
    def falls(self) -> np.ndarray:
        """(rows, thresholds - 1, neurons) of Python integers: how much lower than the one above each further threshold is."""
        values = self._all_levels.values
        falls: np.ndarray = -np.diff(values.reshape(len(values), -1, self.layer.result.shape[-1]), axis=1)
        return falls

    @cached_property
    def _all_levels(self) -> Rows:
        """Thresholds of a neuron one behind the other, the highest first."""
        layer = self.layer
        if isinstance(layer, Move) or layer.levels is None:
            raise TypeError(f"'{layer.name}' has neither thresholds nor biases")
        return share_rows(
            np.concatenate([*reversed(layer.higher), layer.levels], axis=1) if layer.higher else layer.levels
        )

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

    def fast(self, source: Elements) -> Linear | None:
        """The layer, if fast kernels may compute it: sums over elements of kind ``source`` without groups, weights of 64
        bits at most, spikes or integers of 32 bits at most as the result, and numbers that fit their records."""
        layer = self.layer
        if not isinstance(layer, Linear) or layer.window.groups != 1 or layer.weights.dtype == object:
            return None
        fits = max(*numbers_of(layer.window).values(), *layer.weights.shape) < FIELD_LIMIT - 1
        writes = self.result == BIT if layer.fire else self.result.kind in _NARROW
        return layer if fits and writes and self.source == source else None

    @property
    def whole(self) -> bool:
        """Whether every neuron reads the whole source."""
        return isinstance(self.layer, Linear) and self.layer.window == Window.whole(len(self.layer.weights))

    def call(
        self, function: str, record: Record, *, cycles: float, scratch_bytes: int = 0, even: bool = False, map: int = 0
    ) -> KernelCall:
        """A call that reads the layer's sources and writes its result, or that map of both."""
        return KernelCall(
            name=f"{self.name}_map{map + 1}" if map else self.name,
            title=self.title,
            function=function,
            record=record,
            sources=tuple(tensor.name for tensor in self.layer.sources),
            result=self.layer.result.name,
            map=map,
            scratch_bytes=scratch_bytes,
            cycles=cycles,
            even=even,
        )

    def mapped(self, label: str, *calls: KernelCall) -> Candidate:
        """The candidate of calls that write the result, map by map where it has several, which then become binary if they shall."""
        maps, name = self.result_maps, self.layer.result.name
        if maps.binary:
            size = self.storage.map_bytes(name)
            made = record("wg_binary_maps_layer", map_bytes=size, maps=maps.count)
            last = self.call("wg_binary_maps", made, cycles=size * 10.0 + self.mcu.call, even=True)
            calls = (*calls, replace(last, name=f"{self.name}_binary", sources=(name,)))
        return Candidate(label, calls)

    def candidate(
        self, label: str, function: str, record: Record, *, cycles: float, scratch_bytes: int = 0, even: bool = False
    ) -> Candidate:
        """The candidate of one call."""
        return Candidate(label, (self.call(function, record, cycles=cycles, scratch_bytes=scratch_bytes, even=even),))
