"""Many literals in columns of powers of two down to one word, or to the carry that says whether a neuron fires.

Each step takes the bits that are there: counters of six and carry chains that add three plain bits to the count of five others
(nine bits become four for three LUTs and a CARRY4). Constants ride along in counters, where they cost nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from whetgen.targets.verilog.logic.circuit import CHAIN_ROOM, FALSE, TRUE, Circuit, Literal

Weighted = tuple[Literal, int]  # a literal and its column: its power of two

_CHAIN = 3  # positions of a chain that fills one CARRY4, its carry being the fourth bit


class Columns:
    """Bits by column, those at ``width`` and above kept apart: they are zero or decide by themselves."""

    def __init__(self, circuit: Circuit, bits: Iterable[Weighted], constant: int, width: int):
        self.circuit, self.width = circuit, width
        self.bits: dict[int, list[Literal]] = defaultdict(list)
        self.beyond: list[Literal] = []
        self.constant = constant % (1 << width)
        for literal, column in bits:
            self.put(literal, column)

    def put(self, literal: Literal, column: int) -> None:
        if literal == TRUE:
            self.constant += 1 << column
        elif literal != FALSE:
            (self.bits[column] if column < self.width else self.beyond).append(literal)

    def ready(self, column: int, level: int) -> list[Literal]:
        return [b for b in self.bits[column] if self.circuit.at(b) <= level]

    def take(self, column: int, literals: Iterable[Literal]) -> None:
        for literal in literals:
            self.bits[column].remove(literal)

    def height(self, column: int) -> int:
        return len(self.bits[column])

    def constant_bit(self, column: int) -> Literal:
        """The constant's bit of that column, which is then taken."""
        if column < self.width and self.constant >> column & 1:
            self.constant -= 1 << column
            return TRUE
        return FALSE


def reduced(circuit: Circuit, bits: Iterable[Weighted], constant: int, width: int) -> tuple[Literal, ...]:
    """The sum of bits and constant modulo ``2 ** width``, least significant bit first."""
    columns = Columns(circuit, bits, constant, width)
    _compress(columns)
    start, left, right, carry = _operands(columns)
    low = tuple(TRUE if columns.constant >> column & 1 else FALSE for column in range(start))
    return (*low, *_trimmed_sum(circuit, left, right, carry))


def reaches(circuit: Circuit, bits: Iterable[Weighted], threshold: int, highest: int) -> Literal:
    """Whether the sum of the bits, at most ``highest``, is at least ``threshold``, from 1 to ``highest``.

    With ``K = 2 ** width - threshold`` added the question is whether the sum passes ``2 ** width``; it cannot pass it twice.
    """
    bits = list(bits)
    fixed = sum(1 << column for literal, column in bits if literal == TRUE)
    bits, threshold, highest = [b for b in bits if b[0] != TRUE], threshold - fixed, highest - fixed
    if threshold <= 0:
        return TRUE
    width = max((threshold - 1).bit_length(), (highest - threshold).bit_length())
    columns = Columns(circuit, bits, (1 << width) - threshold, width)
    _compress(columns)
    _, left, right, carry = _operands(columns)
    return any_of(circuit, [*columns.beyond, _carry(circuit, left, right, carry)])


def any_of(circuit: Circuit, literals: list[Literal]) -> Literal:
    """OR of any number of literals, six a table."""
    if TRUE in literals:
        return TRUE
    waiting = sorted(set(literals) - {FALSE}, key=circuit.at)
    while len(waiting) > 1:
        some, waiting = waiting[:6], waiting[6:]
        waiting.append(circuit.table(some, (1 << (1 << len(some))) - 2))
        waiting.sort(key=circuit.at)
    return waiting[0] if waiting else FALSE


def _carry(circuit: Circuit, left, right, carry) -> Literal:
    """The carry that leaves the chain; positions that cannot make or pass one are left out."""
    while left and carry == FALSE and FALSE in (left[0], right[0]):
        left, right = left[1:], right[1:]
    if not left or left[-1] == right[-1] == FALSE:
        return FALSE
    if len(left) == 1:
        return circuit.table([left[0], right[0], carry], 0b11101000)
    return circuit.carry_out(left, right, carry)


def _trimmed_sum(circuit: Circuit, left, right, carry) -> tuple[Literal, ...]:
    """The sum without its carry; low positions with one bit only are wires."""
    low = 0
    while carry == FALSE and low < len(left) and FALSE in (left[low], right[low]):
        low += 1
    wires = tuple(a or b for a, b in zip(left[:low], right[:low], strict=True))
    if low == len(left):
        return wires
    return (*wires, *circuit.add(left[low:], right[low:], carry)[:-1])


def _compress(columns: Columns) -> None:
    level = 0
    while _chain_of(columns) is None:
        if not _step(columns, level):
            level += 1


def _step(columns: Columns, level: int) -> bool:
    """Counters and chains on what is there at this level; whether there were any."""
    done = False
    for column in sorted(c for c in columns.bits if columns.bits[c]):
        while _chain_of(columns) is None and (_chain(columns, column, level) or _counter(columns, column, level)):
            done = True
    return done


def _inverted(literal: Literal) -> int:
    """Sorts plain bits first: those enter a carry chain as they are, the others through an inverter."""
    return literal & 1


def _plain(literals: list[Literal]) -> list[Literal]:
    return [b for b in literals if not b & 1]


def _chain(columns: Columns, column: int, level: int) -> bool:
    """Five of this column, a carry, and one plain bit of this and the next two: four bits."""
    here = columns.ready(column, level)
    if len(here) < CHAIN_ROOM + 2 or not _plain(here):
        return False
    plain = [_plain(here)[-1]]
    for above in range(column + 1, column + _CHAIN):
        found = _plain(columns.ready(above, level)) if above < columns.width else []
        plain.append(found[0] if found else FALSE)
    if sum(p != FALSE for p in plain) < _CHAIN and column + _CHAIN < columns.width:
        return False
    here.remove(plain[0])
    here.sort(key=_inverted)
    carry, some = here[0], here[1 : 1 + CHAIN_ROOM]
    columns.take(column, [plain[0], *some, carry])
    for above in range(column + 1, column + _CHAIN):
        if plain[above - column]:
            columns.take(above, [plain[above - column]])
    constant = columns.constant_bit(column)
    counted = _word(columns.circuit.count([*some, constant]), _CHAIN)
    for k, bit in enumerate(columns.circuit.add(plain, counted, carry)):
        columns.put(bit, column + k)
    return True


def _word(bits: tuple[Literal, ...], width: int) -> tuple[Literal, ...]:
    return (*bits, *([FALSE] * (width - len(bits))))


def _counter(columns: Columns, column: int, level: int) -> bool:
    """Up to six of this column become their number."""
    here = columns.ready(column, level)
    pending = columns.height(column) - len(here)
    if len(here) < 3 or (len(here) < 6 and pending):
        return False
    if _wait_for_chains(columns, column, level, len(here)):
        return False
    some = here[:6] if len(here) >= 4 else here[:3]
    columns.take(column, some)
    some = [*some, columns.constant_bit(column)]
    for k, bit in enumerate(columns.circuit.count(some)):
        columns.put(bit, column + k)
    return True


def _wait_for_chains(columns: Columns, column: int, level: int, here: int) -> bool:
    """Whether the rest of the column is better kept for chains, whose plain bits are being made at this level."""
    coming = [
        len([b for b in columns.bits[c] if not b & 1 and columns.circuit.at(b) > level])
        for c in (column + 1, column + 2)
    ]
    return min(coming) > 0 and here <= 6 * min(coming)


@dataclass(frozen=True)
class _Chain:
    """The last chain: its first column, the plain bits from there on, the literals to count by column, the carry into it."""

    start: int
    plain: tuple[Literal, ...]
    groups: tuple[tuple[int, tuple[Literal, ...]], ...]
    carry: Literal


def _chain_of(columns: Columns) -> _Chain | None:
    """The chain that can finish what is there, None where it is still too much.

    A position takes a plain bit and one more literal, or up to five more: their count then reaches over the next positions,
    which take a plain bit only. The first position takes a carry too.
    """
    filled = [c for c in range(columns.width) if columns.bits[c]]
    if not filled:
        return _Chain(columns.width, (), (), FALSE)
    plain, groups, carry, free = [], [], FALSE, 0
    for column in range(filled[0], columns.width):
        bits = sorted(columns.bits[column], key=_inverted)
        if column == filled[0] and len(bits) >= 3:
            carry = bits.pop(0 if bits[1] & 1 == 0 else -1)
        if column < free and bits and (len(bits) > 1 or bits[0] & 1):
            return None
        if len(bits) > 1 and (len(bits) > CHAIN_ROOM + 1 or (len(bits) > 2 and bits[0] & 1)):
            return None
        alone = len(bits) == 1 and column >= free and bits[0] & 1
        plain.append(bits.pop(0) if bits and not alone else FALSE)
        if bits:
            groups.append((column, tuple(bits)))
            free = column + len(bits).bit_length()
    return _Chain(filled[0], tuple(plain), tuple(groups), carry)


def _operands(columns: Columns) -> tuple[int, list[Literal], list[Literal], Literal]:
    """First column, words and carry of the last chain."""
    chain = _chain_of(columns)
    left, right = list(chain.plain), [FALSE] * len(chain.plain)
    for column, bits in chain.groups:
        for k, bit in enumerate(columns.circuit.count(bits)):
            if column + k < columns.width:
                right[column + k - chain.start] = bit
            else:
                columns.beyond.append(bit)
    return chain.start, *_with_constant(columns, chain.start, left, right), chain.carry


def _with_constant(columns: Columns, start: int, left: list[Literal], right: list[Literal]) -> tuple[list, list]:
    """The words with what counters left of the constant, in free places or else by one more row of counters."""
    constant = [TRUE if columns.constant >> (start + k) & 1 else FALSE for k in range(len(left))]
    free = [c == FALSE or FALSE in pair for c, pair in zip(constant, zip(left, right, strict=True), strict=True)]
    if all(free):
        pairs = [(c, a or b) if c else (a, b) for c, a, b in zip(constant, left, right, strict=True)]
        return [p[0] for p in pairs], [p[1] for p in pairs]
    sums, carries = [], [FALSE]
    for bits in zip(left, right, constant, strict=True):
        low, high = _word(columns.circuit.count(bits) if any(bits) else (), 2)
        sums.append(low)
        carries.append(high)
    columns.beyond.append(carries.pop())
    return sums, carries
