"""Many literals in columns of powers of two down to one word, or to the carry that says whether a neuron fires.

Whatever bits there are at a level are taken by counters of six and by carry chains that add three plain bits to the count of five others
(nine bits become four for three LUTs and a CARRY4), until one chain can add the rest. Constants ride along in counters, where they cost
nothing. ``docs/explanation/unrolled.md`` has an example.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from whetgen.targets.verilog.logic.circuit import CHAIN_ROOM, FALSE, TRUE, Circuit, Literal
from whetgen.targets.verilog.logic.columns import Columns, Weighted, inverted, word
from whetgen.targets.verilog.logic.last_chain import Chain, carry_of, chain_of, operands, sum_of
from whetgen.targets.verilog.logic.number import number_reaches

_CHAIN = 3  # positions of a chain that fills one CARRY4, its carry being the fourth bit


def counters_first(columns: Columns) -> Chain:
    """Level by level, until one chain can finish what is there."""
    level = 0
    while (chain := chain_of(columns)) is None:
        if not _counters_and_chains(columns, level):
            level += 1
    return chain


# Puts few enough bits into the columns for one chain.
Compressor = Callable[[Columns], Chain]


def reduced(
    circuit: Circuit,
    bits: Iterable[Weighted],
    constant: int,
    width: int,
    compressor: Compressor = counters_first,
) -> tuple[Literal, ...]:
    """The sum of bits and constant modulo ``2 ** width``, least significant bit first."""
    columns = Columns(circuit, bits, constant, width)
    chain = compressor(columns)
    total = sum_of(circuit, *operands(columns, chain), chain.carry)[:-1]
    high = _bits_of(columns.constant >> chain.start, len(total))
    return (*_bits_of(columns.constant, chain.start), *sum_of(circuit, total, high, FALSE)[: len(total)])


def reaches(
    circuit: Circuit,
    bits: Iterable[Weighted],
    threshold: int,
    highest: int,
    compressor: Compressor = counters_first,
) -> Literal:
    """Whether the sum of the bits, at most ``highest``, is at least ``threshold``, from 1 to ``highest``.

    With ``K = 2 ** width - threshold`` added the question is whether the sum passes ``2 ** width``; it cannot pass it twice.
    Where K does not fit in wholly, the sum is made and compared with what it lacks.
    """
    bits = list(bits)
    fixed = sum(1 << column for literal, column in bits if literal == TRUE)
    bits, threshold, highest = [b for b in bits if b[0] != TRUE], threshold - fixed, highest - fixed
    if threshold <= 0:
        return TRUE
    width = max((threshold - 1).bit_length(), (highest - threshold).bit_length())
    columns = Columns(circuit, bits, (1 << width) - threshold, width)
    chain = compressor(columns)
    words = operands(columns, chain)
    if columns.constant >> chain.start:
        total = [(b, chain.start + k) for k, b in enumerate(sum_of(circuit, *words, chain.carry)) if b != FALSE]
        last = number_reaches(circuit, total, (1 << width) - columns.constant)
    else:
        last = carry_of(circuit, *words, chain.carry)
    return any_of(circuit, [*columns.beyond, last])


def _bits_of(number: int, width: int) -> tuple[Literal, ...]:
    return tuple(TRUE if number >> column & 1 else FALSE for column in range(width))


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


def _counters_and_chains(columns: Columns, level: int) -> bool:
    """Counters and chains on what is there at this level; whether there were any."""
    done = False
    for column in sorted(c for c in columns.bits if columns.bits[c]):
        while chain_of(columns) is None and (_chain(columns, column, level) or _counter(columns, column, level)):
            done = True
    return done


def _plain(literals: list[Literal]) -> list[Literal]:
    return [b for b in literals if not b & 1]


def _chain(columns: Columns, column: int, level: int) -> bool:
    """Five of this column, a carry, and one plain bit of this and the next two, or one of these: four bits."""
    here = columns.ready(column, level)
    if len(here) < CHAIN_ROOM + 2 or not _plain(here):
        return False
    plain = [_plain(here)[-1]]
    for above in range(column + 1, column + _CHAIN):
        found = _plain(columns.ready(above, level)) if above < columns.width else []
        plain.append(found[0] if found else FALSE)
    if plain[1:] == [FALSE, FALSE] and column + _CHAIN < columns.width:
        return False
    here.remove(plain[0])
    here.sort(key=inverted)
    carry, some = here[0], here[-CHAIN_ROOM:]
    columns.take(column, [plain[0], *some, carry])
    for above in range(column + 1, column + _CHAIN):
        if plain[above - column]:
            columns.take(above, [plain[above - column]])
    constant = columns.constant_bit(column)
    counted = word(columns.circuit.count([*some, constant]), _CHAIN)
    for k, bit in enumerate(columns.circuit.add(plain, counted, carry)):
        columns.put(bit, column + k)
    return True


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
