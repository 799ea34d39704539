"""Weighted sums with their thresholds or biases as a circuit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from whetgen.targets.verilog.logic.circuit import FALSE, MAX_TABLE_INPUTS, TRUE, Circuit, Literal, invert
from whetgen.targets.verilog.logic.compress import Weighted, reaches, reduced
from whetgen.targets.verilog.logic.digits import signed_digits
from whetgen.targets.verilog.logic.share import Finder

MAX_ROWS = 1024  # digit rows that are searched for common sums at a time; time and memory grow with the square


@dataclass(frozen=True)
class Word:
    """A number from ``offset`` to ``offset + highest``: its literals, the lowest first, tell how far above the offset it is."""

    bits: tuple[Literal, ...]
    highest: int
    offset: int = 0


@dataclass(frozen=True)
class Sum:
    """A sum over literals in columns, from ``lowest`` to ``highest``, and the constant to add to it."""

    bits: tuple[Weighted, ...]
    constant: int
    lowest: int
    highest: int


def unsigned_word(bits: Sequence[Literal], lo: int, hi: int) -> Word:
    """A word of two's complement or natural binary bits as one that starts at its least value's power of two."""
    if lo >= 0:
        return Word(tuple(bits), hi)
    top = len(bits) - 1
    return Word((*bits[:top], invert(bits[top])), hi + (1 << top), -(1 << top))


@dataclass(frozen=True)
class Sums:
    """A sum for each neuron, and the names of the shared ones in between."""

    neurons: tuple[Sum, ...]
    shared: tuple[str, ...]


def plain_sum(words: Sequence[Word], weights: Sequence[int]) -> Sum:
    """One weighted sum."""
    digits = signed_digits(np.array(weights, dtype=object))
    return _digit_sum(dict(enumerate(words)), digits)


def _digit_sum(known: dict[int, Word], digits: np.ndarray) -> Sum:
    """The sum of words with digits (columns, words)."""
    return _together(_bag(known, _terms(row), column) for column, row in enumerate(digits))


def sums(
    circuit: Circuit, words: Sequence[Word], weights: np.ndarray, find: Finder | None = None, shared_name: str = "s"
) -> Sums:
    """Weighted sums; those of more than six bits use the common parts that ``find`` finds. ``weights``: (words, neurons)."""
    digits = signed_digits(weights).transpose(2, 0, 1)  # neurons, columns, words
    many = np.flatnonzero((weights != 0).T @ np.array([len(w.bits) for w in words]) > MAX_TABLE_INPUTS)
    many = many if find else many[:0]
    block = max(1, MAX_ROWS // digits.shape[1])
    parts = [
        _block_of_sums(circuit, words, weights[:, many[k : k + block]], find, f"{shared_name}{k // block if k else ''}")
        for k in range(0, len(many), block)
    ]
    known = dict(enumerate(words))
    found = dict(zip(many.tolist(), (n for part in parts for n in part.neurons), strict=True))
    neurons = (found[n] if n in found else _digit_sum(known, rows) for n, rows in enumerate(digits))
    return Sums(tuple(neurons), tuple(s for part in parts for s in part.shared))


def _block_of_sums(
    circuit: Circuit, words: Sequence[Word], weights: np.ndarray, find: Finder, shared_name: str
) -> Sums:
    digits, shared = find(weights, np.array([float(w.highest) for w in words]))
    known = dict(enumerate(words))
    names = tuple(f"{shared_name}_{number}" for number in range(len(shared)))
    for name, sub in zip(names, shared, strict=True):
        circuit.owner = name
        total = plain_sum([known[word] for word, _ in sub.terms], [factor for _, factor in sub.terms])
        bits = reduced(circuit, total.bits, -total.lowest, (total.highest - total.lowest).bit_length())
        known[sub.word] = Word(bits, total.highest - total.lowest, total.constant + total.lowest)
    return Sums(tuple(_digit_sum(known, own) for own in digits), names)


def _terms(row: np.ndarray) -> list[tuple[int, int]]:
    return [(int(word), int(row[word])) for word in np.flatnonzero(row)]


def _bag(words: dict[int, Word], terms, column: int) -> Sum:
    """Literal form: ``-v = (2**n - 1 - v) - (2**n - 1)``, the bracket being v's bits inverted."""
    bits, constant, lowest, highest = [], 0, 0, 0
    for number, sign in terms:
        word = words[number]
        full = (1 << len(word.bits)) - 1
        constant += sign * word.offset - (full if sign < 0 else 0)
        lowest += full - word.highest if sign < 0 else 0
        highest += full if sign < 0 else word.highest
        bits += [(invert(b) if sign < 0 else b, column + k) for k, b in enumerate(word.bits)]
    return Sum(tuple(bits), constant << column, lowest << column, highest << column)


def _together(parts: Iterable[Sum]) -> Sum:
    parts = list(parts)
    bits = tuple(b for part in parts for b in part.bits)
    return Sum(bits, *(sum(getattr(part, name) for part in parts) for name in ("constant", "lowest", "highest")))


def fires(circuit: Circuit, total: Sum, threshold: int) -> Literal:
    """Whether the sum with its constant is at least the threshold."""
    wanted = threshold - total.constant
    if wanted <= total.lowest:
        return TRUE
    bits, wanted, highest = _without_slack(total, wanted)
    if wanted > highest:
        return FALSE
    nets = sorted({literal >> 1 for literal, _ in bits})
    if len(nets) <= MAX_TABLE_INPUTS:
        return circuit.table([2 * net for net in nets], _truth(bits, nets, wanted))
    if len({column for _, column in bits}) == len(bits):
        return _number_reaches(circuit, bits, wanted)
    return reaches(circuit, bits, wanted, highest)


def _number_reaches(circuit: Circuit, bits: Sequence[Weighted], wanted: int) -> Literal:
    """A single number against a constant: tables of five of its bits and what the lower ones say, no carry chain."""
    rising, reached = sorted(bits, key=lambda bit: bit[1]), TRUE
    below = 0
    while rising:
        some, rising = rising[:5], rising[5:]
        top = rising[0][1] if rising else wanted.bit_length()
        digit, steps = wanted % (1 << max(top, 0)) >> below, [(b, column - below) for b, column in some]
        literals = [reached, *(b for b, _ in steps)]
        truth = 0
        for index in range(1 << len(literals)):
            value = sum((index >> (k + 1) & 1) << column for k, (_, column) in enumerate(steps))
            truth |= int(value > digit or (value == digit and index & 1)) << index
        reached, below = circuit.table(literals, truth), top
    return reached


def _truth(bits, nets, wanted: int) -> int:
    place = {net: k for k, net in enumerate(nets)}
    truth = 0
    for index in range(1 << len(nets)):
        value = sum(((index >> place[b >> 1] & 1) ^ (b & 1)) << column for b, column in bits)
        truth |= int(value >= wanted) << index
    return truth


def _without_slack(total: Sum, wanted: int) -> tuple[tuple[Weighted, ...], int, int]:
    """Without the low columns that cannot change the decision.

    With ``sum = 2**k high + low``, ``low <= L`` and ``wanted = 2**k q + r``: high > q fires, high < q does not unless ``L >= 2**k``;
    for L < 2**k the low part matters only at high == q, and not at all where r == 0 (fires) or r > L (does not).
    """
    bits, best = total.bits, (total.bits, wanted, total.highest)
    for k in range(1, max((column for _, column in bits), default=0) + 1):
        low = sum(1 << column for _, column in bits if column < k)
        rest = wanted % (1 << k)
        if low < 1 << k and (rest == 0 or rest > low):
            kept = tuple((b, column - k) for b, column in bits if column >= k)
            highest = sum(1 << column for _, column in kept)
            best = (kept, -(-wanted // (1 << k)), highest)
    return best
