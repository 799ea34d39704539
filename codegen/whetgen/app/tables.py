"""Tables that fit the terminal without a broken word: with lines, without lines, or as a paragraph a row."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.table import Table


@dataclass(frozen=True)
class _Room:
    """Characters that a column takes at least, its longest word, and at most, its longest cell."""

    least: int
    most: int


def fitted(table: Table, width: int) -> Table | str:
    """The same cells in lines of at most ``width`` characters, where no single word is longer.

    ``table``: of text, with a head; its columns get their widths.
    """
    rooms = [_room([str(column.header), *map(str, column.cells)]) for column in table.columns]
    least, count = sum(room.least for room in rooms), len(rooms)
    if least + 3 * count + 1 <= width:
        return _with_widths(table, _shares(rooms, width - 3 * count - 1))
    for space in (1, 0):
        if least + (space + 1) * count <= width:
            table.box, table.show_edge, table.padding = box.SIMPLE_HEAD, False, (0, space, 0, 0)
            return _with_widths(table, _shares(rooms, width - (space + 1) * count))
    return _paragraphs(table, width)


class MarkdownTable(str):
    """A table that other programs read as Markdown where the output is no terminal."""

    def table(self) -> Table:
        """The same cells for people."""
        head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in self.strip().splitlines())
        table = Table(*head)
        for row in rows:
            table.add_row(*row)
        return table


def _with_widths(table: Table, widths: Sequence[int]) -> Table:
    for column, width in zip(table.columns, widths, strict=True):
        column.width, column.overflow = width, "fold"
    return table


def _room(cells: Sequence[str]) -> _Room:
    words = [len(word) for cell in cells for word in cell.split()]
    return _Room(
        max(words, default=1), max(max((len(line) for cell in cells for line in cell.splitlines()), default=1), 1)
    )


def _shares(rooms: Sequence[_Room], width: int) -> list[int]:
    """A width for each column that holds its words, of ``width`` in all; what is left goes where lines would break, a character in turn."""
    shares = [room.least for room in rooms]
    while sum(shares) < width and (short := [k for k, room in enumerate(rooms) if shares[k] < room.most]):
        for k in short[: width - sum(shares)]:
            shares[k] += 1
    return shares


def _paragraphs(table: Table, width: int) -> str:
    heads = [str(column.header) for column in table.columns]
    rows = zip(*(map(str, column.cells) for column in table.columns), strict=True)
    told = (
        f"{row[0]}: "
        + ", ".join(f"{head} {cell}".strip() for head, cell in zip(heads[1:], row[1:], strict=True) if cell)
        for row in rows
    )
    return "\n".join(
        textwrap.fill(text, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
        for text in told
    )
