"""Any truth table as threshold neurons on one weighted sum of its inputs.

Put the patterns in the order of a weighted sum whose weights keep patterns of unlike bits apart; the bit then
changes a few times along the line. One neuron sits at each change, and alternate signs add up to the table's bit:

    bit       0 0 1 1 1 0 0 0 1 1        bit = [sum >= a] - [sum >= b] + [sum >= c]
    sum  ------->a----->b----->c---
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass

import numpy as np

_DRAWN = 4000
_WIDEST = 15
_SEED = 0


@dataclass(frozen=True, eq=False)
class Line:
    """``bit = [s >= level_0] - [s >= level_1] + ...`` with ``s = weights . x``: integers (inputs,) and (changes,)."""

    weights: np.ndarray
    levels: np.ndarray


@dataclass(frozen=True, eq=False)
class Lines:
    """The lines of many tables: ``kernel`` (inputs, units); ``levels`` (changes, units), those that never come included."""

    kernel: np.ndarray
    levels: np.ndarray


def lines(tables: np.ndarray, wiring: np.ndarray, inputs: int) -> Lines:
    """One line for each of ``tables`` (units, 2^fan_in bits) over its ``wiring`` (fan_in, units) of ``inputs``."""
    forms = [line(table) for table in tables]
    units = np.arange(len(forms))
    kernel = np.zeros((inputs, len(forms)))
    for place, read in enumerate(wiring):
        np.add.at(kernel, (read, units), [form.weights[place] for form in forms])
    never = np.abs(kernel).sum(axis=0) + 1
    levels = np.tile(never, (max(1, *(len(form.levels) for form in forms)), 1))
    for unit, form in enumerate(forms):
        levels[: len(form.levels), unit] = form.levels
    return Lines(kernel, levels)


def line(table: np.ndarray) -> Line:
    """The exact form of ``table`` (2^inputs bits; input j is bit j of the place) with the fewest changes that we find."""
    directions, order, gaps = _library(table.size.bit_length() - 1)
    falling = _falling(table)
    places = np.arange(table.size) ^ int(falling @ 2 ** np.arange(len(falling)))
    bits = table.astype(np.int8)[places][order]
    turns = bits[:, 1:] != bits[:, :-1]
    changes = np.where((turns & (gaps == 0)).any(axis=1), table.size, turns.sum(axis=1) + bits[:, 0])
    best = int(changes.argmin())
    weights = directions[best]
    where = np.flatnonzero(
        np.diff(bits[best], prepend=0)
    )  # a line that begins with a 1 has a change at its very beginning
    sums = _sums(weights[None])[0][order[best]]  # of inputs of which the falling ones are inverted: w (1 - x)
    return Line(weights * (1 - 2 * falling), sums[where] - weights @ falling)


def _falling(table: np.ndarray) -> np.ndarray:
    """int (inputs,): 1 for each input with which the bit rather falls than rises."""
    inputs = table.size.bit_length() - 1
    ones = np.arange(table.size)[None] >> np.arange(inputs)[:, None] & 1
    return (np.sum((2 * ones - 1) * (2 * table.astype(np.int64) - 1), axis=1) < 0).astype(np.int64)


@functools.cache
def _library(inputs: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Directions (count, inputs), none negative, the order of the patterns along each, and the gaps between neighbours.

    A gap of 0 is a tie. Small weights in all combinations, drawn ones, and powers of two, along which nothing
    ties: any table has a form.
    """
    rng = np.random.default_rng(_SEED)
    powers = 2 ** np.stack([rng.permutation(inputs) for _ in range(_DRAWN // 8)])
    small = np.array(list(itertools.product((0, 1, 2), repeat=inputs)))
    drawn = rng.integers(0, _WIDEST + 1, (_DRAWN, inputs))
    directions = np.concatenate([small, drawn, powers])
    sums = _sums(directions)
    order = np.argsort(sums, axis=1, kind="stable")
    return directions, order, np.diff(np.take_along_axis(sums, order, axis=1), axis=1)


def _sums(directions: np.ndarray) -> np.ndarray:
    """(directions, patterns)."""
    inputs = directions.shape[1]
    return directions @ (np.arange(2**inputs)[None] >> np.arange(inputs)[:, None] & 1)
