"""Neurons that depend on six bits at most, through whatever stands in between, as one lookup table each.

::

    x -> [sum = A x] -> [turns = sum >= a] -> [y = B turns >= b]        =>        x -> [y = table of up to six bits of x]

Forward: each element's *cone*, the few bits that decide it and its value for every pattern of them; the elements of a layer that depend
on more bits are leaves for what follows, and so are those that a layer reads where it has few bits only then. Backward: what is needed is a table where its cone allows it, and layers that nobody needs go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import singledispatch

import numpy as np

from whetgen.layers import Blend, Layer, LayerGraph, Linear, Move, Tensor, window_indices
from whetgen.targets.verilog.logic.circuit import MAX_TABLE_INPUTS
from whetgen.wording import counted


@dataclass(frozen=True, eq=False)
class LookupTables:
    """Neuron n is bit ``i`` of ``truths[n]``, i being the number that its ``reads[n]`` make, the first the lowest bit.

    ``reads``: bits of the ``sources``, these one after the other.
    """

    name: str
    sources: tuple[Tensor, ...]
    result: Tensor
    reads: tuple[tuple[int, ...], ...]
    truths: tuple[int, ...]

    @property
    def summary(self) -> str:
        return counted(self.result.count, "lookup table")


LogicLayer = Layer | LookupTables


@dataclass(frozen=True, eq=False)
class LogicGraph:
    """A layer graph of which some layers are lookup tables."""

    input: Tensor
    layers: tuple[LogicLayer, ...]
    outputs: tuple[Tensor, ...]


@dataclass(frozen=True, eq=False)
class Cone:
    """``values[i]`` where the ``bits``, (tensor, number of the bit), make the number i, the first the lowest."""

    bits: tuple[tuple[str, int], ...]
    values: tuple[int, ...]


def with_lookup_tables(graph: LayerGraph) -> LogicGraph:
    """The same network with neurons of few bits as tables."""
    cones = {graph.input.name: _leaves(graph.input)}
    tabled: dict[str, list[Cone]] = {}
    for layer in graph.layers:
        found = _closed(_cones(layer, lambda tensor: cones[tensor.name])) or _closed(_cones(layer, _leaves))
        cones[layer.result.name] = _leaves(layer.result) if found is None else list(found)
        if found is not None and layer.result.width == 1 and not layer.result.signed:
            tabled[layer.result.name] = found
    tensors = {t.name: t for t in graph.tensors}
    needed = {t.name for t in graph.outputs}
    kept: list[LogicLayer] = []
    for layer in reversed(graph.layers):
        name = layer.result.name
        if name in needed:
            kept.append(_lookup_tables(layer, tabled[name], tensors) if name in tabled else layer)
            needed |= {t.name for t in kept[-1].sources}
    return LogicGraph(graph.input, tuple(reversed(kept)), graph.outputs)


def _closed(cones: list[Cone | None] | None) -> list[Cone] | None:
    """The cones where every element has one."""
    found = [cone for cone in cones or [] if cone is not None]
    return found if cones is not None and len(found) == len(cones) else None


Known = Callable[[Tensor], list[Cone | None]]


def _leaves(tensor: Tensor) -> list[Cone | None]:
    """Each element as its own bits; None where these are too many."""
    if tensor.width > MAX_TABLE_INPUTS:
        return [None] * tensor.count
    sign = 1 << (tensor.width - 1) if tensor.signed else 0
    values = tuple((i ^ sign) - sign for i in range(1 << tensor.width))
    return [
        Cone(tuple((tensor.name, e * tensor.width + k) for k in range(tensor.width)), values)
        for e in range(tensor.count)
    ]


@singledispatch
def _cones(layer: Layer, known: Known) -> list[Cone | None] | None:
    """A cone for each element of the result; None where an element, or the whole kind of layer, has none."""
    return None


@_cones.register
def _(layer: Linear, known: Known) -> list[Cone | None] | None:
    sources, window = [*known(layer.source), Cone((), (0,))], layer.window  # the last for the padding, number -1
    places = window_indices(window).reshape(window.positions, window.taps, window.groups, -1)
    found: list[Cone | None] = []
    for position, neuron in np.ndindex(window.positions, layer.neurons):
        reads = np.flatnonzero(layer.weights[:, neuron])
        if len(reads) > 1 << MAX_TABLE_INPUTS:
            return None
        elements = places[position, :, neuron * window.groups // layer.neurons].reshape(-1)[reads]
        rows = [row[position if len(row) > 1 else 0, neuron] for row in (layer.levels, *layer.higher)]
        operands, factors = [sources[e] for e in elements], layer.weights[reads, neuron].tolist()
        cone = _combined(operands, factors, [int(level) for level in rows], layer.fire)
        if cone is None:
            return None
        found.append(cone)
    return found


@_cones.register
def _(layer: Blend, known: Known) -> list[Cone | None] | None:
    sources, period = [known(t) for t in layer.sources], layer.period
    return [
        _combined(
            [s[e] for s in sources],
            layer.factor_table[:, e % period].tolist(),
            [int(row[e % period]) for row in (layer.level_table, *layer.higher_tables)],
            layer.fire,
        )
        for e in range(layer.result.count)
    ]


@_cones.register
def _(layer: Move, known: Known) -> list[Cone | None] | None:
    joined = [cone for tensor in layer.sources for cone in known(tensor)]
    return [joined[i] if i >= 0 else Cone((), (0,)) for i in layer.indices]


def _combined(
    operands: Sequence[Cone | None], factors: Sequence[int], levels: Sequence[int], fire: bool
) -> Cone | None:
    """The cone of a weighted sum, compared with the levels or raised by the one."""
    needed = [(cone, int(f)) for cone, f in zip(operands, factors, strict=True) if f]
    used = [(cone, f) for cone, f in needed if cone is not None]
    if len(used) < len(needed):
        return None
    bits = tuple(sorted({bit for cone, _ in used for bit in cone.bits}))
    if len(bits) > MAX_TABLE_INPUTS:
        return None
    totals = [0] * (1 << len(bits))
    for cone, factor in used:
        places = [bits.index(bit) for bit in cone.bits]
        for i in range(len(totals)):
            totals[i] += factor * cone.values[sum((i >> place & 1) << k for k, place in enumerate(places))]
    return Cone(bits, tuple(sum(t >= level for level in levels) if fire else t + levels[0] for t in totals))


def _lookup_tables(layer: Layer, cones: Iterable[Cone], tensors: dict[str, Tensor]) -> LookupTables:
    names = sorted({name for cone in cones for name, _ in cone.bits}) or [layer.sources[0].name]
    sources = tuple(tensors[name] for name in names)
    start: dict[str, int] = {}
    at = 0
    for tensor in sources:
        start[tensor.name], at = at, at + tensor.bits
    reads = tuple(tuple(start[name] + bit for name, bit in cone.bits) for cone in cones)
    truths = tuple(sum(value << i for i, value in enumerate(cone.values)) for cone in cones)
    return LookupTables(layer.name, sources, layer.result, reads, truths)
