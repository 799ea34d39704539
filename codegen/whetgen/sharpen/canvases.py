"""Cluttered canvases with one digit each, made from images of digits."""

from __future__ import annotations

import numpy as np

SIDE = 40
_SCRAP = 8
_SCRAPS = 6
_INK = 128


def draw(
    digits: np.ndarray, scraps_of: np.ndarray, seed: int, count: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Canvases and masks, both uint8 (count, 40, 40): code values 0..255, and 1 where the digit has ink.

    On each canvas lie ``_SCRAPS`` square scraps cut out of ``scraps_of`` (n, 28, 28) at random places, and
    over them, at a random place, one of ``digits`` (n, 28, 28). ``count``: how many; default one a digit.
    """
    rng = np.random.default_rng(seed)
    count = len(digits) if count is None else count
    canvases, masks = (np.zeros((count, SIDE, SIDE), np.uint8) for _ in range(2))
    every = np.arange(count)
    for _ in range(_SCRAPS):
        cut = _windows(scraps_of[rng.integers(len(scraps_of), size=count)], rng.integers(4, 17, (count, 2)), _SCRAP)
        _lay(canvases, cut, rng.integers(0, SIDE - _SCRAP + 1, (count, 2)))
    chosen = digits[every % len(digits)]
    places = rng.integers(0, SIDE - chosen.shape[1] + 1, (count, 2))
    _lay(canvases, chosen, places)
    _lay(masks, (chosen >= _INK).astype(np.uint8), places)
    return canvases, masks


def _windows(images: np.ndarray, corners: np.ndarray, side: int) -> np.ndarray:
    rows = corners[:, 0, None, None] + np.arange(side)[:, None]
    columns = corners[:, 1, None, None] + np.arange(side)
    return images[np.arange(len(images))[:, None, None], rows, columns]


def _lay(canvases: np.ndarray, pieces: np.ndarray, corners: np.ndarray) -> None:
    """Put a piece on each canvas; where it has ink already the darker one shows."""
    rows = corners[:, 0, None, None] + np.arange(pieces.shape[1])[:, None]
    columns = corners[:, 1, None, None] + np.arange(pieces.shape[2])
    places = np.arange(len(canvases))[:, None, None], rows, columns
    canvases[places] = np.maximum(canvases[places], pieces)
