"""Places in the scratch arena: buffers that are never alive together may overlap."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Buffer:
    """``size`` bytes in use from step ``first`` to step ``last``, both included."""

    name: str
    size: int
    align: int
    first: int
    last: int

    def meets(self, other: Buffer) -> bool:
        return self.first <= other.last and other.first <= self.last


def place(buffers: list[Buffer]) -> tuple[dict[str, int], int]:
    """Offset of each buffer, and the bytes of the whole arena: largest buffer first, lowest gap that fits."""
    offsets: dict[str, int] = {}
    placed: list[Buffer] = []
    for buffer in sorted(buffers, key=lambda b: (-b.size, b.first, b.name)):
        offsets[buffer.name] = _lowest_gap(buffer, [(offsets[b.name], b.size) for b in placed if b.meets(buffer)])
        placed.append(buffer)
    return offsets, max((offsets[b.name] + b.size for b in buffers), default=0)


def _lowest_gap(buffer: Buffer, blocked: list[tuple[int, int]]) -> int:
    offset = 0
    for start, size in sorted(blocked):
        if offset + buffer.size <= start:
            break
        offset = max(offset, start + size)
        offset += -offset % buffer.align
    return offset
