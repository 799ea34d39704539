"""Sums side by side in 32-bit words: lanes of 8, 16 or 32 bits (``wg_lanes.h``).

A lane starts at half of its range minus the threshold (or plus the bias). Words are added modulo 2^32, so only what a lane
holds at the end must lie inside it, and the proved range of the sum says whether it does.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from whetgen.backends.c.linear import Linear, dense_window
from whetgen.backends.c.mcus import Mcu
from whetgen.backends.c.planes import LIST_BYTES, row_tables
from whetgen.backends.c.records import Draft, EventPass, EventRecord
from whetgen.backends.c.storage import Elements
from whetgen.backends.c.tables import CTable, make_table, make_words

_NIBBLE = 4
_ROW_LIMIT = 1 << 16


def draft_lanes(linear: Linear, name: str, result: Elements, rate: float, mcu: Mcu) -> Iterator[Draft]:
    """Rows of the spikes, and rows of the sixteen sums of each four inputs."""
    if (bits := lane_bits(linear)) is None:
        return
    events = rate * linear.inputs
    yield _draft(linear, name, result, mcu, bits, "bits", linear.weights, events, linear.inputs / 32)
    if _nibbles_align(linear) and 16 * -(-linear.inputs // _NIBBLE) + 1 < _ROW_LIMIT:
        groups = -(-linear.inputs // _NIBBLE)
        busy = groups * (1 - (1 - rate) ** _NIBBLE)
        yield _draft(linear, name, result, mcu, bits, "nibbles", nibble_sums(linear.weights), busy, groups)


def draft_values(linear: Linear, name: str, result: Elements, rate: float, mcu: Mcu) -> Iterator[Draft]:
    """Rows times bytes: packed where the sums fit lanes, else int8 weights and 32-bit sums."""
    if (bits := lane_bits(linear)) is None:
        return
    events = rate * linear.inputs
    if bits < 32:
        yield _draft(linear, name, result, mcu, bits, "values", linear.weights, events, linear.inputs, "scaled_")
    if int(linear.weights.min()) >= -128 and int(linear.weights.max()) <= 127:
        yield _draft_bytes(linear, name, result, mcu, events)


def lane_bits(linear: Linear) -> int | None:
    """The narrowest lane that holds every sum at the end, threshold or bias included."""
    entries = -linear.entries.values if linear.fire else linear.entries.values
    lowest, highest = int((linear.lo + entries).min()), int((linear.hi + entries).max())
    ends = max(-lowest, highest + 1, int(abs(entries).max()) + 1)
    return next((bits for bits in (8, 16, 32) if ends <= 1 << (bits - 1)), None)


def nibble_sums(weights: np.ndarray) -> np.ndarray:
    """(inputs, neurons) -> (16 * ceil(inputs / 4), neurons): the sum of each subset of each four rows."""
    padded = np.zeros((-(-len(weights) // _NIBBLE) * _NIBBLE, weights.shape[1]), dtype=np.int64)
    padded[: len(weights)] = weights
    subsets = np.arange(16)[:, None] >> np.arange(_NIBBLE) & 1
    return np.einsum("sk,gkn->gsn", subsets, padded.reshape(-1, _NIBBLE, weights.shape[1])).reshape(
        -1, weights.shape[1]
    )


def pack_lanes(numbers: np.ndarray, bits: int, block: int) -> np.ndarray:
    """(..., neurons) integers -> (..., blocks, block) words: lane k of a word adds its number times 2^(k bits)."""
    each = 32 // bits
    count = -(-numbers.shape[-1] // (each * block)) * each * block
    lanes = np.zeros((*numbers.shape[:-1], count), dtype=np.int64)
    lanes[..., : numbers.shape[-1]] = numbers
    words = (lanes.reshape(*numbers.shape[:-1], -1, each) << np.arange(each) * bits).sum(axis=-1) & 0xFFFFFFFF
    return words.reshape(*numbers.shape[:-1], -1, block)


def _nibbles_align(linear: Linear) -> bool:
    """Whether each run of neighbouring inputs starts at a nibble of the window and of the tensor."""
    return linear.window == dense_window(linear.inputs) or linear.window.channels % _NIBBLE == 0


def _start(linear: Linear, name: str, bits: int, block: int) -> CTable:
    entries = -linear.entries.values if linear.fire else linear.entries.values
    words = pack_lanes(entries.astype(np.int64) + (1 << (bits - 1)), bits, block)
    return make_words(f"{name}_start", f"lanes of {bits} bits before the first event (rows, blocks, words):", words, 32)


def _draft(
    linear: Linear, name: str, result: Elements, mcu: Mcu, bits: int, grain: str, rows, events, scanned, scaled=""
):
    words = -(-linear.neurons // (32 // bits))
    block = 4 if words > 2 else words
    packed = pack_lanes(np.concatenate([rows, np.zeros_like(rows[:1])]), bits, block).transpose(1, 0, 2)
    title = f"weights in lanes of {bits} bits (blocks, rows and one of zeros, words):"
    table = make_words(f"{name}_lanes", title, packed, 32)
    each = EventPass(table.name, packed[0].size * 4, 0, f"wg_lanes_{scaled}x{block}")
    grains = {"bits": "lanes of", "nibbles": "nibble tables, lanes of", "values": "scaled lanes of"}
    word_cost = mcu.lane_event + (mcu.scaled if scaled else 0)
    cycles = _cycles(linear, mcu, events, scanned, grain, len(packed), block * word_cost + 3)
    return _event(linear, name, result, bits, grain, table, block, each, cycles, f"{grains[grain]} {bits}")


def _draft_bytes(linear: Linear, name: str, result: Elements, mcu: Mcu, events: float) -> Draft:
    blocks = -(-linear.neurons // 4)
    rows = np.zeros((linear.inputs + 1, blocks * 4), dtype=np.int64)
    rows[:-1, : linear.neurons] = linear.weights
    title = "weights (blocks, inputs and a row of zeros, neurons):"
    table = make_table(f"{name}_bytes", title, rows.reshape(-1, blocks, 4).transpose(1, 0, 2))
    each = EventPass(table.name, len(rows) * 4, 0, "wg_bytes_x4")
    cycles = _cycles(linear, mcu, events, linear.inputs, "values", blocks, 4 * (mcu.lane_event + mcu.scaled) + 3)
    return _event(linear, name, result, 32, "values", table, 4, each, cycles, "bytes")


def _event(linear: Linear, name: str, result: Elements, bits: int, grain: str, table, block: int, each, cycles, label):
    start = _start(linear, name, bits, block)
    row_of, row_step, more = row_tables(linear, name)
    blocks = table.bytes // each.block_bytes
    zero_row = each.block_bytes // (4 if each.add == "wg_bytes_x4" else 4 * block) - 1
    gather = f"wg_gather_{grain}"
    record = EventRecord(
        linear.window, linear.neurons, 1 + (grain == "values"), gather, int(linear.fire), int(linear.padded), result, bits, zero_row, blocks, 4 * block, 0, 0,
        start.name, row_of, row_step, (each,), "wg_finish_lanes",
    )  # fmt: skip
    return Draft(
        "event", name, "", "wg_event_sums", record, (), "", (table, start, *more), LIST_BYTES + blocks * 4 * block,
        (gather, "wg_finish_lanes", each.add), cycles, label,
    )  # fmt: skip


def _cycles(linear: Linear, mcu: Mcu, events: float, scanned: float, grain: str, blocks: int, row: float) -> float:
    scan = scanned * (mcu.scan_byte if grain == "values" else mcu.list_event)
    calls = blocks * mcu.call * (-(-events // 96) or 1)
    finish = linear.neurons * (4 if linear.fire else 25)
    return linear.positions * (mcu.position + scan + events * (mcu.list_event + blocks * row) + calls + finish)
