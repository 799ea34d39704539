"""Pairs of small lookup tables that share a LUT with two outputs, as Vivado places them.

A LUT of the 7-series makes one function of six inputs, or two of at most five inputs together (LUT6_2: outputs O6 and O5). Yosys
counts each function as a LUT. Beside a carry chain one pair only is possible: O6 of a position's LUT says whether the carry is passed
on, and O5 is wired to the bit that is generated there, where nothing else reads it.

Pairs are sought greedily, tables of many inputs first, since a table of few fits almost everywhere. That is a matching, not always the
largest one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

_JOINT_INPUTS = 5
_TABLE = re.compile(r"LUT[1-5]|INV")  # LUT6 leaves no input that could choose between two functions


@dataclass(frozen=True)
class _Table:
    """``reads``: nets; ``output``: the net that it drives."""

    reads: frozenset[int]
    output: int


def paired_tables(cells: Iterable[Mapping]) -> int:
    """How many LUTs a 7-series device saves with two functions in one, of a flat module in Yosys' JSON."""
    cells = list(cells)
    tables = [_table(cell) for cell in cells if _TABLE.fullmatch(cell["type"])]
    generated, readers = _generated(cells), _readers(cells)
    others = {t.output: t for t in tables if t.output not in generated}
    found = 0
    for table in (t for t in tables if t.output in generated):
        bit, *elsewhere = generated[table.output]
        if not elsewhere and bit in others and readers[bit] == 1 and _fit(table.reads, others[bit].reads):
            del others[bit]
            found += 1
    return found + _pairs(list(others.values()))


def _table(cell: Mapping) -> _Table:
    reads = (bit for port, bits in cell["connections"].items() if port != "O" for bit in bits)
    return _Table(frozenset(bit for bit in reads if isinstance(bit, int)), cell["connections"]["O"][0])


def _readers(cells: Iterable[Mapping]) -> Counter:
    """How many pins each net goes into."""
    return Counter(
        bit
        for cell in cells
        for port, bits in cell["connections"].items()
        for bit in bits
        if cell["port_directions"][port] == "input"
    )


def _generated(cells: Iterable[Mapping]) -> dict[int, list[int]]:
    """Of each net that tells a carry chain whether to pass its carry on, the nets that are generated at its positions."""
    found: dict[int, list[int]] = defaultdict(list)
    for ports in (cell["connections"] for cell in cells if cell["type"] == "CARRY4"):
        for passes, bit in zip(ports["S"], ports["DI"], strict=True):
            found[passes].append(bit)
    return found


def _fit(one: frozenset[int], other: frozenset[int]) -> bool:
    return len(one | other) <= _JOINT_INPUTS


def _pairs(tables: Sequence[_Table]) -> int:
    """Pairs among tables that stand beside no chain."""
    waiting = _Waiting(tables)
    return sum(waiting.take_pair(number) for number in waiting.order)


class _Waiting:
    """Tables without a partner, by the nets that they read and by how many."""

    def __init__(self, tables: Sequence[_Table]):
        self.reads = [t.reads for t in tables]
        self.order = sorted(range(len(tables)), key=lambda number: (-len(self.reads[number]), number))
        self.of_net: dict[int, dict[int, None]] = defaultdict(dict)
        self.of_size: list[dict[int, None]] = [{} for _ in range(_JOINT_INPUTS + 1)]
        for number in self.order:
            self.of_size[len(self.reads[number])][number] = None
            for net in self.reads[number]:
                self.of_net[net][number] = None

    def take_pair(self, number: int) -> bool:
        """Whether that table still waits and finds a partner; both are then taken."""
        size = len(self.reads[number])
        if number not in self.of_size[size]:
            return False
        self._take(number)
        fitting = [other for other in self._candidates(number) if _fit(self.reads[number], self.reads[other])]
        if not fitting:
            return False
        self._take(min(fitting, key=lambda other: (-len(self.reads[other]), self._choices(other), other)))
        return True

    def _candidates(self, number: int) -> Iterator[int]:
        """Those that share a net with it, and of those that need not, the first of the largest."""
        yield from {other for net in self.reads[number] for other in self.of_net[net]}
        room = _JOINT_INPUTS - len(self.reads[number])
        yield from next(([next(iter(some))] for some in reversed(self.of_size[: room + 1]) if some), [])

    def _choices(self, number: int) -> int:
        """How many tables share a net with it: who has few is taken first."""
        return sum(len(self.of_net[net]) for net in self.reads[number])

    def _take(self, number: int) -> None:
        del self.of_size[len(self.reads[number])][number]
        for net in self.reads[number]:
            del self.of_net[net][number]
