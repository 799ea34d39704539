"""Training batches."""

from __future__ import annotations

import keras
import numpy as np

from whetgen.sharpen.recipes.distortion import Distortion


class DistortedBatches(keras.utils.PyDataset):
    """Shuffled batches of images (count, height, width), distorted and in the ``shape`` the model takes.

    Order and distortions follow from ``seed`` alone. Images left over from the last batch wait for
    another epoch.
    """

    def __init__(self, images, targets, shape, *, batch: int, distortion: Distortion, seed: int):
        super().__init__()
        self.images, self.targets, self.shape = images, targets, shape
        self.batch = min(batch, len(images))
        self.distortion = distortion
        self.rng = np.random.default_rng(seed)
        self.on_epoch_end()

    def __len__(self) -> int:
        return len(self.images) // self.batch

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = self.order[index * self.batch : (index + 1) * self.batch]
        distorted = self.distortion(self.images[chosen], np.random.default_rng((self.epoch_seed, index)))
        return distorted.reshape(-1, *self.shape), self.targets[chosen]

    def on_epoch_end(self) -> None:
        self.order = self.rng.permutation(len(self.images))
        self.epoch_seed = int(self.rng.integers(2**32))
