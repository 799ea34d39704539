"""Small random distortions of images: mirrored, moved by affine maps, a square erased."""

from __future__ import annotations

from dataclasses import dataclass

import keras
import numpy as np


@dataclass(frozen=True, kw_only=True)
class Distortion:
    """Largest amounts, either way: shift in pixels, rotation in radians, relative scale and shear.

    ``whole``: shifts are whole pixels, so that images that are only shifted stay as crisp as they are. ``mirror``: about every
    second image is turned left to right first. ``erase``: the side in pixels of a square that is set to 0 last, somewhere
    within the image, in the share ``erased`` of images (random erasing, Zhong et al., 2017; cutout, DeVries and Taylor, 2017).

    Raises:
        ValueError: a share outside 0..1; when called, a square that is larger than the images.
    """

    shift: float = 0.0
    rotation: float = 0.0
    scale: float = 0.0
    shear: float = 0.0
    whole: bool = False
    mirror: bool = False
    erase: int = 0
    erased: float = 0.5

    def __post_init__(self) -> None:
        if self.erase < 0 or not 0 <= self.erased <= 1:
            raise ValueError(
                f"erase is a side of 0 pixels or more and erased a share in 0..1, not {self.erase} and {self.erased}"
            )

    def __call__(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Each image (count, height, width[, channels]) distorted in a way of its own; float32, zero where nothing is."""
        if self.mirror:
            turned = rng.random(len(images)) < 0.5
            images = np.where(turned.reshape(-1, *(1,) * (images.ndim - 1)), images[:, :, ::-1], images)
        moved = _sample(images, *self._maps(images.shape[1:3], len(images), rng))
        if self.erase:
            moved[self._squares(images.shape, rng)] = 0
        return moved

    def _squares(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        """bool (count, height, width): what is erased."""
        count, height, width = shape[:3]
        if self.erase > min(height, width):
            raise ValueError(f"a square of {self.erase} pixels is larger than images of {height}x{width}")
        chosen = rng.random(count) < self.erased
        rows, columns = (
            _stretches(rng.integers(0, size - self.erase, count, endpoint=True), self.erase, size)
            for size in (height, width)
        )
        return chosen[:, None, None] & rows[:, :, None] & columns[:, None, :]

    def _maps(self, size: tuple[int, int], count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """(count, 2, 2) and (count, 2): a pixel comes from the matrix times its row and column, plus the vector."""
        centre = (np.array(size, np.float32) - 1) / 2
        matrices, shifts = self._draw(count, rng)
        return matrices, centre + shifts - matrices @ centre

    def _draw(self, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        angle = rng.uniform(-self.rotation, self.rotation, count)
        scale = 1 + rng.uniform(-self.scale, self.scale, (2, count))
        shear = rng.uniform(-self.shear, self.shear, count)
        cos, sin = np.cos(angle), np.sin(angle)
        maps = np.array([[scale[0] * cos, shear - sin], [sin, scale[1] * cos]]).transpose(2, 0, 1)
        shifts = rng.uniform(-self.shift, self.shift, (count, 2))
        shifts = np.rint(shifts) if self.whole else shifts
        return maps.astype(np.float32), shifts.astype(np.float32)


def _stretches(starts: np.ndarray, length: int, size: int) -> np.ndarray:
    """bool (count, size): ``length`` places in a row from each start on."""
    places = np.arange(size)
    return (places >= starts[:, None]) & (places < starts[:, None] + length)


def _sample(images: np.ndarray, matrices: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Bilinear values where the maps point to; 0 outside. float32, of the images' shape."""
    row, column = (np.concatenate([matrices[:, axis, ::-1], vectors[:, axis, None]], axis=1) for axis in (0, 1))
    transforms = np.concatenate([column, row, np.zeros_like(vectors)], axis=1)  # the library has x, the column, first
    pixels = images.astype(np.float32).reshape(*images.shape[:3], -1)
    moved = keras.ops.image.affine_transform(pixels, transforms)  # bilinear, filled with 0
    return np.array(moved).reshape(images.shape)
