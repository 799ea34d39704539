"""Numbers in aligned columns, for constant tables of C and C++."""

from __future__ import annotations

from collections.abc import Callable

_COLUMNS = 100


def aligned_lines(numbers: list[int], row: int, write: Callable[[int], str]) -> tuple[str, ...]:
    """Lines of text; each holds a whole number of rows, or a row a whole number of lines, where one fits.

    Each number is written once, however often it stands in the table.
    """
    literals = {number: write(number) for number in set(numbers)}
    width = max(map(len, literals.values()))
    literals = {number: literal.rjust(width) for number, literal in literals.items()}
    room = max(_COLUMNS // (width + 2), 1)
    each = max(room // row, 1) * row if row <= room else room
    starts = range(0, len(numbers), each)
    return tuple(", ".join([literals[n] for n in numbers[i : i + each]]) + "," for i in starts)
