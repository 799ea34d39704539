"""Bits to be summed, in columns of powers of two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from whetgen.targets.verilog.logic.circuit import FALSE, TRUE, Circuit, Literal

Weighted = tuple[Literal, int]  # a literal and its column: its power of two


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


def word(bits: tuple[Literal, ...], width: int) -> tuple[Literal, ...]:
    """The bits and zeros above them."""
    return (*bits, *([FALSE] * (width - len(bits))))


def inverted(literal: Literal) -> int:
    """Sorts plain bits first: those enter a carry chain as they are, the others through an inverter."""
    return literal & 1
