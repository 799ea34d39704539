"""Sub-sums that several neurons have in common, found once and used by all.

Rows are the digits of one neuron at one power of two, +1, 0 or -1 for each word. Two rows agree on some words (or agree but for
the sign): their sum becomes a word of its own. The pair whose common words shrink most goes first, until none shrinks enough::

    r1 = a + b - c + d                s  = a + b - c
    r2 = a + b - c     - e     =>     r1 = s + d          r2 = s - e

A shared sum is a row like the others, and shares what it adds with them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from graphlib import TopologicalSorter

import numpy as np

from whetgen.targets.verilog.logic.digits import signed_digits

LEAST_SAVED = 2  # bits by which a shared sum has to be shorter than what it adds


@dataclass(frozen=True)
class SubSum:
    """A new word, the sum of ``terms``: (word, factor). It has one term where two sums came out alike: their logic is there once."""

    word: int
    terms: tuple[tuple[int, int], ...]


# Of weights (words, neurons) and the words' largest values, the smallest being 0: signed digits (neurons, columns, words)
# over words that include the shared sums, and these in the order in which they can be built.
Finder = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, tuple[SubSum, ...]]]


def own_sub_sums(weights: np.ndarray, highest: np.ndarray) -> tuple[np.ndarray, tuple[SubSum, ...]]:
    """The ``Finder`` of this module."""
    digits = signed_digits(weights).transpose(2, 0, 1)
    neurons, columns, words = digits.shape
    table, shared = share(digits.reshape(-1, words), highest)
    return table.reshape(neurons, columns, -1), shared


def share(rows: np.ndarray, highest: np.ndarray) -> tuple[np.ndarray, tuple[SubSum, ...]]:
    """Rows over words that include the shared sums, and these in the order in which they can be built.

    ``rows``: (rows, words) of -1, 0, 1. ``highest``: (words,) largest value of each word, the smallest being 0.
    """
    state = _Rows(rows, highest)
    while (best := state.best_pair())[3] > 0:
        state.extract(*best[:3])
    return _in_order(state.table[: state.count, : state.words], len(rows))


def _in_order(table: np.ndarray, rows: int) -> tuple[np.ndarray, tuple[SubSum, ...]]:
    """Shared sums, whose rows are those from ``rows`` on and whose words are the last, sorted: each after those that it adds."""
    inputs = table.shape[1] - (len(table) - rows)
    terms = {inputs + number: np.flatnonzero(row) for number, row in enumerate(table[rows:])}
    graph = {word: [w for w in read.tolist() if w >= inputs] for word, read in terms.items()}
    order = [*range(inputs), *TopologicalSorter(graph).static_order()]
    place = {word: at for at, word in enumerate(order)}
    shared = (
        SubSum(
            place[word], tuple(sorted((place[w], int(table[rows + word - inputs, w])) for w in terms[word].tolist()))
        )
        for word in order[inputs:]
    )
    return table[:rows, order], tuple(shared)


class _Rows:
    """The rows, those of the shared sums behind the others, and of each pair the share of its common bits that their sum saves.

    ``bound``: (rows,) the most that a row saves with another, or more than that.
    """

    def __init__(self, rows: np.ndarray, highest: np.ndarray):
        self.count, self.words = self.rows, self.inputs = rows.shape
        self.table = np.array(rows, dtype=np.int8)
        self.highest = np.array(highest, dtype=float)
        self.gain = np.full((2, self.count, self.count), -np.inf, dtype=np.float32)
        self.bound = np.full(self.count, np.inf, dtype=np.float32)
        for row in range(self.count):
            self._refresh(row)

    def best_pair(self) -> tuple[int, int, int, float]:
        """Whether they are opposed (1) or agree (0), two rows, and the share saved."""
        one, bound = -1, np.float32(0)
        while one < 0 or self.bound[one] != bound:
            one = int(np.argmax(self.bound[: self.count]))
            bound = self.bound[one]
            self.bound[one] = self.gain[:, one].max()
        opposed, other = np.unravel_index(np.argmax(self.gain[:, one]), self.gain.shape[::2])
        return int(opposed), one, int(other), float(bound)

    def extract(self, opposed: int, one: int, other: int) -> None:
        """Make the common sum a word, and a row, unless it is all of a shared sum, which has both."""
        sign = -1 if opposed else 1
        for row, reader in ((one, other), (other, one)):
            if row >= self.rows and self._reads_all(reader, row, sign):
                self.table[reader] -= sign * self.table[row]
                self.table[reader, self.inputs + row - self.rows] = sign
                self._refresh(reader)
                return
        common = np.where(self.table[one] == sign * self.table[other], self.table[one], 0)
        self.table[one] -= common
        self.table[other] -= (sign * common).astype(np.int8)
        row, word = self._new(self.highest[common != 0].sum())
        self.table[row, : len(common)] = common
        self.table[one, word], self.table[other, word] = 1, sign
        for changed in (one, other, row):
            self._refresh(changed)

    def _reads_all(self, reader: int, row: int, sign: int) -> bool:
        used = self.table[row] != 0
        return bool(np.all(self.table[reader, used] == sign * self.table[row, used]))

    def _refresh(self, row: int) -> None:
        """What this row saves with each other, which then need not add the common words, but both their sum."""
        used = np.flatnonzero(self.table[row])
        part, signs, highest = self.table[: self.count, used], self.table[row, used], self.highest[used]
        for opposed, agree in enumerate((part == signs, part == -signs)):
            common = agree.astype(np.float32)
            bits = common @ _bits(highest)
            saved = bits - _bits(common @ highest)
            gain = np.where(saved >= LEAST_SAVED, saved / np.maximum(bits, 1), -np.inf)
            gain[row] = -np.inf
            self.gain[opposed, row, : self.count] = self.gain[opposed, : self.count, row] = gain
            self.bound[: self.count] = np.maximum(self.bound[: self.count], gain)
            self.bound[row] = np.inf

    def _new(self, highest: float) -> tuple[int, int]:
        """The number of a new row and that of its word."""
        if self.count == len(self.table):
            self.table = np.pad(self.table, ((0, self.count), (0, 0)))
            self.gain = np.pad(self.gain, ((0, 0), (0, self.count), (0, self.count)), constant_values=-np.inf)
            self.bound = np.pad(self.bound, (0, self.count), constant_values=-np.inf)
        if self.words == self.table.shape[1]:
            self.table = np.pad(self.table, ((0, 0), (0, self.words)))
            self.highest = np.pad(self.highest, (0, self.words))
        self.highest[self.words] = highest
        self.count, self.words = self.count + 1, self.words + 1
        return self.count - 1, self.words - 1


def _bits(highest: np.ndarray) -> np.ndarray:
    """Of words from 0 to ``highest``."""
    return np.ceil(np.log2(highest + 1))
