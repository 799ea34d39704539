"""Weighted sums with their thresholds or biases as a circuit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import xor

import numpy as np

from whetgen.targets.verilog.logic.circuit import FALSE, MAX_TABLE_INPUTS, TRUE, Circuit, Literal, invert
from whetgen.targets.verilog.logic.columns import Weighted
from whetgen.targets.verilog.logic.compress import Compressor, counters_first, reaches, reduced
from whetgen.targets.verilog.logic.digits import signed_digits
from whetgen.targets.verilog.logic.number import number_reaches
from whetgen.targets.verilog.logic.sub_sum_comments import sub_sum_comments
from whetgen.targets.verilog.logic.sub_sums import Finder

MAX_ROWS = 1024  # digit rows that are searched for common sums at a time; time and memory grow with the square


@dataclass(frozen=True)
class Operand:
    """A number from ``offset + lowest`` to ``offset + highest``: its literals, the lowest first, tell how far above the offset it is."""

    bits: tuple[Literal, ...]
    highest: int
    offset: int = 0
    lowest: int = 0


@dataclass(frozen=True)
class BitSum:
    """A sum over literals in columns, from ``lowest`` to ``highest``, and the constant to add to it."""

    bits: tuple[Weighted, ...]
    constant: int
    lowest: int
    highest: int


def unsigned_operand(bits: Sequence[Literal], lo: int, hi: int) -> Operand:
    """A word of two's complement or natural binary bits as one that starts at its least value's power of two."""
    if lo >= 0:
        return Operand(tuple(bits), hi)
    top = len(bits) - 1
    return Operand((*bits[:top], invert(bits[top])), hi + (1 << top), -(1 << top))


@dataclass(frozen=True)
class BitSums:
    """A sum for each neuron; ``shared``: of each sum that some of them share, by its name, what it adds and who reads it, in words."""

    neurons: tuple[BitSum, ...]
    shared: dict[str, str]


def plain_sum(operands: Sequence[Operand], weights: Sequence[int]) -> BitSum:
    """One weighted sum."""
    digits = signed_digits(np.array(weights, dtype=object))
    return _digit_sum(dict(enumerate(operands)), digits)


def _digit_sum(known: Mapping[int, Operand], digits: np.ndarray) -> BitSum:
    """The sum of operands with digits (columns, operands)."""
    return _together(_bag(known, _terms(row), column) for column, row in enumerate(digits))


def sums(
    circuit: Circuit,
    operands: Sequence[Operand],
    weights: np.ndarray,
    find: Finder | None = None,
    shared_name: str = "s",
) -> BitSums:
    """Weighted sums; those of more than six bits use the common parts that ``find`` finds. ``weights``: (operands, neurons)."""
    digits = signed_digits(weights).transpose(2, 0, 1)  # neurons, columns, operands
    many = np.flatnonzero((weights != 0).T @ np.array([len(w.bits) for w in operands]) > MAX_TABLE_INPUTS)
    block, found, shared = max(1, MAX_ROWS // digits.shape[1]), dict[int, BitSum](), dict[str, str]()
    if find is not None:
        for k in range(0, len(many), block):
            some, name = many[k : k + block].tolist(), f"{shared_name}{k // block if k else ''}"
            part = _block_of_sums(circuit, operands, weights, some, find, name)
            found |= zip(some, part.neurons, strict=True)
            shared |= part.shared
    known = dict(enumerate(operands))
    return BitSums(tuple(found[n] if n in found else _digit_sum(known, rows) for n, rows in enumerate(digits)), shared)


def _block_of_sums(
    circuit: Circuit,
    operands: Sequence[Operand],
    weights: np.ndarray,
    neurons: Sequence[int],
    find: Finder,
    shared_name: str,
) -> BitSums:
    """Of ``neurons`` only."""
    digits, shared = find(weights[:, neurons], np.array([float(w.highest) for w in operands]))
    known = dict(enumerate(operands))
    names = tuple(f"{shared_name}_{number}" for number in range(len(shared)))
    for name, sub in zip(names, shared, strict=True):
        circuit.owner = name
        total = plain_sum([known[word] for word, _ in sub.terms], [factor for _, factor in sub.terms])
        known[sub.word] = _word(circuit, total)
    comments = sub_sum_comments(names, shared, digits, neurons)
    return BitSums(tuple(_digit_sum(known, own) for own in digits), dict(zip(names, comments, strict=True)))


def _word(circuit: Circuit, total: BitSum, compressor: Compressor = counters_first) -> Operand:
    """The sum of the literals as a word: no constant is added in hardware, where it would cost more than a bit."""
    bits = reduced(circuit, total.bits, 0, total.highest.bit_length(), compressor)
    return Operand(bits, total.highest, total.constant, total.lowest)


def _terms(row: np.ndarray) -> list[tuple[int, int]]:
    return [(int(word), int(row[word])) for word in np.flatnonzero(row)]


def _bag(operands: Mapping[int, Operand], terms: Iterable[tuple[int, int]], column: int) -> BitSum:
    """Literal form: ``-v = (2**n - 1 - v) - (2**n - 1)``, the bracket being v's bits inverted."""
    bits: list[Weighted] = []
    constant = lowest = highest = 0
    for number, sign in terms:
        word = operands[number]
        full = (1 << len(word.bits)) - 1
        constant += sign * word.offset - (full if sign < 0 else 0)
        lowest += full - word.highest if sign < 0 else word.lowest
        highest += full - word.lowest if sign < 0 else word.highest
        bits += [(invert(b) if sign < 0 else b, column + k) for k, b in enumerate(word.bits)]
    return BitSum(tuple(bits), constant << column, lowest << column, highest << column)


def _together(parts: Iterable[BitSum]) -> BitSum:
    parts = list(parts)
    bits = tuple(b for part in parts for b in part.bits)
    return BitSum(bits, *(sum(getattr(part, name) for part in parts) for name in ("constant", "lowest", "highest")))


def fires(circuit: Circuit, total: BitSum, threshold: int, compressor: Compressor = counters_first) -> Literal:
    """Whether the sum with its constant is at least the threshold."""
    wanted = threshold - total.constant
    if wanted <= total.lowest:
        return TRUE
    bits, (wanted,) = _without_slack(total, [wanted])
    highest = total.highest if bits == total.bits else sum(1 << column for _, column in bits)
    if wanted > highest:
        return FALSE
    nets = sorted({literal >> 1 for literal, _ in bits})
    if len(nets) <= MAX_TABLE_INPUTS:
        return circuit.table([2 * net for net in nets], _truth(bits, nets, wanted))
    if len({column for _, column in bits}) == len(bits):
        return number_reaches(circuit, bits, wanted)
    return reaches(circuit, bits, wanted, highest, compressor)


def reached(
    circuit: Circuit, total: BitSum, thresholds: Sequence[int], compressor: Compressor = counters_first
) -> tuple[Literal, ...]:
    """How many of the thresholds, ascending, the sum with its constant reaches, the lowest bit first: several read it in full.

    Of an ascending row those that are reached come first, so bit j of their number is the parity of every 2**j-th.
    """
    if len(thresholds) == 1:
        return (fires(circuit, total, thresholds[0], compressor),)
    bits, above = _without_slack(total, [threshold - total.constant for threshold in thresholds])
    nets = sorted({literal >> 1 for literal, _ in bits})
    width = len(thresholds).bit_length()
    if len(nets) <= MAX_TABLE_INPUTS:
        found = [_truth(bits, nets, wanted) for wanted in above]
        parities = (reduce(xor, found[(1 << j) - 1 :: 1 << j]) for j in range(width))
        return tuple(circuit.table([2 * net for net in nets], truth) for truth in parities)
    number = _word(circuit, total, compressor)
    met = [_is_at_least(circuit, number, threshold) for threshold in thresholds]
    return tuple(_parity(circuit, met[(1 << j) - 1 :: 1 << j]) for j in range(width))


def _is_at_least(circuit: Circuit, number: Operand, threshold: int) -> Literal:
    wanted = threshold - number.offset
    if wanted <= number.lowest:
        return TRUE
    if wanted > number.highest:
        return FALSE
    return number_reaches(circuit, [(b, k) for k, b in enumerate(number.bits)], wanted)


def _parity(circuit: Circuit, literals: Sequence[Literal]) -> Literal:
    truth = sum((index.bit_count() & 1) << index for index in range(1 << len(literals)))
    return circuit.table(literals, truth)


def _truth(bits: Sequence[Weighted], nets: Sequence[int], wanted: int) -> int:
    place = {net: k for k, net in enumerate(nets)}
    truth = 0
    for index in range(1 << len(nets)):
        value = sum(((index >> place[b >> 1] & 1) ^ (b & 1)) << column for b, column in bits)
        truth |= int(value >= wanted) << index
    return truth


def _without_slack(total: BitSum, wanted: Sequence[int]) -> tuple[tuple[Weighted, ...], list[int]]:
    """Without the low columns that change no decision, and what is wanted of the others.

    With ``sum = 2**k high + low``, ``low <= L`` and ``wanted = 2**k q + r``: high > q fires, high < q does not unless ``L >= 2**k``;
    for L < 2**k the low part matters only at high == q, and not at all where r == 0 (fires) or r > L (does not).
    """
    best = 0
    for k in range(1, max((column for _, column in total.bits), default=0) + 1):
        low = sum(1 << column for _, column in total.bits if column < k)
        if low < 1 << k and all(w % (1 << k) == 0 or w % (1 << k) > low for w in wanted):
            best = k
    kept = tuple((b, column - best) for b, column in total.bits if column >= best)
    return kept, [-(-w // (1 << best)) for w in wanted]
