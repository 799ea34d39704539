"""Frames as bytes on the bus, and back: elements back to back, low bits first, the last beat padded."""

from __future__ import annotations

import numpy as np

from whetgen.targets.streams.streams import Stream


def pack_frames(stream: Stream, frames: np.ndarray) -> list[bytes]:
    """Bytes of each frame, ``beats * bus_bits / 8`` long."""
    flat = np.asarray(frames).reshape(len(frames), -1).astype(np.int64)
    shifts = np.arange(stream.element_bits)
    bits = ((flat[:, :, None] >> shifts) & 1).astype(np.uint8).reshape(len(flat), -1)
    room = stream.beats * stream.bus_bits - bits.shape[1]
    packed = np.packbits(np.pad(bits, ((0, 0), (0, room))), axis=1, bitorder="little")
    return [row.tobytes() for row in packed]


def unpack_frames(stream: Stream, data: bytes) -> np.ndarray:
    """(frames, elements) int64 of frames that lie one after the other."""
    size = stream.beats * stream.bus_bits // 8
    bits = np.unpackbits(np.frombuffer(data, dtype=np.uint8).reshape(-1, size), axis=1, bitorder="little")
    elements = bits[:, : stream.frame_bits].reshape(len(bits), stream.count, stream.element_bits).astype(np.int64)
    values = (elements << np.arange(stream.element_bits)).sum(axis=2)
    if stream.signed and stream.element_bits < 64:
        values -= elements[:, :, -1] << stream.element_bits
    return values
