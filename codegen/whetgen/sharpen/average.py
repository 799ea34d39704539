"""Train with a running average of the weights, which is what the model ends with."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np

from whetgen.sharpen.narrow import NarrowWeights
from whetgen.sharpen.norm import estimate_norms

_BATCH = 500


class AverageWeights(keras.callbacks.Callback):
    """Keeps an exponential moving average of all trained weights beside the model.

    After each batch from ``start_epoch`` on, ``average = m * average + (1 - m) * weights``, with m = ``momentum``, but at most
    (1 + n) / (10 + n) after n batches, so that short runs do not keep their beginning. Where ``narrow`` keeps latent kernels it
    is these that are averaged, not their grid points (which is what an optimizer's ``use_ema`` would do). The model takes the
    average, its batch norms estimated again with the examples ``x``, when ``narrow`` begins, and when ``take`` is called: do so when
    training has ended. In between it trains as it would without. A weight that is 0, as pruned ones are, stays so.

    Put it before ``narrow`` in the list of callbacks, and behind those that prune.

    Raises:
        ValueError: a momentum that is not between 0 and 1.
    """

    def __init__(self, momentum: float, x: np.ndarray, narrow: NarrowWeights | None = None, start_epoch: int = 0):
        super().__init__()
        if not 0 < momentum < 1:
            raise ValueError(f"the average of weights keeps a share between 0 and 1 a step, not {momentum}")
        self.momentum = momentum
        self.x = x
        self.narrow = narrow
        self.start_epoch = start_epoch
        self._count = 0
        self._averages: list[np.ndarray] = []
        self._averaging = False

    def state(self) -> dict[str, int | np.ndarray]:
        return {"count": self._count, **{str(number): average for number, average in enumerate(self._averages)}}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        averages = [state[str(number)] for number in range(len(state) - 1)]
        if averages and [a.shape for a in averages] != [tuple(v.shape) for v in self.model.trainable_variables]:
            raise ValueError("averages of other weights")
        self._count, self._averages = int(state["count"]), averages

    def on_epoch_begin(self, epoch, logs=None):
        self._averaging = epoch >= self.start_epoch
        if self.narrow is not None and epoch == self.narrow.start_epoch:
            self.take()

    def on_train_batch_end(self, batch, logs=None):
        if not self._averaging:
            return
        weights = [weight.numpy() for weight in self._weights()]
        share = np.float32(1 - min(self.momentum, (1 + self._count) / (10 + self._count)))
        if not self._averages:
            self._averages = weights
        for average, weight in zip(self._averages, weights, strict=True):
            average += share * (weight - average)
        self._count += 1

    def take(self) -> None:
        """Give the model the average, on the grid where it is narrow; nothing happens where there is none yet."""
        for weight, average in zip(self._weights() if self._averages else (), self._averages, strict=True):
            weight.assign(np.where(weight.numpy() == 0, np.float32(0), average))
        if self._averages:
            estimate_norms(self.model, self.x)

    def take_if_no_worse(self, score: Callable[[np.ndarray], float]) -> None:
        """``take``, unless the model's outputs for the examples ``x`` have a lower ``score`` then: an average of latent weights
        can be far from the grid that the network has learned to live with, of ternary weights above all."""
        weights, before = self.model.get_weights(), score(self._outputs())
        self.take()
        if score(self._outputs()) < before:
            self.model.set_weights(weights)

    def _outputs(self) -> np.ndarray:
        return self.model.predict(self.x, batch_size=_BATCH, verbose=0)

    def _weights(self) -> list:
        variables = self.model.trainable_variables
        return variables if self.narrow is None else [self.narrow.behind(variable) for variable in variables]
