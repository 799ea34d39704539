"""Sums side by side in 32-bit words: lanes of 8, 16 or 32 bits (``wg_lanes.h``).

A lane starts at half of its range minus the threshold (or plus the bias). Words are added modulo 2^32, so only what a lane
holds at the end must lie inside it, and the proved range of the sum says whether it does. Small weights are stored in
narrower lanes than their sums, which hold a few rows before they are widened to lanes of 16 bits (``wg_widen.h``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from whetgen.layers import Linear
from whetgen.targets.c.arrays import ConstArray, numbers, packed, span
from whetgen.targets.c.kernels.event import event_sums, gather, gathering, reach, start_levels, with_maps, with_zeros
from whetgen.targets.c.kernels.kernel import BYTE, Candidate, Job
from whetgen.targets.c.kernels.packing import BLOCK, SUM_BITS, dealt, nibble_sums, pack_lanes, pack_narrow
from whetgen.targets.c.rates import NIBBLE
from whetgen.targets.c.records import record

_ROW_LIMIT = 1 << 16
_RUN = {4: 7, 8: 16}  # rows that narrow lanes hold
_LEAST = {4: 1, 8: 8}  # what makes weights not negative; a lane holds a run of the largest, twice that


@dataclass(frozen=True, eq=False, kw_only=True)
class _Grain:
    """What one event stands for: a spike, the spikes of four neighbours, a byte, or two neighbouring bytes whatever they are.

    ``gather``: the function that lists them; ``what``: of which weights the rows are made, in words; ``rows``: (rows, neurons);
    ``filler``: the entry that fills lists up; ``events``: expected in a window; ``scanned``: words, nibbles or bytes looked
    at; ``entries``: of the list for an event; ``packings``: of a job, its layer, the grain and the bits of its sums' lanes.
    """

    gather: str
    label: str
    what: str
    rows: np.ndarray
    filler: int
    events: float
    scanned: float
    packings: Callable[[Job, Linear, _Grain, int], Iterator[_Packed]]
    entries: int = 1


@dataclass(frozen=True, eq=False, kw_only=True)
class _Packed:
    """The rows of a grain as ``add`` takes them.

    ``bits``: of a lane of the sums; ``block``: words of sums in a block; ``least``: what each row adds too much;
    ``row_cycles``: of one event and block; ``block_cycles``: of a block at each position, beside its events.
    """

    label: str
    rows: ConstArray
    add: str
    bits: int
    block: int
    row_cycles: float
    block_cycles: float = 0.0
    least: int = 0


def candidates(job: Job) -> Iterator[Candidate]:
    """Over spikes: a row each, or a row for the spikes of each four inputs, in lanes of the sums and in narrow ones; over
    bytes: rows times bytes, packed where the sums fit lanes, else weights of int8 and sums of 32 bits; or weights of int16
    times all bytes, two at a time."""
    layer = job.fast("WG_BIT", "WG_U8")
    if layer is not None and (bits := lane_bits(job, layer)) is not None:
        for grain in _grains(job, layer):
            yield from (_candidate(job, layer, grain, packing) for packing in grain.packings(job, layer, grain, bits))


def lane_bits(job: Job, layer: Linear) -> int | None:
    """The narrowest lane that holds every sum at the end, threshold or bias included."""
    lowest, highest = reach(job, layer)
    offsets = start_levels(job, layer), job.nodes
    ends = max(-lowest, highest + 1, *(int(abs(offset).max(initial=0)) + 1 for offset in offsets))
    return next((bits for bits in (8, 16, 32) if ends <= 1 << (bits - 1)), None)


def start_lanes(job: Job, layer: Linear, bits: int, block: int) -> ConstArray:
    """Sums before the first event: half a lane, minus the threshold or plus the bias."""
    words = pack_lanes(start_levels(job, layer).astype(np.int64) + (1 << (bits - 1)), bits, block)
    level = "minus the threshold" if layer.fire else "plus the bias"
    what = f"sums before the first event {job.of}, 2^{bits - 1} {level}, {in_a_word(bits)}"
    return packed(f"{job.name}_start", what, ("row", "block", "word"), words, 32)


def in_a_word(bits: int) -> str:
    """How many neurons share a word."""
    return "a neuron in each word" if bits == 32 else f"{32 // bits} neurons in each word, {bits} bits each"


def spread(least: int, bits: int) -> int:
    """``least`` in each lane of a word."""
    return least * sum(1 << k for k in range(0, 32, bits))


def _grains(job: Job, layer: Linear) -> Iterator[_Grain]:
    weights, rate, maps = layer.weights, job.rate, job.source.maps
    inputs = len(weights)
    if job.source == BYTE:
        yield _Grain(
            gather=gather(job, "values"),
            label="scaled ",
            what="",
            rows=weights,
            filler=inputs,
            events=rate.single * inputs,
            scanned=inputs,
            packings=_scaled,
            entries=2,
        )
        if inputs <= job.mcu.event_list and span(weights)[0] >= -(1 << 15) and span(weights)[1] < 1 << 15:
            pairs = -(-inputs // 2)
            yield _Grain(
                gather="wg_gather_pairs",
                label="",
                what="",
                rows=weights,
                filler=0,
                events=pairs,
                scanned=0,
                packings=_paired,
                entries=2,
            )
        return
    yield _Grain(
        gather=gather(job, "bits"),
        label="",
        what="",
        rows=weights,
        filler=inputs,
        events=rate.single * inputs * maps,
        scanned=inputs * maps / 32,
        packings=_added,
    )
    groups = -(-inputs // NIBBLE)
    if (job.whole or layer.window.channels % NIBBLE == 0) and 16 * groups + 1 < _ROW_LIMIT:
        yield _Grain(
            gather=gather(job, "nibbles"),
            label="nibble tables, ",
            what=", summed over each subset of each four neighbouring inputs",
            rows=nibble_sums(weights),
            filler=16 * groups,
            events=groups * maps * rate.nibble,
            scanned=groups * maps,
            packings=_added,
        )


def _added(job: Job, layer: Linear, grain: _Grain, bits: int) -> Iterator[_Packed]:
    """Rows that are added as they are."""
    yield _lanes(job, layer, grain, bits)
    for narrow, least in _LEAST.items() if bits == SUM_BITS else ():
        if -least <= grain.rows.min() and grain.rows.max() <= ((1 << narrow) - 1) // _RUN[narrow] - least:
            yield _narrow_lanes(job, grain, narrow, least)


def _scaled(job: Job, layer: Linear, grain: _Grain, bits: int) -> Iterator[_Packed]:
    """Rows that are multiplied by a byte."""
    if bits < 32:
        yield _lanes(job, layer, grain, bits)
    if layer.weights.min() >= -128 and layer.weights.max() <= 127:
        yield _bytes(job, layer)


def _lanes(job: Job, layer: Linear, grain: _Grain, bits: int) -> _Packed:
    words, mcu, scaled = -(-layer.neurons // (32 // bits)), job.mcu, grain.entries == 2
    block = BLOCK if words > 2 else words
    row = block * (mcu.lane_event + (mcu.scaled if scaled else 0)) + 3
    return _Packed(
        label=f"{grain.label}lanes of {bits}",
        rows=_rows(job, grain, pack_lanes(with_zeros(grain.rows), bits, block), bits),
        add=f"wg_lanes_{'scaled_' if scaled else ''}x{block}",
        bits=bits,
        block=block,
        row_cycles=mcu.row if block == BLOCK and not scaled else row,
    )


def _narrow_lanes(job: Job, grain: _Grain, narrow: int, least: int) -> _Packed:
    mcu, block = job.mcu, BLOCK * SUM_BITS // narrow
    often = mcu.widen * BLOCK / _RUN[8] if narrow == 8 else mcu.row * 3 / _RUN[4]
    return _Packed(
        label=f"{grain.label}lanes of {narrow} widened",
        rows=_rows(job, grain, pack_narrow(with_zeros(grain.rows + least), narrow), narrow, least),
        add=f"wg_widened_{narrow}",
        bits=SUM_BITS,
        block=block,
        row_cycles=mcu.row + often,
        block_cycles=mcu.widen * block / 2,
        least=least,
    )


def _rows(job: Job, grain: _Grain, words: np.ndarray, bits: int, least: int = 0) -> ConstArray:
    """``words``: (rows, blocks, words) of weights plus ``least``."""
    raised = f", plus {least}" if least else ""
    what = f"weights {job.of}{grain.what}{raised}, {in_a_word(bits)}; the last row is of zeros"
    return packed(f"{job.name}_lanes", what, ("block", "row", "word"), words.transpose(1, 0, 2), 32)


def _bytes(job: Job, layer: Linear) -> _Packed:
    lanes = dealt(with_zeros(layer.weights), 32, BLOCK)[..., 0]
    what = f"weights {job.of}, four neurons a block; the last row is of zeros"
    blocks = lanes.reshape(len(lanes), -1, BLOCK).transpose(1, 0, 2)
    return _Packed(
        label="bytes",
        rows=numbers(f"{job.name}_bytes", what, ("block", "row", "neuron"), blocks),
        add="wg_bytes_x4",
        bits=32,
        block=BLOCK,
        row_cycles=4 * job.mcu.byte_event + 3,
    )


def _paired(job: Job, layer: Linear, grain: _Grain, bits: int) -> Iterator[_Packed]:
    """Rows of two weights a word, multiplied by two bytes at once."""
    neurons = np.pad(layer.weights, ((0, -len(layer.weights) % 8), (0, -layer.neurons % BLOCK)))
    halves = neurons.astype(np.int16).view(np.uint16).astype(np.uint32).reshape(len(neurons) // 2, 2, -1, BLOCK)
    what = f"weights {job.of} of two neighbouring inputs in each word, 16 bits each, four neurons a block"
    words = (halves[:, 0] | halves[:, 1] << np.uint32(16)).transpose(1, 0, 2)
    yield _Packed(
        label="pairs",
        rows=packed(f"{job.name}_pairs", what, ("block", "row", "neuron"), words, 32),
        add="wg_pairs_x4",
        bits=32,
        block=BLOCK,
        row_cycles=BLOCK * job.mcu.pair,
    )


def _candidate(job: Job, layer: Linear, grain: _Grain, packing: _Packed) -> Candidate:
    blocks, bits, least = len(packing.rows.values), packing.bits, packing.least
    row_bytes = packing.rows.bytes // blocks
    return event_sums(
        job,
        layer,
        packing.label,
        (record("wg_event_pass", rows=packing.rows, block_bytes=row_bytes, skip=0, add=packing.add),),
        _cycles(job, layer, grain, packing),
        even=not least,
        entries=grain.entries,
        levels=bits,
        zero_row=grain.filler,
        blocks=blocks,
        block_bytes=4 * packing.block,
        base=0,
        least=spread(least, bits),
        start=start_lanes(job, layer, bits, packing.block),
        **with_maps(
            job,
            layer,
            "lanes",
            _nodes(job, layer, bits, packing.block),
            gather=grain.gather,
            finish="wg_finish_lanes",
        ),
    )


def _nodes(job: Job, layer: Linear, bits: int, block: int) -> ConstArray | None:
    if not layer.higher:
        return None
    half = bits - 1
    what = f"by how much the other thresholds {job.of} are higher, plus 2^{half}, {in_a_word(bits)}"
    words = pack_lanes(job.nodes.astype(np.int64) + (1 << half), bits, block)
    return packed(f"{job.name}_nodes", what, ("row", "block", "word", "threshold"), words.transpose(0, 2, 3, 1), 32)


def _cycles(job: Job, layer: Linear, grain: _Grain, packing: _Packed) -> float:
    mcu, blocks = job.mcu, len(packing.rows.values)
    scan = grain.scanned * (mcu.scan_byte if grain.entries == 2 else mcu.list_event)
    calls = mcu.call * max(-(-grain.events * grain.entries // (mcu.event_list - 32)), job.source.maps)
    doubled = 3 * packing.block * blocks * (job.source.maps + 2) if job.source.maps > 1 else 0
    finish = mcu.steps * (packing.block * blocks * _compared(job) if layer.fire else layer.neurons * 25)
    each = (
        gathering(job)
        + doubled
        + scan
        + grain.events * (mcu.list_event + blocks * packing.row_cycles)
        + blocks * calls
        + finish
    )
    return layer.window.positions * (each + blocks * packing.block_cycles)


def _compared(job: Job) -> float:
    """Cost of comparing the sums of a word."""
    return 8 + 35 * len(list(job.search_steps)) + 5 * job.nodes.shape[1]
