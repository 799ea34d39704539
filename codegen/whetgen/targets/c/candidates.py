"""All ways to compute one node: the general kernels, and the fast ones that take it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from whetgen.ir.nodes import Concat, Conv, Dense, Input, MaxPool, Node, Pad, Permute, Threshold, Upsample
from whetgen.targets.c.drafts import draft_node, linear_proof, linear_sums, node_title, node_window, result_name
from whetgen.targets.c.lanes import draft_lanes, draft_values
from whetgen.targets.c.linear import Linear, as_linear, dense_window
from whetgen.targets.c.mcus import Mcu
from whetgen.targets.c.planes import draft_planes
from whetgen.targets.c.popcount import draft_popcount
from whetgen.targets.c.rates import Rate
from whetgen.targets.c.records import BinariseRecord, Draft
from whetgen.targets.c.storage import Elements
from whetgen.targets.c.tensors import Tensors
from whetgen.targets.c.walk import draft_walk
from whetgen.targets.c.window_table import draft_window_table

_BIT = Elements("WG_BIT")
_BYTE = Elements("WG_U8")
_MOVES = (Concat, Pad, Permute, Upsample)
_NARROW = ("WG_U8", "WG_I8", "WG_I16", "WG_I32")


@dataclass(frozen=True)
class Candidate:
    """Kernel calls that compute one node, or a convolution and the pool behind it."""

    label: str
    drafts: tuple[Draft, ...]

    @property
    def cycles(self) -> float:
        return sum(draft.cycles for draft in self.drafts)

    @property
    def table_bytes(self) -> int:
        return sum(draft.table_bytes for draft in self.drafts)

    @property
    def scratch(self) -> int:
        return max((draft.sum_bytes for draft in self.drafts), default=0)


@dataclass(frozen=True)
class Planned:
    """What the candidates of one network depend on. ``rates``: by the name of the reader."""

    tensors: Tensors
    rates: dict[str, Rate]
    mcu: Mcu


def pooled(node: Node, tensors: Tensors) -> MaxPool | None:
    """The MaxPool that alone reads the spikes of a convolution."""
    graph, spikes = tensors.graph, tensors.fused.get(node.name)
    if not isinstance(node, Conv) or spikes is None or spikes.name in graph.read_by_output:
        return None
    readers = graph.readers[spikes.name]
    return readers[0] if len(readers) == 1 and isinstance(readers[0], MaxPool) else None


def candidates(node: Node, names: tuple[str, ...], planned: Planned) -> tuple[Candidate, ...]:
    """At least one, the general kernel first; none for nodes that cost nothing.

    ``names``: C identifiers of the node and, where there is one, of the pool behind it.
    """
    tensors = planned.tensors
    general = draft_node(node, names[0], tensors)
    if not general:
        return ()
    found = [_general(node, general, planned)]
    found += [Candidate(d.label, (_placed(d, node, tensors),)) for d in _fast(node, names[0], planned)]
    pool = pooled(node, tensors)
    if pool is None:
        return tuple(found)
    (second,) = candidates(pool, names[1:], planned)
    both = [Candidate(c.label, (*c.drafts, *second.drafts)) for c in found]
    linear = _linear(node, tensors)
    together = (
        draft_window_table(linear, names[0], pool, planned.mcu) if _spikes_in_and_out(node, tensors, linear) else ()
    )
    return tuple(both + [Candidate(d.label, (_placed(d, node, tensors, pool),)) for d in together])


def _general(node: Node, drafts: tuple[Draft, ...], planned: Planned) -> Candidate:
    cycles = _general_cycles(node, planned) / len(drafts)
    return Candidate("general", tuple(replace(draft, cycles=cycles) for draft in drafts))


def _placed(draft: Draft, node: Node, tensors: Tensors, pool: MaxPool | None = None) -> Draft:
    title = node_title(node, tensors) + (f", and {pool.name}" if pool else "")
    return replace(draft, title=title, sources=node.sources, result=pool.name if pool else result_name(node, tensors))


def _fast(node: Node, name: str, planned: Planned) -> Iterator[Draft]:
    if isinstance(node, Threshold):
        yield from _binarise(node, name, planned)
    linear = _linear(node, planned.tensors)
    if linear is None:
        return
    source, result = (
        planned.tensors.elements(node.sources[0]),
        planned.tensors.elements(result_name(node, planned.tensors)),
    )
    if not (result == _BIT if linear.fire else result.kind in _NARROW):
        return
    rate, mcu = planned.rates[node.name], planned.mcu
    if source == _BIT:
        yield from draft_planes(linear, name, result, rate.single, mcu)
        yield from draft_lanes(linear, name, result, rate, mcu)
        if mcu.word_bits == 32:
            yield from draft_walk(linear, name, result, rate.single, mcu)
        yield from draft_popcount(linear, name, linear_sums(node, name, planned.tensors), mcu, rate.frames)
        yield from draft_window_table(linear, name, None, mcu)
    elif source == _BYTE:
        yield from draft_values(linear, name, result, rate.single, mcu)


def _linear(node: Node, tensors: Tensors) -> Linear | None:
    if not isinstance(node, Dense | Conv):
        return None
    inputs = node.weights.shape[0]
    window = node_window(node, tensors) if isinstance(node, Conv) else dense_window(inputs)
    return as_linear(node, window, tensors.fused.get(node.name), linear_proof(node, tensors))


def _spikes_in_and_out(node: Node, tensors: Tensors, linear: Linear | None) -> bool:
    return (
        linear is not None and tensors.elements(node.sources[0]) == tensors.elements(result_name(node, tensors)) == _BIT
    )


def _binarise(node: Threshold, name: str, planned: Planned) -> Iterator[Draft]:
    """Bytes against one threshold."""
    tensors = planned.tensors
    levels = np.unique(node.thresholds)
    if tensors.elements(node.source) != _BYTE or tensors.elements(node.name) != _BIT:
        return
    if len(levels) == 1 and 1 <= levels[0] <= 255:
        count = tensors.length(node.name)
        function = "wg_binarise_half" if levels[0] == 128 else "wg_binarise"
        cycles = count * planned.mcu.scan_byte + planned.mcu.call
        yield Draft(
            "binarise",
            name,
            "",
            function,
            BinariseRecord(count, int(levels[0])),
            (),
            "",
            cycles=cycles,
            label="binarise",
        )


def _general_cycles(node: Node, planned: Planned) -> float:
    """The general kernels decide at run time what each element is, which costs about 40 instructions on a Cortex-M4."""
    graph, mcu = planned.tensors.graph, planned.mcu
    count = prod(graph.shapes[node.name])
    if isinstance(node, Input):
        return 0.0
    if isinstance(node, _MOVES):
        return mcu.move * count
    if not isinstance(node, Dense | Conv):
        return mcu.general * 40.0 * count
    inputs, neurons = prod(node.weights.shape[:-1]), node.weights.shape[-1]
    positions = prod(graph.shapes[node.name][:-1])
    rate = planned.rates[node.name].single
    return mcu.general * (40.0 * count + positions * (300.0 + inputs * (12.0 + rate * neurons * 6.0)))
