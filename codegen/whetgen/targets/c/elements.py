"""How tensors and constant arrays are stored: the runtime's element kinds, seen from the generator."""

from __future__ import annotations

from dataclasses import dataclass

from whetgen.ir.integers import signed_bits

_BITS = {
    "WG_BIT": 1, "WG_U4": 4, "WG_U8": 8, "WG_I8": 8, "WG_I16": 16, "WG_I32": 32, "WG_I64": 64, "WG_U16": 16, "WG_U32": 32,
}  # fmt: skip
_CTYPE = {
    "WG_BIT": "uint8_t", "WG_U4": "uint8_t", "WG_U8": "uint8_t", "WG_I8": "int8_t", "WG_I16": "int16_t",
    "WG_I32": "int32_t", "WG_I64": "int64_t", "WG_WIDE": "uint32_t",
    "WG_U16": "uint16_t", "WG_U32": "uint32_t",  # of constant arrays only
}  # fmt: skip
_SIGNED = ("WG_I8", "WG_I16", "WG_I32", "WG_I64")


@dataclass(frozen=True)
class Elements:
    """A ``wg_elements`` record: kind and, for WG_WIDE, words of 32 bits each; for WG_BIT, maps behind the first."""

    kind: str
    words: int = 0

    @property
    def bits(self) -> int:
        return _BITS.get(self.kind, 32 * self.words)

    @property
    def ctype(self) -> str:
        return _CTYPE[self.kind]

    @property
    def wide(self) -> bool:
        return self.kind == "WG_WIDE"

    @property
    def dtype(self) -> str:
        """Of a NumPy array that holds such elements and no more."""
        return "object" if self.wide else self.ctype.removesuffix("_t")

    @property
    def align(self) -> int:
        return 4 if self.wide else max(self.bits // 8, 1)

    @property
    def maps(self) -> int:
        """Parts that hold elements one bit each, bit k of all in map k; other kinds have one part."""
        return self.words + 1 if self.kind == "WG_BIT" else 1

    def map_bytes(self, count: int) -> int:
        """Of one map of ``count`` elements, or of all where there are no several."""
        return (count * self.bits + 7) // 8

    def bytes_for(self, count: int) -> int:
        return self.maps * self.map_bytes(count)


INPUT_ELEMENTS = {
    "uint8": Elements("WG_U8"),
    "int8": Elements("WG_I8"),
    "uint4": Elements("WG_U4"),
    "bit": Elements("WG_BIT"),
    "int16": Elements("WG_I16"),
}


def bit_maps(count: int) -> Elements:
    """Elements of ``count`` bits, a map for each."""
    return Elements("WG_BIT", count - 1)


def tensor_elements(lo: int, hi: int) -> Elements:
    """Smallest kind for a tensor of this range."""
    if lo >= 0 and hi <= 1:
        return Elements("WG_BIT")
    if lo >= 0 and hi <= 255:
        return Elements("WG_U8")
    return signed_elements(lo, hi)


def signed_elements(lo: int, hi: int) -> Elements:
    """Smallest two's complement kind for this range."""
    bits = signed_bits(lo, hi)
    for kind in _SIGNED:
        if bits <= _BITS[kind]:
            return Elements(kind)
    return wide_elements(lo, hi)


def wide_elements(lo: int, hi: int) -> Elements:
    """Two's complement in words of 32 bits that holds ``lo..hi``."""
    return Elements("WG_WIDE", -(-signed_bits(lo, hi) // 32))
