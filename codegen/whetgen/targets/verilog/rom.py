"""Tables of constants in modules of their own."""

from __future__ import annotations

from dataclasses import dataclass

from whetgen.targets.streams.resources import is_bram

BLOCK = 256


@dataclass(frozen=True)
class RomRow:
    """``word``: hexadecimal text; ``owner``: whose constants it holds."""

    word: str
    owner: str


@dataclass(frozen=True, kw_only=True)
class Rom:
    """``rows`` of ``width`` bits; ``packing`` says how constants share a row."""

    module: str
    title: str
    packing: str
    width: int
    address_bits: int
    rows: tuple[RomRow, ...]

    @property
    def bits(self) -> int:
        return self.width * len(self.rows)

    @property
    def in_bram(self) -> bool:
        """Whether synthesis is told to use block RAM: Yosys alone would make LUTs of wide tables of a few hundred words."""
        return is_bram(len(self.rows), self.width)

    @property
    def blocks(self) -> tuple[tuple[tuple[int, RomRow], ...], ...]:
        """Numbers and rows, some at a time: Yosys needs a time to read a block of statements that grows with its square."""
        numbered = tuple(enumerate(self.rows))
        return tuple(numbered[k : k + BLOCK] for k in range(0, len(numbered), BLOCK))
