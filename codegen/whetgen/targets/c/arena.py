"""Places in the scratch arena: buffers that are never alive together may overlap."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ArenaBuffer:
    """``size`` bytes in use from the call of number ``first`` to that of number ``last``.

    ``over``: a larger buffer, read last where this one is written first, that this one may start at the start of.
    """

    name: str
    size: int
    align: int
    first: int
    last: int
    over: str = ""

    def meets(self, other: ArenaBuffer) -> bool:
        return self.first <= other.last and other.first <= self.last


def place(buffers: list[ArenaBuffer]) -> tuple[dict[str, int], int]:
    """Offset of each buffer, and the bytes of the whole arena: largest buffer first, lowest gap that fits.

    A buffer that may lie over another one comes right behind it, before others take the place.
    """
    sizes = {buffer.name: buffer.size for buffer in buffers}
    offsets: dict[str, int] = {}
    placed: list[ArenaBuffer] = []
    for buffer in sorted(buffers, key=lambda b: (-sizes.get(b.over, b.size), bool(b.over), b.first, b.name)):
        blocked = [(offsets[b.name], b.size) for b in placed if b.meets(buffer) and b.name != buffer.over]
        offset = offsets.get(buffer.over)
        if offset is None or _lowest_gap(buffer, blocked, offset) != offset:
            blocked = [(offsets[b.name], b.size) for b in placed if b.meets(buffer)]
            offset = _lowest_gap(buffer, blocked)
        offsets[buffer.name] = offset
        placed.append(buffer)
    return offsets, max((offsets[b.name] + b.size for b in buffers), default=0)


def _lowest_gap(buffer: ArenaBuffer, blocked: list[tuple[int, int]], offset: int = 0) -> int:
    """The first place from ``offset`` on."""
    for start, size in sorted(b for b in blocked if sum(b) > offset):
        if offset + buffer.size <= start:
            break
        offset = max(offset, start + size)
        offset += -offset % buffer.align
    return offset
