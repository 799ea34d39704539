"""Integer types of any width, and integer arrays: ``int64`` where it fits, ``object`` (Python integers) beyond."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

_INT64_SAFE = 1 << 62


def as_integers(values: Iterable[int] | np.ndarray) -> np.ndarray:
    """``values`` as int64 when every magnitude is below 2**62, else as object."""
    array = np.asarray(values)
    if array.dtype.kind in "iub" and array.dtype != np.uint64:
        array = array.astype(np.int64)
        return array if magnitude(array) < _INT64_SAFE else array.astype(object)
    array = np.array(values, dtype=object)
    wide = any(abs(v) >= _INT64_SAFE for v in array.reshape(-1))
    exact = np.vectorize(int, otypes=[object])(array) if array.size else array
    return exact if wide else exact.astype(np.int64)


def magnitude(array: np.ndarray) -> int:
    """Largest absolute value, a Python integer; 0 for an empty array."""
    return max(int(array.max()), -int(array.min())) if array.size else 0


def signed_bits(lo: int, hi: int) -> int:
    """Width of the two's complement word that holds every value in ``lo..hi``; at least 1."""
    return max(hi.bit_length() if hi >= 0 else 0, (-lo - 1).bit_length() if lo < 0 else 0) + 1


def unsigned_bits(hi: int) -> int:
    """Width of the unsigned word that holds ``0..hi``; at least 1."""
    return max(hi.bit_length(), 1)


def word_bits(lo: int, hi: int) -> int:
    """Width of the narrowest word for ``lo..hi``: unsigned where ``lo`` allows it."""
    return unsigned_bits(hi) if lo >= 0 else signed_bits(lo, hi)


@dataclass(frozen=True)
class Word:
    """An integer type: ``bits`` wide, two's complement where ``signed``."""

    bits: int
    signed: bool

    @staticmethod
    def holding(lo: int, hi: int) -> Word:
        """The narrowest for ``lo..hi``: unsigned where ``lo`` allows it."""
        return Word(word_bits(lo, hi), lo < 0)

    @property
    def lo(self) -> int:
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def hi(self) -> int:
        return (1 << (self.bits - self.signed)) - 1

    @property
    def name(self) -> str:
        """``int8``, ``uint4``; an unsigned one of a single bit is a ``bit``."""
        return "bit" if self == Word(1, False) else f"{'' if self.signed else 'u'}int{self.bits}"
