"""Constants and concatenations as Verilog writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def pack(values: Iterable[int], width: int) -> int:
    """The values side by side, the first in the low bits, each in ``width`` bits of two's complement."""
    values = [int(v) for v in values]
    digits = width + -width % 4
    if digits == width:
        text = "".join(f"{v & ((1 << width) - 1):0{width // 4}x}" for v in reversed(values))
        return int(text or "0", 16)
    text = "".join(f"{v & ((1 << width) - 1):0{width}b}" for v in reversed(values))
    return int(text or "0", 2)


def packed(values: Sequence[int], width: int) -> str:
    """A sized constant with all values side by side."""
    return f"{width * len(values)}'h{pack(values, width):x}"


def concatenation(names: Sequence[str]) -> str:
    """Verilog concatenation with the first name in the low bits."""
    return names[0] if len(names) == 1 else "{" + ", ".join(reversed(names)) + "}"
