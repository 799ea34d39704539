"""Constant arrays as final text, and the sharing of equal rows."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from zlib import crc32

import numpy as np

from whetgen.targets.c.elements import Elements, signed_elements
from whetgen.targets.output.aligned import aligned_lines
from whetgen.targets.output.identifiers import comment_text
from whetgen.wording import bare

_COLUMNS = 110


@dataclass(frozen=True, eq=False, kw_only=True)
class ConstArray:
    """A ``static const`` array of ``values`` in row-major order, as elements of ``elements.ctype``.

    ``what``: they are, in words, and of which layer; ``axes``: what is counted along each axis of ``values``, singular;
    ``packed``: several numbers share an element, which is written in hexadecimal. ``values`` are kept in the array's own
    width, and become text only when a file is written: most arrays that the planner weighs are never stored.
    """

    name: str
    what: str
    axes: tuple[str, ...]
    elements: Elements
    values: np.ndarray
    packed: bool = False

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
    def comment(self) -> tuple[str, ...]:
        """Lines: what, how many, how stored."""
        counts = " x ".join(bare(count, axis) for count, axis in zip(self.values.shape, self.axes, strict=True))
        words = f"{bare(self.elements.words, 'word')} of 32 bits each, the lowest first"
        stored = words if self.elements.wide else self.ctype.removesuffix("_t")
        what, size = comment_text(f"{self.what}:"), f"{counts}, {stored}"
        return (f"{what} {size}",) if len(what) + len(size) < _COLUMNS else (*wrap(what, _COLUMNS), size)

    @property
    def checksum(self) -> int:
        """CRC-32 of the elements one after the other, each from its lowest byte on: ``wg_crc32`` of the array."""
        order = "<u4" if self.elements.wide else np.dtype(self.elements.dtype).newbyteorder("<")
        return crc32(np.array(self._stored, dtype=order).tobytes())

    @property
    def lines(self) -> tuple[str, ...]:
        """The literals; a line holds whole rows of the last axis, or the words of whole numbers."""
        if self.elements.wide:
            return aligned_lines(self._stored, self.elements.words, "0x{:08x}".format)
        write = f"0x{{:0{self.elements.bits // 4}x}}".format if self.packed else literal
        return aligned_lines(self._stored, self.values.shape[-1], write)

    @property
    def _stored(self) -> list[int]:
        """The elements of the array in C."""
        flat = self.values.reshape(-1).tolist()
        return [word for v in flat for word in _words(v, self.elements.words)] if self.elements.wide else flat


@dataclass(frozen=True)
class Rows:
    """Rows of per-channel entries and which position uses which (see ``wg_finish``)."""

    values: np.ndarray
    row_of: np.ndarray | None
    row_step: int


def span(values: np.ndarray) -> tuple[int, int]:
    """Lowest and highest of an integer array."""
    return int(values.min()), int(values.max())


def numbers(
    name: str, what: str, axes: tuple[str, ...], values: np.ndarray, elements: Elements | None = None
) -> ConstArray:
    """``values`` as ``elements``, or in their narrowest signed kind; written in decimal."""
    elements = elements or signed_elements(*span(values))
    values = values.astype(elements.dtype)
    return ConstArray(name=name, what=what, axes=axes, elements=elements, values=values)


def packed(name: str, what: str, axes: tuple[str, ...], words: np.ndarray, bits: int) -> ConstArray:
    """Unsigned ``words`` of 8, 16 or 32 bits, each of which holds something of several neurons."""
    elements = Elements(f"WG_U{bits}")
    values = words.astype(elements.dtype)
    return ConstArray(name=name, what=what, axes=axes, elements=elements, values=values, packed=True)


def share_rows(entries: np.ndarray) -> Rows:
    """(positions, channels) entries with equal rows stored once where that is smaller."""
    found: dict[tuple[int, ...], int] = {}
    row_of = np.array([found.setdefault(tuple(row), len(found)) for row in entries.tolist()], dtype=np.int64)
    values = np.array(list(found), dtype=object).reshape(len(found), entries.shape[1])
    if len(values) == 1:
        return Rows(values, None, 0)
    row_bits = entries.shape[1] * signed_elements(*span(values)).bits
    index_bits = signed_elements(0, len(values)).bits
    if len(values) * row_bits + len(entries) * index_bits < len(entries) * row_bits:
        return Rows(values, row_of, 0)
    return Rows(entries, None, 1)


def literal(value: int) -> str:
    """A C99 integer constant; the most negative int64 has no literal of its own."""
    return str(value) if value > -(1 << 63) else f"({value + 1} - 1)"


def _words(value: int, count: int) -> list[int]:
    return [(value >> (32 * k)) & 0xFFFFFFFF for k in range(count)]
