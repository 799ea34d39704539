"""Bit-sliced sums: weights as planes of bits, sums as vertical counters (``wg_planes.h``).

With ``w = least + 2^shift w'`` and ``0 <= w' < 2^planes``, a counter starts at ``base - threshold`` (or ``base + bias``),
which ``base`` keeps from being negative, and grows by ``2^shift w'`` with each event. After n events it holds
``sum - threshold + base - least n``. Counters never overflow: ``levels`` holds the start plus all w', and the
limit ``base - least n`` that the comparison needs.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from whetgen.targets.c.linear import Linear
from whetgen.targets.c.mcus import Mcu
from whetgen.targets.c.records import Draft, EventPass, EventRecord
from whetgen.targets.c.storage import Elements
from whetgen.targets.c.tables import CTable, make_words

_MOST_PLANES = 12
_MOST_LEVELS = 31
_PER_PASS = 4
_FEWEST_LEVELS = {1: 2, 2: 4, 3: 5, 4: 6}


def draft_planes(linear: Linear, name: str, result: Elements, rate: float, mcu: Mcu) -> Iterator[Draft]:
    """One draft for each width of word that fits; ``rate``: share of spikes among the inputs."""
    least = min(int(linear.weights.min()), 0)
    raised = linear.weights - least
    shift = _common_shift(raised)
    planes = max(int(raised.max() >> shift).bit_length(), 1)
    start, base = starts(linear)
    levels = _levels(linear, raised, start, base, least, shift, planes)
    if planes > _MOST_PLANES or levels > _MOST_LEVELS:
        return
    for bits in sorted({mcu.word_bits, 16, 8}):
        if bits <= mcu.word_bits and (bits == 8 or linear.neurons > bits // 2):
            yield _draft(linear, name, result, rate, mcu, (least, base, levels, shift, planes, bits), raised, start)


def starts(linear: Linear) -> tuple[np.ndarray, int]:
    """(rows, neurons) of ``base - threshold`` or ``base + bias``, and the base that keeps them from being negative."""
    entries = -linear.entries.values if linear.fire else linear.entries.values
    base = max(-int(entries.min()), 0)
    return entries + base, base


def row_tables(linear: Linear, name: str) -> tuple[str, int, tuple[CTable, ...]]:
    """``row_of`` and ``row_step``: which row of starts a position uses."""
    if linear.entries.row_of is None:
        return "0", linear.entries.row_step, ()
    table = make_words(f"{name}_row_of", "row of starts of each position", linear.entries.row_of, 16)
    return table.name, 0, (table,)


def as_planes(numbers: np.ndarray, planes: int, bits: int) -> np.ndarray:
    """(..., neurons) numbers -> (..., blocks, planes) words; bit n of a word belongs to its neuron n."""
    lanes = np.zeros((*numbers.shape[:-1], -(-numbers.shape[-1] // bits) * bits), dtype=np.int64)
    lanes[..., : numbers.shape[-1]] = numbers
    ones = (np.packbits(lanes >> plane & 1, axis=-1, bitorder="little") for plane in range(planes))
    return np.stack([plane.view(f"<u{bits // 8}") for plane in ones], axis=-1)


def _common_shift(raised: np.ndarray) -> int:
    every = int(np.bitwise_or.reduce(raised, axis=None))
    return (every & -every).bit_length() - 1 if every else 0


def _levels(linear: Linear, raised, start: np.ndarray, base: int, least: int, shift: int, planes: int) -> int:
    highest = int((start + raised.sum(axis=0).astype(object)).max())
    limit = base - least * linear.inputs
    fewest = max(shift + at + _FEWEST_LEVELS[count] for at, count in _passes(planes))
    return max(highest.bit_length(), limit.bit_length(), fewest)


def _passes(planes: int) -> list[tuple[int, int]]:
    """(first plane, planes) of each pass."""
    return [(at, min(_PER_PASS, planes - at)) for at in range(0, planes, _PER_PASS)]


def _draft(linear: Linear, name: str, result: Elements, rate: float, mcu: Mcu, form, raised, start) -> Draft:
    least, base, levels, shift, planes, bits = form
    blocks, word = -(-linear.neurons // bits), bits // 8
    rows = np.concatenate([raised >> shift, np.zeros_like(raised[:1])])
    words = as_planes(rows, planes, bits).transpose(1, 0, 2)  # (blocks, rows, planes)
    tables, passes = [], []
    for at, count in _passes(planes):
        title = f"weights - ({least}) as bit planes {at}..{at + count - 1} (blocks, inputs and a row of zeros, planes):"
        tables.append(make_words(f"{name}_planes{at}", title, words[:, :, at : at + count], bits))
        add = f"wg_planes_{count}_w{bits}"
        passes.append(EventPass(tables[-1].name, len(rows) * count * word, (shift + at) * word, add))
    start_words = as_planes(start.astype(np.int64), levels, bits)
    tables.append(
        make_words(f"{name}_start", "counters before the first event (rows, blocks, levels):", start_words, bits)
    )
    row_of, row_step, more = row_tables(linear, name)
    finish = f"wg_finish_{'planes' if linear.fire else 'counts'}_w{bits}"
    record = EventRecord(
        linear.window, linear.neurons, 1, "wg_gather_bits", int(linear.fire), int(linear.padded), result, levels, linear.inputs, blocks,
        levels * word, mcu.event_list, base, -least, tables[-1].name, row_of, row_step, tuple(passes), finish,
    )  # fmt: skip
    return Draft(
        "event", name, "", "wg_event_sums", record, (), "", (*tables, *more), 2 * mcu.event_list + blocks * levels * word,
        ("wg_gather_bits", finish, *(p.add for p in passes)), _cycles(linear, rate, mcu, blocks, levels, planes), f"planes of {bits}",
    )  # fmt: skip


def _cycles(linear: Linear, rate: float, mcu: Mcu, blocks: int, levels: int, planes: int) -> float:
    events = rate * linear.inputs
    listed = -(-events // (mcu.event_list - 32)) or 1
    each_pass = sum(events * mcu.plane_event[count - 1] + listed * mcu.call for _, count in _passes(planes))
    done = 6 * levels + 30 if linear.fire else 0
    read_out = 0 if linear.fire else linear.neurons * (5 * levels + 25)
    scan = linear.inputs / 32 * mcu.list_event
    ends = mcu.steps * (blocks * done + read_out)
    return linear.positions * (mcu.position + scan + events * mcu.list_event + blocks * each_pass + ends)
