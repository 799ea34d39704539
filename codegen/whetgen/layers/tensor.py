"""What layers pass on."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from whetgen.ir.integers import word_bits
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
    def width(self) -> int:
        """Bits of the narrowest word that holds every element."""
        return word_bits(self.lo, self.hi)

    @property
    def signed(self) -> bool:
        return self.lo < 0

    @property
    def bits(self) -> int:
        return self.count * self.width

    @property
    def magnitude(self) -> int:
        """The largest absolute value."""
        return max(abs(self.lo), abs(self.hi))
