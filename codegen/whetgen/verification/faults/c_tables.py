"""The constant tables of a generated C folder: read from its text, and which stored bits of two of them differ."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

_TABLE = re.compile(r"^static const (\w+)_t WG_FLASH (\w+)\[\d+\] = \{\n(.*?)^\};", re.MULTILINE | re.DOTALL)
_NUMBER = re.compile(r"\((-\d+) - 1\)|(-?(?:0x[0-9a-f]+|\d+))")

TableBit = tuple[str, int, int]  # table, byte, bit


def read_source(folder: Path, name: str) -> str:
    """NAME.c."""
    return (folder / "src" / f"{name}.c").read_text(encoding="utf-8")


def read_tables(folder: Path, name: str) -> dict[str, bytes]:
    """Table -> its bytes, as this machine stores them."""
    return tables_in(read_source(folder, name))


def tables_in(text: str) -> dict[str, bytes]:
    """Table -> its bytes, in the text of NAME.c."""
    return {found[2]: _bytes(found[1], found[3]) for found in _TABLE.finditer(text)}


def _bytes(kind: str, numbers: str) -> bytes:
    values = [int(least) - 1 if least else int(plain, 0) for least, plain in _NUMBER.findall(numbers)]
    return np.array(values, dtype=kind).tobytes()


def differing_bits(one: str, other: str) -> list[TableBit] | None:
    """Of the tables in two texts of NAME.c; None where anything else differs, too."""
    if _TABLE.sub(r"\1 \2", one) != _TABLE.sub(r"\1 \2", other):
        return None
    before, after = tables_in(one), tables_in(other)
    if any(len(data) != len(after[name]) for name, data in before.items()):
        return None
    return [
        (name, int(byte), bit)
        for name, data in before.items()
        for byte, xor in _differences(data, after[name])
        for bit in range(8)
        if xor >> bit & 1
    ]


def _differences(one: bytes, other: bytes) -> list[tuple[int, int]]:
    xor = np.frombuffer(one, np.uint8) ^ np.frombuffer(other, np.uint8)
    return [(int(byte), int(xor[byte])) for byte in np.flatnonzero(xor)]
