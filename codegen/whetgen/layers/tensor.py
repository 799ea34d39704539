"""What layers pass on."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from whetgen.ir.integers import Word
from whetgen.ir.nodes import Shape


@dataclass(frozen=True)
class Tensor:
    """Elements in ``lo..hi``, row-major; ``name`` is that of the node whose result it holds, ``shape`` as the reader sees it."""

    name: str
    shape: Shape
    lo: int
    hi: int

    @property
    def count(self) -> int:
        return prod(self.shape)

    @property
    def word(self) -> Word:
        """The narrowest that holds every element."""
        return Word.holding(self.lo, self.hi)

    @property
    def width(self) -> int:
        """Bits of ``word``."""
        return self.word.bits

    @property
    def signed(self) -> bool:
        return self.lo < 0

    @property
    def spikes(self) -> bool:
        """Whether every element is 0 or 1."""
        return self.lo >= 0 and self.hi <= 1

    @property
    def bits(self) -> int:
        return self.count * self.width

    @property
    def magnitude(self) -> int:
        """The largest absolute value."""
        return max(abs(self.lo), abs(self.hi))
