"""Learn which inputs a neuron of limited fan-in reads."""

from __future__ import annotations

import math

import keras
import numpy as np
from keras import ops

from whetgen.sharpen.fan_in import SparseDense, sparse_layers


class Rewire(keras.callbacks.Callback):
    """Exchanges inputs of ``SparseDense`` layers: the least useful weight for the most wanted input.

    Every ``every`` batches, until epoch ``stop_epoch``, it takes ``examples`` (x, y; a rotating slice of
    ``size``), and for the share of groups that is due (falling along a cosine from ``share`` to 0) it
    replaces the input with the smallest weights by the unread one whose weight would have the greatest
    gradient, as RigL (Evci et al., 2020) does. Needs TensorFlow.
    """

    def __init__(
        self, x: np.ndarray, y: np.ndarray, stop_epoch: int, every: int = 50, share: float = 0.5, size: int = 2000
    ):
        super().__init__()
        self.x, self.y = x, y
        self.stop_epoch = stop_epoch
        self.every = every
        self.share = share
        self.size = min(size, len(x))
        self._epoch = 0
        self._turns = 0

    def state(self) -> dict[str, float]:
        return {"turns": self._turns}

    def restore(self, state: dict[str, float]) -> None:
        self._turns = int(state["turns"])

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self._epoch < self.stop_epoch and (batch + 1) % self.every == 0:
            due = self.share * 0.5 * (1 + math.cos(math.pi * self._epoch / self.stop_epoch))
            for layer, gradient in zip(sparse_layers(self.model), self._gradients(), strict=True):
                exchange(layer, gradient, due)
            self._turns += 1

    def _gradients(self) -> list[np.ndarray]:
        """For each layer, (inputs, units): the gradient of the weight that an input would have."""
        import tensorflow as tf

        layers = sparse_layers(self.model)
        seen = [_LastSums() for _ in layers]
        chosen = np.arange(self._turns * self.size, (self._turns + 1) * self.size) % len(self.x)
        for layer, last in zip(layers, seen, strict=True):
            layer.recorder = last
        try:
            with tf.GradientTape() as tape:
                outputs = self.model(self.x[chosen], training=False)
                loss = self.model.compute_loss(y=self.y[chosen], y_pred=outputs)
            gradients = tape.gradient(loss, [last.sums for last in seen])
        finally:
            for layer in layers:
                layer.recorder = None
        return [last.inputs.numpy().T @ g.numpy() for last, g in zip(seen, gradients, strict=True)]


def exchange(layer: SparseDense, gradient: np.ndarray, share: float) -> int:
    """Rewire one input of up to ``share`` of the layer's groups; returns how many.

    ``gradient``: (inputs, units), of the weight that each input would have at each neuron. Groups go first whose
    least input matters least beside their others. A new weight goes against its gradient and is as large as the group's
    others are in the mean, since a small one would be the next to go.
    """
    wiring, kernel = (np.array(ops.convert_to_numpy(v)) for v in (layer.wiring, layer.kernel))
    groups = np.arange(wiring.shape[1])
    slopes = gradient.reshape(len(gradient), len(groups), layer.sharing)
    weights = kernel.reshape(layer.fan_in, len(groups), layer.sharing)
    gain, worth = (np.sqrt(np.square(a).sum(axis=2)) for a in (slopes, weights))
    gain[wiring, groups] = -1.0
    best, least = gain.argmax(axis=0), worth.argmin(axis=0)
    relative = worth[least, groups] / np.maximum(worth.mean(axis=0), 1e-30)
    due = np.argsort(relative, kind="stable")[: round(share * len(groups))]
    due = due[gain[best[due], due] > 0]
    wiring[least[due], due] = best[due]
    weights[least[due], due] = -np.sign(slopes[best[due], due]) * np.abs(weights).mean(axis=0)[due]
    layer.wiring.assign(wiring)
    layer.kernel.assign(kernel)
    return len(due)


class _LastSums:
    """Keeps the inputs and sums of a layer's last call."""

    def __call__(self, inputs: keras.KerasTensor, sums: keras.KerasTensor) -> None:
        self.inputs, self.sums = inputs, sums
