"""Constant tables as final text, and the sharing of equal rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whetgen.targets.c.storage import Elements, signed_elements, wide_words
from whetgen.targets.output.aligned import aligned_lines
from whetgen.targets.output.identifiers import comment_text


@dataclass(frozen=True, eq=False)
class CTable:
    """A ``static const`` array of ``values`` in row-major order, as elements of ``elements.ctype``.

    ``values`` are kept in the table's own width, and are text only when a file is written: most tables that the planner
    weighs are never stored.
    """

    name: str
    comment: str
    elements: Elements
    values: np.ndarray

    @property
    def ctype(self) -> str:
        return self.elements.ctype

    @property
    def length(self) -> int:
        """Of the array, in its elements."""
        return self.values.size * max(self.elements.words, 1)

    @property
    def bytes(self) -> int:
        return self.length * (4 if self.elements.wide else self.elements.bits // 8)

    @property
    def lines(self) -> tuple[str, ...]:
        """The literals; a line holds whole rows of the last axis, or the words of whole numbers."""
        flat, words = self.values.reshape(-1).tolist(), self.elements.words
        if self.elements.wide:
            return aligned_lines([word for v in flat for word in _words(v, words)], words, "0x{:08x}".format)
        write = f"0x{{:0{self.elements.bits // 4}x}}".format if self.elements.unsigned else literal
        return aligned_lines(flat, self.values.shape[-1], write)


@dataclass(frozen=True)
class TableRef:
    """A ``wg_table`` record; ``data`` is "0" where the table is all zeros and not stored."""

    data: str
    elements: Elements


NO_TABLE = TableRef("0", Elements("WG_I8"))


@dataclass(frozen=True)
class Rows:
    """Rows of per-channel entries and which position uses which (see ``wg_finish``)."""

    values: np.ndarray
    row_of: np.ndarray | None
    row_step: int


def span(values: np.ndarray) -> tuple[int, int]:
    """Lowest and highest of an integer array."""
    return int(values.min()), int(values.max())


def make_table(name: str, what: str, values: np.ndarray, wide: bool = False) -> CTable:
    """``values`` in their narrowest signed kind, or in words; ``what`` says what they are, for the comment."""
    elements = Elements("WG_WIDE", wide_words(*span(values))) if wide else signed_elements(*span(values))
    stored = (
        f"{elements.words} 32-bit word(s) each, least significant first"
        if elements.wide
        else elements.ctype.removesuffix("_t")
    )
    return _table(name, what, elements, values, stored)


def make_words(name: str, what: str, words: np.ndarray, bits: int) -> CTable:
    """Unsigned ``words`` of 8, 16 or 32 bits, in hexadecimal."""
    return _table(name, what, Elements(f"WG_U{bits}"), words, f"uint{bits}")


def _table(name: str, what: str, elements: Elements, values: np.ndarray, stored: str) -> CTable:
    shape = ", ".join(map(str, values.shape))
    return CTable(name, comment_text(f"{what} ({shape}), {stored}"), elements, values.astype(elements.dtype))


def share_rows(entries: np.ndarray) -> Rows:
    """(positions, channels) entries with equal rows stored once where that is smaller."""
    numbers: dict[tuple[int, ...], int] = {}
    row_of = np.array([numbers.setdefault(tuple(row), len(numbers)) for row in entries.tolist()], dtype=np.int64)
    values = np.array(list(numbers), dtype=object).reshape(len(numbers), entries.shape[1])
    if len(values) == 1:
        return Rows(values, None, 0)
    row_bits = entries.shape[1] * signed_elements(*span(values)).bits
    index_bits = signed_elements(0, len(values)).bits
    if len(values) * row_bits + len(entries) * index_bits < len(entries) * row_bits:
        return Rows(values, row_of, 0)
    return Rows(entries, None, 1)


def _words(value: int, count: int) -> list[int]:
    return [(value >> (32 * k)) & 0xFFFFFFFF for k in range(count)]


def literal(value: int) -> str:
    """A C99 integer constant; the most negative int64 has no literal of its own."""
    return str(value) if value > -(1 << 63) else f"({value + 1} - 1)"
