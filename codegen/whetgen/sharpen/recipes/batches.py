"""Training batches."""

from __future__ import annotations

import keras
import numpy as np

from whetgen.sharpen.recipes.distortion import Distortion
from whetgen.sharpen.recipes.given import Teacher


class DistortedBatches(keras.utils.PyDataset):
    """Shuffled batches of images (count, height, width[, channels]), distorted, in the ``shape`` the model takes.

    Order and distortions follow from ``seed`` and the number of the epoch alone, counted from ``epoch``;
    without a ``distortion`` images stay as they are. A ``teacher`` puts its answers beside the targets. Images left over from the last batch wait for
    another epoch. Give ``fit`` ``shuffle=False``.
    """

    def __init__(
        self,
        images: np.ndarray,
        targets: np.ndarray,
        shape: tuple[int, ...],
        *,
        batch: int,
        distortion: Distortion | None,
        seed: int,
        epoch: int = 0,
        teacher: Teacher | None = None,
    ):
        super().__init__()
        self.images, self.targets, self.shape = images, targets, shape
        self.batch = min(batch, len(images))
        self.distortion = distortion
        self.seed = seed
        self.teacher = teacher
        self.epoch = epoch - 1
        self.on_epoch_end()

    def __len__(self) -> int:
        return len(self.images) // self.batch

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = self.order[index * self.batch : (index + 1) * self.batch]
        images = self.images[chosen]
        if self.distortion is not None:
            images = self.distortion(images, np.random.default_rng((self.seed, self.epoch, index)))
        targets = self.targets[chosen]
        if self.teacher is not None:
            targets = self.teacher.beside(targets, images)
        return images.reshape(-1, *self.shape), targets

    def on_epoch_end(self) -> None:
        self.epoch += 1
        self.order = np.random.default_rng((self.seed, self.epoch)).permutation(len(self.images))
