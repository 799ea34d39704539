"""Bit planes along the inputs: AND, count, compare, neuron by neuron (``wg_popcount.h``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from whetgen.backends.c.linear import Linear, dense_window
from whetgen.backends.c.mcus import Mcu
from whetgen.backends.c.records import Draft, PopcountRecord
from whetgen.backends.c.sums import SumPlan
from whetgen.backends.c.tables import NO_TABLE, CTable, TableRef, make_table, make_words

_WORD = 32
_INT32 = 1 << 31


@dataclass(frozen=True, eq=False)
class _Form:
    """``sum = scale (count - surplus) + least (spikes in)``, as in ``wg_popcount_layer``; ``scales``: by neuron."""

    planes: int
    scale: int
    scales: np.ndarray | None
    least: int
    surplus: int
    table: CTable


def draft_popcount(linear: Linear, name: str, sums: SumPlan, mcu: Mcu) -> Iterator[Draft]:
    """Weights of two values, or ternary ones, ``-a``, 0 and ``a`` with an ``a`` for each neuron; sums of 32 bits."""
    if linear.window != dense_window(linear.inputs) or sums.elements.kind != "WG_I32":
        return
    form = _one_plane(linear, name) or _two_planes(linear, name)
    if form is None:
        return
    scales, tables = NO_TABLE, [form.table, *sums.tables]
    if form.scales is not None:
        tables.append(make_table(f"{name}_scales", "scales", form.scales))
        scales = TableRef(tables[-1].name, tables[-1].elements)
    words = _word_count(linear.inputs)
    record = PopcountRecord(
        linear.inputs, words, form.scale, form.least, form.surplus, scales, form.table.name, sums.finish
    )
    cycles = mcu.call + words * 20 + linear.neurons * (words * mcu.popcount[form.planes - 1] + 60)
    function = f"wg_popcount_{form.planes}"
    yield Draft("popcount", name, "", function, record, (), "", tuple(tables), words * 4, (), cycles, "popcount")


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
