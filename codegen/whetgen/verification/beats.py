"""Frames as transfers on a bus, and as the compiled harnesses read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from whetgen.targets.streams.packing import pack_frames
from whetgen.targets.streams.streams import Stream


@dataclass(frozen=True)
class Beat:
    """One transfer on a bus."""

    data: bytes
    last: bool


def beats_of(stream: Stream, values: np.ndarray) -> list[Beat]:
    """Correct frames, back to back, for ``values`` (frames, *shape of a frame)."""
    size = stream.bus_bits // 8
    return [
        Beat(frame[i : i + size], i + size == len(frame))
        for frame in pack_frames(stream, values)
        for i in range(0, len(frame), size)
    ]


def beat_records(beats: Iterable[Beat]) -> bytes:
    """Each beat's bytes, and behind them a byte that is 1 for the last of a frame."""
    return b"".join(beat.data + bytes([beat.last]) for beat in beats)
