"""Sums side by side in 32-bit words: lanes of 8, 16 or 32 bits (``wg_lanes.h``).

A lane starts at half of its range minus the threshold (or plus the bias). Words are added modulo 2^32, so only what a lane
holds at the end must lie inside it, and the proved range of the sum says whether it does. Small weights are stored in
narrower lanes than their sums, which hold a few rows before they are widened to lanes of 16 bits (``wg_widen.h``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from whetgen.layers import Linear
from whetgen.targets.c.arrays import ConstArray, numbers, packed
from whetgen.targets.c.kernels.event import event_pass, event_sums, gather, start_levels, with_zeros
from whetgen.targets.c.kernels.kernel import BIT, BYTE, Candidate, Job
from whetgen.targets.c.kernels.packing import BLOCK, SUM_BITS, dealt, nibble_sums, pack_lanes, pack_narrow
from whetgen.targets.c.rates import NIBBLE

_ROW_LIMIT = 1 << 16
_RUN = {4: 7, 8: 16}  # rows that narrow lanes hold
_LEAST = {4: 1, 8: 8}  # what makes weights not negative; a lane holds a run of the largest, twice that


@dataclass(frozen=True, eq=False, kw_only=True)
class _Grain:
    """What one event stands for: a spike, the spikes of four neighbours, or a byte.

    ``what``: of which weights the rows are made, in words; ``rows``: (rows, neurons) weights; ``events``: expected in a window; ``scanned``: words,
    nibbles or bytes looked at; ``entries``: of the list for an event.
    """

    gather: str
    label: str
    what: str
    rows: np.ndarray
    events: float
    scanned: float
    entries: int = 1


def candidates(job: Job) -> Iterator[Candidate]:
    """Over spikes: a row each, or a row for the spikes of each four inputs, in lanes of the sums and in narrow ones; over
    bytes: rows times bytes, packed where the sums fit lanes, else weights of int8 and sums of 32 bits."""
    layer = job.fast(BIT) or job.fast(BYTE)
    if layer is None or (bits := lane_bits(job, layer)) is None:
        return
    for grain in _grains(job, layer):
        if grain.entries == 1 or bits < 32:
            yield _lanes(job, layer, grain, bits)
        if grain.entries == 1 and bits == SUM_BITS:
            yield from (_narrow_lanes(job, layer, grain, narrow) for narrow in _narrow_bits(grain.rows))
        if grain.entries == 2 and layer.weights.min() >= -128 and layer.weights.max() <= 127:
            yield _bytes(job, layer, grain)


def lane_bits(job: Job, layer: Linear) -> int | None:
    """The narrowest lane that holds every sum at the end, threshold or bias included."""
    levels, sums = start_levels(job, layer), layer.sum_range
    lowest, highest = int((sums.lowest + levels).min()), int((sums.highest + levels).max())
    ends = max(-lowest, highest + 1, int(abs(levels).max()) + 1)
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
    weights, rate = layer.weights, job.rate
    inputs = len(weights)
    if job.source == BYTE:
        yield _Grain(
            gather="values",
            label="scaled ",
            what="",
            rows=weights,
            events=rate.single * inputs,
            scanned=inputs,
            entries=2,
        )
        return
    yield _Grain(gather="bits", label="", what="", rows=weights, events=rate.single * inputs, scanned=inputs / 32)
    groups = -(-inputs // NIBBLE)
    if (job.whole or layer.window.channels % NIBBLE == 0) and 16 * groups + 1 < _ROW_LIMIT:
        yield _Grain(
            gather="nibbles",
            label="nibble tables, ",
            what=", summed over each subset of each four neighbouring inputs",
            rows=nibble_sums(weights),
            events=groups * rate.nibble,
            scanned=groups,
        )


def _narrow_bits(rows: np.ndarray) -> Iterator[int]:
    for narrow, least in _LEAST.items():
        most = ((1 << narrow) - 1) // _RUN[narrow] - least
        if -least <= rows.min() and rows.max() <= most:
            yield narrow


def _lanes(job: Job, layer: Linear, grain: _Grain, bits: int) -> Candidate:
    words, mcu, scaled = -(-layer.neurons // (32 // bits)), job.mcu, grain.entries == 2
    block = BLOCK if words > 2 else words
    rows = _rows(job, grain, pack_lanes(with_zeros(grain.rows), bits, block), bits)
    if scaled:
        row = block * (mcu.lane_event + mcu.scaled) + 3
    else:
        row = mcu.row if block == BLOCK else block * mcu.lane_event + 3
    cycles = _cycles(job, layer, grain, rows, block, row)
    add = f"wg_lanes_{'scaled_' if scaled else ''}x{block}"
    return _event(job, layer, grain, rows, f"{grain.label}lanes of {bits}", add, cycles, bits, block)


def _narrow_lanes(job: Job, layer: Linear, grain: _Grain, narrow: int) -> Candidate:
    least, mcu = _LEAST[narrow], job.mcu
    words = pack_narrow(with_zeros(grain.rows + least), narrow)
    rows = _rows(job, grain, words, narrow, least)
    block = BLOCK * SUM_BITS // narrow
    often = mcu.widen * BLOCK / _RUN[8] if narrow == 8 else mcu.row * 3 / _RUN[4]
    cycles = _cycles(job, layer, grain, rows, block, mcu.row + often)
    cycles += layer.window.positions * len(rows.values) * mcu.widen * block / 2
    label = f"{grain.label}lanes of {narrow} widened"
    return _event(job, layer, grain, rows, label, f"wg_widened_{narrow}", cycles, SUM_BITS, block, least)


def _rows(job: Job, grain: _Grain, words: np.ndarray, bits: int, least: int = 0) -> ConstArray:
    """``words``: (rows, blocks, words) of weights plus ``least``."""
    raised = f", plus {least}" if least else ""
    what = f"weights {job.of}{grain.what}{raised}, {in_a_word(bits)}; the last row is of zeros"
    return packed(f"{job.name}_lanes", what, ("block", "row", "word"), words.transpose(1, 0, 2), 32)


def _bytes(job: Job, layer: Linear, grain: _Grain) -> Candidate:
    blocks = -(-layer.neurons // 4)
    weights = np.zeros((len(layer.weights) + 1, blocks * 4), dtype=np.int64)
    weights[:-1] = dealt(layer.weights, 32, BLOCK)[..., 0]
    blocked = weights.reshape(-1, blocks, 4).transpose(1, 0, 2)
    what = f"weights {job.of}, four neurons a block; the last row is of zeros"
    rows = numbers(f"{job.name}_bytes", what, ("block", "row", "neuron"), blocked)
    cycles = _cycles(job, layer, grain, rows, BLOCK, 4 * job.mcu.byte_event + 3)
    return _event(job, layer, grain, rows, "bytes", "wg_bytes_x4", cycles, 32, BLOCK)


def _event(
    job: Job, layer: Linear, grain: _Grain, rows: ConstArray, label: str, add: str, cycles: float,
    bits: int, block: int, least: int = 0,
) -> Candidate:  # fmt: skip
    """Sums in lanes of ``bits``, ``block`` words of them to a block of ``rows``, each of which holds ``least`` too much."""
    blocks = len(rows.values)
    return event_sums(
        job,
        layer,
        label,
        (event_pass(rows, rows.bytes // blocks, add),),
        cycles,
        even=not least,
        entries=grain.entries,
        levels=bits,
        zero_row=len(grain.rows),
        blocks=blocks,
        block_bytes=4 * block,
        base=0,
        least=spread(least, bits),
        start=start_lanes(job, layer, bits, block),
        gather=gather(job, grain.gather),
        finish="wg_finish_lanes",
    )


def _cycles(job: Job, layer: Linear, grain: _Grain, rows: ConstArray, block: int, row: float) -> float:
    """``block``: words of the sums of a block; ``row``: cycles of one event and one block."""
    mcu, blocks = job.mcu, len(rows.values)
    scan = grain.scanned * (mcu.scan_byte if grain.entries == 2 else mcu.list_event)
    calls = blocks * mcu.call * (-(-grain.events * grain.entries // (mcu.event_list - 32)) or 1)
    finish = mcu.steps * (block * blocks * 8 if layer.fire else layer.neurons * 25)
    adding = grain.events * (mcu.list_event + blocks * row)
    return layer.window.positions * (mcu.position + scan + adding + calls + finish)
