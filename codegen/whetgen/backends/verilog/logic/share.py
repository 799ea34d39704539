"""Sub-sums that several neurons have in common, found once and used by all.

Rows are the digits of one neuron at one power of two, +1, 0 or -1 for each word. Two rows agree on some words (or agree but for
the sign): their sum becomes a word of its own and a row of its own, which may share in turn. The pair that saves the most bits goes
first, until none saves enough::

    r1 = a + b - c + d                s  = a + b - c
    r2 = a + b - c     - e     =>     r1 = s + d          r2 = s - e
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter

import numpy as np

LEAST_GAIN = 2  # bits that a shared sum has to save


@dataclass(frozen=True)
class SubSum:
    """A new word, the sum of ``terms``: (word, sign)."""

    word: int
    terms: tuple[tuple[int, int], ...]


def share(rows: np.ndarray, highest: np.ndarray, least_gain: int = LEAST_GAIN) -> tuple[np.ndarray, tuple[SubSum, ...]]:
    """Rows over words that include the shared sums, and these in the order in which they can be built.

    ``rows``: (rows, words) of -1, 0, 1. ``highest``: (words,) largest value of each word, the smallest being 0.
    """
    count, words = rows.shape
    state = _State(rows, highest)
    made: list[int] = []
    while (best := state.best_pair()) is not None and best[2] >= least_gain:
        made.append(state.extract(*best[:2], best[3]))
    table = state.table[: state.rows, : state.words]
    return table[:count], tuple(_in_order(table, made, words))


def _in_order(table: np.ndarray, made: list[int], words: int) -> Iterator[SubSum]:
    """The shared sums, each after those it uses: a row that was made early may use a word that was made later."""
    uses = {words + k: [int(w) for w in np.flatnonzero(table[row])] for k, row in enumerate(made)}
    for word in TopologicalSorter({w: [u for u in used if u >= words] for w, used in uses.items()}).static_order():
        terms = tuple((w, int(table[made[word - words], w])) for w in uses[word])
        yield SubSum(word, terms)


class _State:
    """The rows, and what each pair of them would save."""

    def __init__(self, rows: np.ndarray, highest: np.ndarray):
        self.rows, self.words = rows.shape
        room = 64
        self.table = np.zeros((self.rows + room, self.words + room), dtype=np.int8)
        self.table[: self.rows, : self.words] = rows
        self.highest = np.zeros(self.words + room)
        self.highest[: self.words] = highest.astype(float)
        self.gain = np.full((2, len(self.table), len(self.table)), -np.inf, dtype=np.float32)
        for row in range(self.rows):
            self._refresh(row)

    def best_pair(self) -> tuple[int, int, float, int] | None:
        """Two rows, the bits saved, and whether they agree (0) or are opposed (1)."""
        gain = self.gain[:, : self.rows, : self.rows]
        opposed, one, other = np.unravel_index(np.argmax(gain), gain.shape)
        saved = gain[opposed, one, other]
        return None if saved == -np.inf else (int(one), int(other), float(saved), int(opposed))

    def extract(self, one: int, other: int, opposed: int) -> int:
        """Make the common sum a word and a row; the row's number."""
        self._make_room()
        sign = -1 if opposed else 1
        common = np.where(self.table[one] == sign * self.table[other], self.table[one], 0)
        self.table[one] -= common
        self.table[other] -= (sign * common).astype(np.int8)
        word, row = self.words, self.rows
        self.words, self.rows = word + 1, row + 1
        self.highest[word] = self.highest[common != 0].sum()
        self.table[row] = common
        self.table[one, word], self.table[other, word] = 1, sign
        for changed in (one, other, row):
            self._refresh(changed)
        return row

    def _refresh(self, row: int) -> None:
        """What this row saves with each other: the bits of the common words less those of their sum."""
        table, mine = self.table[: self.rows], self.table[row]
        used = np.flatnonzero(mine)
        part, signs = table[:, used], mine[used]
        highest = self.highest[used]
        width = np.ceil(np.log2(highest + 1))
        for opposed, common in enumerate((part == signs, part == -signs)):
            total = common @ highest
            gain = common @ width - np.ceil(np.log2(total + 1))
            gain[row] = -np.inf
            gain[common.sum(axis=1) < 2] = -np.inf
            self.gain[opposed, row, : self.rows] = gain
            self.gain[opposed, : self.rows, row] = gain

    def _make_room(self) -> None:
        rows, words = self.table.shape
        if self.rows < rows and self.words < words:
            return
        self.table = np.pad(self.table, ((0, rows), (0, words)))
        self.highest = np.pad(self.highest, (0, words))
        self.gain = np.pad(self.gain, ((0, 0), (0, rows), (0, rows)), constant_values=-np.inf)
