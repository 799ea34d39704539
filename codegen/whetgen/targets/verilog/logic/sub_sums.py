"""Sub-sums that several neurons have in common, found once and used by all.

Rows are the digits of one neuron at one power of two, +1, 0 or -1 for each word. Two rows agree on some words (or agree but for
the sign): their sum becomes a word of its own. The pair that saves the most bits goes first, until none saves enough::

    r1 = a + b - c + d                s  = a + b - c
    r2 = a + b - c     - e     =>     r1 = s + d          r2 = s - e
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from whetgen.targets.verilog.logic.digits import signed_digits

LEAST_GAIN = 2  # bits that a shared sum has to save


@dataclass(frozen=True)
class SubSum:
    """A new word, the sum of ``terms``: (word, factor)."""

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


def share(rows: np.ndarray, highest: np.ndarray, least_gain: int = LEAST_GAIN) -> tuple[np.ndarray, tuple[SubSum, ...]]:
    """Rows over words that include the shared sums, and these in the order in which they can be built.

    ``rows``: (rows, words) of -1, 0, 1. ``highest``: (words,) largest value of each word, the smallest being 0.
    """
    state = _Rows(rows, highest)
    shared: list[SubSum] = []
    while (best := state.best_pair())[3] >= least_gain:
        shared.append(state.extract(*best[:3]))
    return state.table[:, : state.words], tuple(shared)


class _Rows:
    """The rows, and what each pair of them would save."""

    def __init__(self, rows: np.ndarray, highest: np.ndarray):
        count, self.words = rows.shape
        self.table = np.array(rows, dtype=np.int8)
        self.highest = np.array(highest, dtype=float)
        self.gain = np.full((2, count, count), -np.inf, dtype=np.float32)
        for row in range(count):
            self._refresh(row)

    def best_pair(self) -> tuple[int, int, int, float]:
        """Whether they are opposed (1) or agree (0), two rows, and the bits saved."""
        opposed, one, other = np.unravel_index(np.argmax(self.gain), self.gain.shape)
        return int(opposed), int(one), int(other), float(self.gain[opposed, one, other])

    def extract(self, opposed: int, one: int, other: int) -> SubSum:
        """Make the common sum a word."""
        sign = -1 if opposed else 1
        common = np.where(self.table[one] == sign * self.table[other], self.table[one], 0)
        self.table[one] -= common
        self.table[other] -= (sign * common).astype(np.int8)
        word = self._new_word(self.highest[common != 0].sum())
        self.table[one, word], self.table[other, word] = 1, sign
        for changed in (one, other):
            self._refresh(changed)
        return SubSum(word, tuple((int(w), int(common[w])) for w in np.flatnonzero(common)))

    def _refresh(self, row: int) -> None:
        """What this row saves with each other: the bits of the common words less those of their sum."""
        used = np.flatnonzero(self.table[row])
        part, signs, highest = self.table[:, used], self.table[row, used], self.highest[used]
        for opposed, common in enumerate((part == signs, part == -signs)):
            gain = common @ np.ceil(np.log2(highest + 1)) - np.ceil(np.log2(common @ highest + 1))
            gain[common.sum(axis=1) < 2] = -np.inf
            gain[row] = -np.inf
            self.gain[opposed, row] = self.gain[opposed, :, row] = gain

    def _new_word(self, highest: float) -> int:
        if self.words == self.table.shape[1]:
            self.table = np.pad(self.table, ((0, 0), (0, self.words)))
            self.highest = np.pad(self.highest, (0, self.words))
        self.highest[self.words] = highest
        self.words += 1
        return self.words - 1
