"""Bit planes along the inputs: AND, count, compare, neuron by neuron (``wg_popcount.h``)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from whetgen.backends.c.linear import Linear, dense_window
from whetgen.backends.c.mcus import Mcu
from whetgen.backends.c.records import Draft, PopcountRecord
from whetgen.backends.c.sums import SumPlan
from whetgen.backends.c.tables import CTable, make_words

_WORD = 32


def draft_popcount(linear: Linear, name: str, sums: SumPlan, mcu: Mcu) -> Iterator[Draft]:
    """Weights of two values, or of -a, 0 and a; sums of 32 bits."""
    values = np.unique(linear.weights)
    words = -(-linear.inputs // _WORD)
    if linear.window != dense_window(linear.inputs):
        return
    if sums.elements.kind != "WG_I32" or sums.finish.row_step or sums.finish.row_of.data != "0":
        return
    if len(values) <= 2:
        form = _one_plane(linear, name, int(values[0]), int(values[-1]))
    elif len(values) == 3 and values[1] == 0 and values[0] == -values[2]:
        form = _two_planes(linear, name, int(values[2]), words)
    else:
        return
    planes, scale, least, surplus, table = form
    record = PopcountRecord(linear.inputs, words, scale, least, surplus, table.name, sums.finish)
    function = f"wg_popcount_{planes}"
    cycles = mcu.call + words * 20 + linear.neurons * (words * mcu.popcount[planes - 1] + 60)
    yield Draft(
        "popcount", name, "", function, record, (), "", (table, *sums.tables), words * 4, (), cycles, "popcount"
    )


def _one_plane(linear: Linear, name: str, lower: int, higher: int) -> tuple[int, int, int, int, CTable]:
    planes = _words((linear.weights != lower).T, fill=False)
    title = f"where weights are {higher}, not {lower} (neurons, words):"
    return 1, higher - lower, lower, 0, make_words(f"{name}_planes", title, planes, _WORD)


def _two_planes(linear: Linear, name: str, scale: int, words: int) -> tuple[int, int, int, int, CTable]:
    pairs = (_words((linear.weights > 0).T, fill=False), _words((linear.weights >= 0).T, fill=True))
    title = f"where weights are {scale}, and where not {-scale} (neurons, words, planes):"
    table = make_words(f"{name}_planes", title, np.stack(pairs, axis=-1), _WORD)
    return 2, scale, 0, scale * _WORD * words, table


def _words(bits: np.ndarray, fill: bool) -> np.ndarray:
    """(neurons, inputs) -> (neurons, words); bit i of a word belongs to its input i."""
    padded = np.full((bits.shape[0], -(-bits.shape[1] // _WORD) * _WORD), fill)
    padded[:, : bits.shape[1]] = bits
    return (padded.reshape(len(bits), -1, _WORD).astype(np.int64) << np.arange(_WORD)).sum(axis=-1)
