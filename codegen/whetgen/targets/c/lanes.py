"""Sums side by side in 32-bit words: lanes of 8, 16 or 32 bits (``wg_lanes.h``).

A lane starts at half of its range minus the threshold (or plus the bias). Words are added modulo 2^32, so only what a lane
holds at the end must lie inside it, and the proved range of the sum says whether it does. Small weights are stored in
narrower lanes than their sums, which hold a few rows before they are widened to lanes of 16 bits (``wg_widen.h``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from whetgen.targets.c.linear import Linear, dense_window
from whetgen.targets.c.mcus import Mcu
from whetgen.targets.c.planes import row_tables
from whetgen.targets.c.rates import NIBBLE, Rate
from whetgen.targets.c.records import Draft, EventPass, EventRecord
from whetgen.targets.c.storage import Elements
from whetgen.targets.c.tables import CTable, make_table, make_words

_ROW_LIMIT = 1 << 16
_BLOCK = 4  # words of a row
_SUM_BITS = 16  # of the lanes that narrow ones are widened to
_RUN = {4: 7, 8: 16}  # rows that narrow lanes hold
_LEAST = {4: 1, 8: 8}  # what makes weights not negative; a lane holds a run of the largest, twice that


@dataclass(frozen=True, eq=False)
class _Grain:
    """What one event stands for. ``rows``: (rows, neurons) weights; ``events``: expected in a window; ``scanned``: words,
    nibbles or bytes looked at; ``entries``: of the list for an event."""

    gather: str
    label: str
    rows: np.ndarray
    events: float
    scanned: float
    entries: int = 1


def draft_lanes(linear: Linear, name: str, result: Elements, rate: Rate, mcu: Mcu) -> Iterator[Draft]:
    """Rows of the spikes, and rows of the sixteen sums of each four inputs; each in lanes of the sums and in narrow ones."""
    if (bits := lane_bits(linear)) is None:
        return
    spikes = _Grain("wg_gather_bits", "", linear.weights, rate.single * linear.inputs, linear.inputs / 32)
    for grain in (spikes, *_nibbles(linear, rate)):
        yield _draft(linear, name, result, mcu, bits, grain)
        if bits == _SUM_BITS:
            yield from (_draft_narrow(linear, name, result, mcu, narrow, grain) for narrow in _narrow_bits(grain.rows))


def draft_values(linear: Linear, name: str, result: Elements, rate: float, mcu: Mcu) -> Iterator[Draft]:
    """Rows times bytes: packed where the sums fit lanes, else int8 weights and 32-bit sums."""
    if (bits := lane_bits(linear)) is None:
        return
    grain = _Grain("wg_gather_values", "", linear.weights, rate * linear.inputs, linear.inputs, 2)
    if bits < 32:
        yield _draft(linear, name, result, mcu, bits, grain)
    if int(linear.weights.min()) >= -128 and int(linear.weights.max()) <= 127:
        yield _draft_bytes(linear, name, result, mcu, grain)


def lane_bits(linear: Linear) -> int | None:
    """The narrowest lane that holds every sum at the end, threshold or bias included."""
    entries = -linear.entries.values if linear.fire else linear.entries.values
    lowest, highest = int((linear.lo + entries).min()), int((linear.hi + entries).max())
    ends = max(-lowest, highest + 1, int(abs(entries).max()) + 1)
    return next((bits for bits in (8, 16, 32) if ends <= 1 << (bits - 1)), None)


def nibble_sums(weights: np.ndarray) -> np.ndarray:
    """(inputs, neurons) -> int32 (16 * ceil(inputs / 4), neurons): the sum of each subset of each four rows, all within lanes."""
    padded = np.zeros((-(-len(weights) // NIBBLE) * NIBBLE, weights.shape[1]), dtype=np.int32)
    padded[: len(weights)] = weights
    subsets = (np.arange(16)[:, None] >> np.arange(NIBBLE) & 1).astype(np.int32)
    return np.einsum("sk,gkn->gsn", subsets, padded.reshape(-1, NIBBLE, weights.shape[1])).reshape(-1, weights.shape[1])


def pack_lanes(numbers: np.ndarray, bits: int, block: int) -> np.ndarray:
    """(..., neurons) integers -> (..., blocks, block) words: lane k of a word adds its number times 2^(k bits).

    Neurons are dealt out as ``wg_lanes.h`` says.
    """
    lanes = _dealt(numbers.astype(np.uint32), bits, block)
    words = np.zeros(lanes.shape[:-1], dtype=np.uint32)
    for lane in range(32 // bits):
        words += lanes[..., lane] << np.uint32(lane * bits)
    return words.reshape(*numbers.shape[:-1], -1, block)


def pack_narrow(numbers: np.ndarray, narrow: int, block: int = _BLOCK) -> np.ndarray:
    """(..., neurons) numbers of ``narrow`` = 4 or 8 bits -> (..., blocks, block) words, which widen to blocks of lanes of 16
    bits: 8 bits to twice as many words, 4 bits to four times as many."""
    parts = _SUM_BITS // narrow
    lanes = _dealt(numbers.astype(np.uint32), _SUM_BITS, block * parts)  # (..., words of sums, 2)
    lanes = lanes.reshape(
        *numbers.shape[:-1], -1, block, *[2] * (parts // 2), 2
    )  # each word, each way to halve, halves
    steps = [narrow << k for k in range(parts // 2)] + [_SUM_BITS]
    for axis, step in zip(range(-len(steps), 0), steps, strict=True):
        shape = [1] * lanes.ndim
        shape[axis] = 2
        lanes = lanes << (np.arange(2, dtype=np.uint32) * np.uint32(step)).reshape(shape)
    return lanes.sum(axis=tuple(range(-len(steps), 0)), dtype=np.uint32)


def _dealt(numbers: np.ndarray, bits: int, block: int) -> np.ndarray:
    """(..., neurons) -> (..., words, lanes), in whole blocks of words: neuron l * words + k of a chunk of 32 is lane l of word k."""
    each = 32 // bits
    words = -(-numbers.shape[-1] // (each * block)) * block
    lanes = np.zeros((*numbers.shape[:-1], words * each), dtype=numbers.dtype)
    lanes[..., : numbers.shape[-1]] = numbers
    chunks = (lanes[..., k * each : (k + bits) * each] for k in range(0, words, bits))
    return np.concatenate([chunk.reshape(*chunk.shape[:-1], each, -1).swapaxes(-1, -2) for chunk in chunks], axis=-2)


def _nibbles(linear: Linear, rate: Rate) -> Iterator[_Grain]:
    """Where each run of neighbouring inputs starts at a nibble of the window and of the tensor."""
    groups = -(-linear.inputs // NIBBLE)
    aligned = linear.window == dense_window(linear.inputs) or linear.window.channels % NIBBLE == 0
    if aligned and 16 * groups + 1 < _ROW_LIMIT:
        yield _Grain("wg_gather_nibbles", "nibble tables, ", nibble_sums(linear.weights), groups * rate.nibble, groups)


def _narrow_bits(rows: np.ndarray) -> Iterator[int]:
    for narrow, least in _LEAST.items():
        most = ((1 << narrow) - 1) // _RUN[narrow] - least
        if -least <= rows.min() and rows.max() <= most:
            yield narrow


def make_start(linear: Linear, name: str, bits: int, block: int) -> CTable:
    """Sums before the first event: half a lane, minus the threshold or plus the bias."""
    entries = -linear.entries.values if linear.fire else linear.entries.values
    words = pack_lanes(entries.astype(np.int64) + (1 << (bits - 1)), bits, block)
    return make_words(f"{name}_start", f"lanes of {bits} bits before the first event (rows, blocks, words):", words, 32)


def _draft(linear: Linear, name: str, result: Elements, mcu: Mcu, bits: int, grain: _Grain) -> Draft:
    words = -(-linear.neurons // (32 // bits))
    block = _BLOCK if words > 2 else words
    packed = pack_lanes(_with_zeros(grain.rows), bits, block).transpose(1, 0, 2)
    title = f"weights in lanes of {bits} bits (blocks, rows and one of zeros, words):"
    table = make_words(f"{name}_lanes", title, packed, 32)
    scaled = grain.entries == 2
    each = EventPass(table.name, packed[0].size * 4, 0, f"wg_lanes_{'scaled_' if scaled else ''}x{block}")
    if scaled:
        row = block * (mcu.lane_event + mcu.scaled) + 3
    else:
        row = mcu.row if block == _BLOCK else block * mcu.lane_event + 3
    cycles = _cycles(linear, mcu, grain, len(packed), row, 4 * block * len(packed))
    label = grain.label + ("scaled lanes" if scaled else "lanes") + f" of {bits}"
    return _event(linear, name, result, mcu, bits, grain, table, block, each, cycles, label)


def _draft_narrow(linear: Linear, name: str, result: Elements, mcu: Mcu, narrow: int, grain: _Grain) -> Draft:
    packed = pack_narrow(_with_zeros(grain.rows + _LEAST[narrow]), narrow).transpose(1, 0, 2)
    title = f"weights + {_LEAST[narrow]} in lanes of {narrow} bits (blocks, rows and one of zeros, words):"
    table = make_words(f"{name}_lanes", title, packed, 32)
    block = _BLOCK * _SUM_BITS // narrow
    each = EventPass(table.name, packed[0].size * 4, 0, f"wg_widened_{narrow}")
    often = mcu.widen * _BLOCK / _RUN[8] if narrow == 8 else mcu.row * 3 / _RUN[4]
    cycles = _cycles(linear, mcu, grain, len(packed), mcu.row + often, 4 * block * len(packed))
    cycles += linear.positions * len(packed) * mcu.widen * block / 2
    label = f"{grain.label}lanes of {narrow} widened"
    return _event(linear, name, result, mcu, _SUM_BITS, grain, table, block, each, cycles, label, _LEAST[narrow])


def _with_zeros(rows: np.ndarray) -> np.ndarray:
    return np.concatenate([rows, np.zeros_like(rows[:1])])


def _draft_bytes(linear: Linear, name: str, result: Elements, mcu: Mcu, grain: _Grain) -> Draft:
    blocks = -(-linear.neurons // 4)
    rows = np.zeros((linear.inputs + 1, blocks * 4), dtype=np.int64)
    rows[:-1] = _dealt(linear.weights, 32, _BLOCK)[..., 0]
    title = "weights (blocks, inputs and a row of zeros, neurons):"
    table = make_table(f"{name}_bytes", title, rows.reshape(-1, blocks, 4).transpose(1, 0, 2))
    each = EventPass(table.name, len(rows) * 4, 0, "wg_bytes_x4")
    cycles = _cycles(linear, mcu, grain, blocks, 4 * mcu.byte_event + 3, 16 * blocks)
    return _event(linear, name, result, mcu, 32, grain, table, _BLOCK, each, cycles, "bytes")


def _event(
    linear, name: str, result: Elements, mcu: Mcu, bits, grain: _Grain, table, block, each, cycles, label, least=0
):
    start = make_start(linear, name, bits, block)
    row_of, row_step, more = row_tables(linear, name)
    blocks = table.bytes // each.block_bytes
    zero_row = len(grain.rows)
    spread = least * sum(1 << k for k in range(0, 32, bits))  # in each lane of a word
    record = EventRecord(
        linear.window, linear.neurons, grain.entries, grain.gather, int(linear.fire), int(linear.padded), result, bits, zero_row, blocks,
        4 * block, mcu.event_list, 0, spread, start.name, row_of, row_step, (each,), "wg_finish_lanes",
    )  # fmt: skip
    return Draft(
        "event", name, "", "wg_event_sums", record, (), "", (table, start, *more), 2 * mcu.event_list + blocks * 4 * block,
        (grain.gather, "wg_finish_lanes", each.add), cycles, label,
    )  # fmt: skip


def _cycles(linear: Linear, mcu: Mcu, grain: _Grain, blocks: int, row: float, sum_bytes: int) -> float:
    """``row``: of one event and one block; ``sum_bytes``: of all sums."""
    scan = grain.scanned * (mcu.scan_byte if grain.entries == 2 else mcu.list_event)
    calls = blocks * mcu.call * (-(-grain.events * grain.entries // (mcu.event_list - 32)) or 1)
    finish = mcu.steps * (sum_bytes / 4 * 8 if linear.fire else linear.neurons * 25)
    return linear.positions * (mcu.position + scan + grain.events * (mcu.list_event + blocks * row) + calls + finish)
