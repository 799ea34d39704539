"""The generated module as data: sections of wires, constants and instances, and constant words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from whetgen.targets.streams.resources import is_bram

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Constant:
    """``localparam [width-1:0] name = value``; ``comment`` leads back to layer and channel."""

    name: str
    width: int
    value: str
    comment: str


@dataclass(frozen=True)
class Wire:
    """A net; with ``value`` it is driven here, else by an instance."""

    name: str
    width: int
    value: str = ""


@dataclass(frozen=True)
class Instance:
    """One instance of a library or ROM module."""

    module: str
    name: str
    parameters: Pairs
    ports: Pairs


@dataclass(frozen=True)
class Section:
    """What one layer, or one end of the network, needs."""

    title: str
    notes: tuple[str, ...]
    constants: tuple[Constant, ...]
    wires: tuple[Wire, ...]
    instances: tuple[Instance, ...]
    assigns: Pairs = ()


ROM_BLOCK = 256


@dataclass(frozen=True)
class Rom:
    """A table in its own module: ``words`` of ``width`` bits as hexadecimal text."""

    module: str
    title: str
    packing: str
    width: int
    address_bits: int
    words: tuple[str, ...]

    @property
    def in_bram(self) -> bool:
        """Whether synthesis is told to use block RAM: Yosys alone would make LUTs of wide tables of a few hundred words."""
        return is_bram(len(self.words), self.width)

    @property
    def blocks(self) -> tuple[tuple[tuple[int, str], ...], ...]:
        """Numbers and words, some at a time: Yosys needs a time to read a block of statements that grows with its square."""
        numbered = tuple(enumerate(self.words))
        return tuple(numbered[k : k + ROM_BLOCK] for k in range(0, len(numbered), ROM_BLOCK))


def pairs(**values: object) -> Pairs:
    """Parameter or port connections in the order given."""
    return tuple((name, str(value)) for name, value in values.items())


def pack(values: Iterable[int], width: int) -> int:
    """The values side by side, the first in the low bits, each in ``width`` bits of two's complement."""
    values = [int(v) for v in values]
    digits = width + -width % 4
    if digits == width:
        text = "".join(f"{v & ((1 << width) - 1):0{width // 4}x}" for v in reversed(values))
        return int(text or "0", 16)
    text = "".join(f"{v & ((1 << width) - 1):0{width}b}" for v in reversed(values))
    return int(text or "0", 2)


def literal(value: int, width: int) -> str:
    """A sized hexadecimal constant; negative values in two's complement."""
    return f"{width}'h{value & ((1 << width) - 1):x}"


def packed(values: Sequence[int], width: int) -> str:
    """A sized constant with all values side by side."""
    return literal(pack(values, width), width * len(values))


def concatenation(names: Sequence[str]) -> str:
    """Verilog concatenation with the first name in the low bits."""
    return names[0] if len(names) == 1 else "{" + ", ".join(reversed(names)) + "}"
