"""Bit planes along the inputs: AND, count, compare, neuron by neuron (``wg_popcount.h``).

Each neuron looks at all inputs, or, where it only has to spike or not, stops looking as soon as the spikes that are left
cannot change that (*early exit*). How soon that is, frames tell; without any, the estimate says: at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from whetgen.targets.c.early_exit import GROUP, certain_after, first_look
from whetgen.targets.c.linear import Linear, dense_window
from whetgen.targets.c.mcus import Mcu
from whetgen.targets.c.records import Draft, PopcountRecord
from whetgen.targets.c.sums import SumPlan
from whetgen.targets.c.tables import NO_TABLE, CTable, TableRef, make_table, make_words

_WORD = 32
_INT32 = 1 << 31
_FIRST_LOOK = 25  # instructions, of the Cortex-M4's, beyond what the count takes anyway


@dataclass(frozen=True, eq=False)
class _Form:
    """``sum = scale (count - surplus) + least (spikes in)``, as in ``wg_popcount_layer``; ``scales``: by neuron."""

    planes: int
    scale: int
    scales: np.ndarray | None
    least: int
    surplus: int
    table: CTable


def draft_popcount(
    linear: Linear, name: str, sums: SumPlan, mcu: Mcu, frames: np.ndarray | None = None
) -> Iterator[Draft]:
    """Weights of two values, or ternary ones, ``-a``, 0 and ``a`` with an ``a`` for each neuron; sums of 32 bits.

    ``frames``: (frames, inputs) typical spikes.
    """
    if linear.window != dense_window(linear.inputs) or sums.elements.kind != "WG_I32":
        return
    form = _one_plane(linear, name) or _two_planes(linear, name)
    if form is None:
        return
    scales, tables = NO_TABLE, [form.table, *sums.tables]
    if form.scales is not None:
        tables.append(make_table(f"{name}_scales", "scales", form.scales))
        scales = TableRef(tables[-1].name, tables[-1].elements)
    words, tables = _word_count(linear.inputs), tuple(tables)
    record = PopcountRecord(
        linear.inputs, words, form.scale, form.least, form.surplus, scales, form.table.name, 0, sums.finish
    )
    each = mcu.popcount[form.planes - 1]
    cycles = mcu.call + mcu.steps * (words * 20 + linear.neurons * 60) + linear.neurons * words * each
    yield _draft(name, form, record, tables, words, "", cycles)
    if linear.fire:
        thresholds = linear.entries.values[0].astype(np.int64)
        certain = certain_after(linear.weights, thresholds, _ends(form), frames)
        first, neuron = first_look(certain, GROUP // _WORD * each, mcu.look)
        record = replace(record, look=first * (GROUP // _WORD))
        looking = neuron + _FIRST_LOOK * mcu.general
        cycles = mcu.call + mcu.steps * (words * 25 + linear.neurons * 60) + linear.neurons * looking
        yield _draft(name, form, record, tables, words + len(certain), "exit_", cycles)


def _draft(name: str, form: _Form, record: PopcountRecord, tables, scratch: int, variant: str, cycles: float) -> Draft:
    label = "popcount, early exit" if variant else "popcount"
    function = f"wg_popcount_{variant}{form.planes}"
    return Draft("popcount", name, "", function, record, (), "", tables, 4 * scratch, (), cycles, label)


def _ends(form: _Form) -> tuple[np.ndarray, np.ndarray]:
    """The least and the most that a spike adds."""
    scales = np.asarray(form.scale if form.scales is None else form.scales)
    return (-scales, scales) if form.planes == 2 else (np.asarray(form.least), form.least + scales)


def _one_plane(linear: Linear, name: str) -> _Form | None:
    values = np.unique(linear.weights)
    if len(values) > 2 or max(abs(int(v)) for v in values) * linear.inputs >= _INT32 // 2:
        return None
    lower, higher = int(values[0]), int(values[-1])
    planes = _words((linear.weights != lower).T, fill=False)
    title = f"where weights are {higher}, not {lower} (neurons, words):"
    return _Form(1, higher - lower, None, lower, 0, make_words(f"{name}_planes", title, planes, _WORD))


def _two_planes(linear: Linear, name: str) -> _Form | None:
    scales = np.maximum(np.abs(linear.weights).max(axis=0), 1)
    words = _word_count(linear.inputs)
    if ((linear.weights != 0) & (np.abs(linear.weights) != scales)).any() or int(
        scales.max()
    ) * words * _WORD >= _INT32:
        return None
    pairs = (_words((linear.weights > 0).T, fill=False), _words((linear.weights >= 0).T, fill=True))
    title = "where weights are positive, and where not negative (neurons, words, planes):"
    table = make_words(f"{name}_planes", title, np.stack(pairs, axis=-1), _WORD)
    uniform = (scales == scales[0]).all()
    return _Form(2, int(scales[0]), None if uniform else scales, 0, _WORD * words, table)


def _word_count(inputs: int) -> int:
    """Words come in fours."""
    return -(-inputs // (4 * _WORD)) * 4


def _words(bits: np.ndarray, fill: bool) -> np.ndarray:
    """(neurons, inputs) -> (neurons, words); bit i of a word belongs to its input i."""
    padded = np.full((bits.shape[0], _word_count(bits.shape[1]) * _WORD), fill)
    padded[:, : bits.shape[1]] = bits
    return (padded.reshape(len(bits), -1, _WORD).astype(np.int64) << np.arange(_WORD)).sum(axis=-1)
