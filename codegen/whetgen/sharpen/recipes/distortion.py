"""Small random affine distortions of images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Distortion:
    """Largest amounts, either way: shift in pixels, rotation in radians, relative scale and shear.

    ``mirror``: every second image is turned left to right first.
    """

    shift: float = 0.0
    rotation: float = 0.0
    scale: float = 0.0
    shear: float = 0.0
    mirror: bool = False

    def __call__(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Each image (count, height, width[, channels]) moved by an affine map of its own; float32, zero outside."""
        if self.mirror:
            turned = rng.random(len(images)) < 0.5
            images = np.where(turned.reshape(-1, *(1,) * (images.ndim - 1)), images[:, :, ::-1], images)
        places = self._places(images, rng)
        if images.ndim == 3:
            return _sample(images, places).reshape(images.shape).astype(np.float32)
        planes = [_sample(images[..., c], places) for c in range(images.shape[-1])]
        return np.stack(planes, axis=-1).reshape(images.shape).astype(np.float32)

    def _places(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Where each pixel comes from: (count, pixels, 2), row and column."""
        height, width = images.shape[1:3]
        centre = np.array([height - 1, width - 1], np.float32) / 2
        grid = np.moveaxis(np.mgrid[:height, :width], 0, -1).reshape(-1, 2).astype(np.float32) - centre
        maps, shifts = self._draw(len(images), rng)
        return grid @ maps.transpose(0, 2, 1) + shifts[:, None] + centre

    def _draw(self, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        angle = rng.uniform(-self.rotation, self.rotation, count)
        scale = 1 + rng.uniform(-self.scale, self.scale, (2, count))
        shear = rng.uniform(-self.shear, self.shear, count)
        cos, sin = np.cos(angle), np.sin(angle)
        maps = np.array([[scale[0] * cos, shear - sin], [sin, scale[1] * cos]]).transpose(2, 0, 1)
        shifts = rng.uniform(-self.shift, self.shift, (count, 2))
        return maps.astype(np.float32), shifts.astype(np.float32)


def _sample(images: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Bilinear values of images (count, h, w) at places (count, points, 2), row and column; 0 outside."""
    count, height, width = images.shape
    padded = np.pad(images, ((0, 0), (1, 2), (1, 2))).reshape(count, -1)
    row = np.clip(places[..., 0], -1, height) + 1
    column = np.clip(places[..., 1], -1, width) + 1
    top, left = row.astype(np.int32), column.astype(np.int32)
    down, right = row - top, column - left
    corner = top * (width + 3) + left

    def at(offset: int) -> np.ndarray:
        return np.take_along_axis(padded, corner + offset, axis=1)

    upper = at(0) * (1 - right) + at(1) * right
    lower = at(width + 3) * (1 - right) + at(width + 4) * right
    return upper * (1 - down) + lower * down
