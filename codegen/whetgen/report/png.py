"""Frames as PNG pictures, small enough to stand in the page itself."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np

SMALLEST_SQUARE = 6  # rows of a vector that is shown as a picture


def plane_of(shape: tuple[int, ...]) -> tuple[int, int, int] | None:
    """(height, width, channels) of an input that is a picture: a map of one or three channels, or a vector of as many
    elements as a square has; None for others."""
    if len(shape) == 2:
        return (*shape, 1)
    if len(shape) == 3 and shape[2] in (1, 3):
        return shape
    side = round(shape[0] ** 0.5) if len(shape) == 1 else 0
    return (side, side, 1) if side >= SMALLEST_SQUARE and side * side == shape[0] else None


def picture_of(codes: np.ndarray, shades: tuple[int, int]) -> str | None:
    """Data URI of one frame, None where it is no picture. One channel is drawn as ink on white.

    ``shades``: the codes of no ink and of full ink.
    """
    plane, (least, most) = plane_of(codes.shape), shades
    if plane is None:
        return None
    bright = (codes.reshape(plane).astype(np.int64) - least) * 255 // (most - least)
    pixels = (255 - bright if plane[2] == 1 else bright).astype(np.uint8)
    return "data:image/png;base64," + base64.b64encode(encoded(pixels)).decode()


def encoded(pixels: np.ndarray) -> bytes:
    """(height, width, 1 or 3) uint8 -> a PNG file."""
    height, width, channels = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], axis=1)
    head = struct.pack(">IIBBBBB", width, height, 8, 0 if channels == 1 else 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
