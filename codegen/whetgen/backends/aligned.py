"""Numbers in aligned columns, for constant tables of C and C++."""

from __future__ import annotations

_COLUMNS = 100


def aligned_lines(literals: list[str], row: int) -> tuple[str, ...]:
    """Lines of text; each holds a whole number of rows, or a row a whole number of lines, where one fits."""
    width = max(map(len, literals))
    room = max(_COLUMNS // (width + 2), 1)
    each = max(room // row, 1) * row if row <= room else room
    padded = [literal.rjust(width) for literal in literals]
    return tuple(", ".join(padded[i : i + each]) + "," for i in range(0, len(padded), each))
