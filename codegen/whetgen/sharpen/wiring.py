"""Learn which inputs a lookup table reads."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import keras
import numpy as np
from keras import ops

from whetgen.sharpen.lookup import LookupTables, lookup_layers
from whetgen.sharpen.scores import FADE, Pools, Scores, SharedScores, Wiring

_RARE = 0.01


class LearnWiring(keras.callbacks.Callback):
    """Scores every input at every place of a ``LookupTables`` layer; a table reads those with the highest scores.

    Until epoch ``stop_epoch`` it takes examples (x, y; a rotating slice), as ``wiring`` says. To first
    order the loss falls with an input at a place as with the table's slope there: the finite difference over all
    entries, of which those further away count less for each bit that differs (Bacellar et
    al., Differentiable weightless neural networks, 2024). Scores add these falls up, each place's divided by their running root
    mean square, times the rate, which falls along a cosine. They start at random between 0 and 1, so that tables differ.
    Inputs of the first layer that are the same in 99 % of the first 2,000 examples are never read. ``costly``: bool, an
    input of the first layer each. Needs TensorFlow.
    """

    def __init__(
        self,
        x: np.ndarray,
        y: np.ndarray,
        stop_epoch: float,
        wiring: Wiring | None = None,
        costly: np.ndarray | None = None,
        seed: int = 0,
    ):
        super().__init__()
        self.x, self.y = x, y
        self.stop_epoch = stop_epoch
        self.wiring = wiring or Wiring()
        self.costly = costly
        self.seed = seed
        self._epoch = self._turns = 0
        self._scores: list[Scores] = []

    def state(self) -> dict[str, np.ndarray]:
        kept = {f"{n}/{key}": value for n, scores in enumerate(self._scores) for key, value in scores.state().items()}
        return {"turns": np.array(self._turns), **kept}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        self._turns = int(state["turns"])
        self._prepare()
        for number, scores in enumerate(self._scores):
            scores.restore({key: state[f"{number}/{key}"] for key in scores.state()})

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch
        if not self._scores:
            self._prepare()
            for scores in self._scores:
                scores.publish(ops.zeros(()))
        redrawn = self.wiring.redrawn
        if self.wiring.pool and epoch and epoch % redrawn == 0 and 2 * epoch <= self.stop_epoch:
            for pools in (scores for scores in self._scores if isinstance(scores, Pools)):
                pools.draw_again(np.random.default_rng((self.seed, epoch)))

    def on_train_batch_end(self, batch, logs=None):
        if self._epoch < self.stop_epoch and (batch + 1) % self.wiring.every == 0:
            time = self._epoch / self.stop_epoch
            rate = self.wiring.rate * 0.5 * (1 + math.cos(math.pi * time))
            self._turns += 1
            size = min(self.wiring.size, len(self.x))
            chosen = np.arange((self._turns - 1) * size, self._turns * size) % len(self.x)
            numbers = (np.float32(value) for value in (rate, 1 - FADE**self._turns, min(1.0, 2 * time)))
            self._learn(self.x[chosen], self.y[chosen], *map(ops.convert_to_tensor, numbers))

    def _prepare(self) -> None:
        import tensorflow as tf

        rng = np.random.default_rng(self.seed)
        with self._watched() as seen:
            self.model(self.x[:2000], training=False)
        self._scores = [self._score(last, number, rng) for number, last in enumerate(seen)]
        self._look = tf.function(self._look_at, jit_compile=True, reduce_retracing=True)
        self._learn = tf.function(self._look_and_learn, reduce_retracing=True)

    def _score(self, last: _LastLook, number: int, rng: np.random.Generator) -> Scores:
        if number and self.wiring.pool:
            return Pools(last.layer, last.inputs.shape[-1], self.wiring, rng)
        candidates = np.arange(last.inputs.shape[-1]) if number else _varied(last.inputs)
        return SharedScores(last.layer, candidates, self.wiring, rng, None if number else self.costly)

    def _look_and_learn(
        self,
        x: keras.KerasTensor,
        y: keras.KerasTensor,
        rate: keras.KerasTensor,
        warm: keras.KerasTensor,
        time: keras.KerasTensor,
    ) -> None:
        """``warm``: how much of the running mean has filled; ``time``: 0 to 1, at half of the epochs."""
        for scores, (inputs, patterns, flow) in zip(self._scores, self._look(x, y), strict=True):
            scores.learn(inputs, patterns, flow, rate, warm)
            scores.publish(time)

    def _look_at(self, x: keras.KerasTensor, y: keras.KerasTensor) -> list[tuple[keras.KerasTensor, ...]]:
        """Of each layer: inputs, patterns and the gradient of the loss by its entries."""
        import tensorflow as tf

        with tf.GradientTape() as tape, self._watched() as seen:
            loss = self.model.compute_loss(y=y, y_pred=self.model(x, training=False))
        flows = tape.gradient(loss, [last.entries for last in seen])
        return [(last.inputs, last.patterns, flow) for last, flow in zip(seen, flows, strict=True)]

    @contextmanager
    def _watched(self) -> Iterator[list[_LastLook]]:
        """What each layer sees inside."""
        seen = [_LastLook(layer) for layer in lookup_layers(self.model)]
        for last in seen:
            last.layer.recorder = last
        try:
            yield seen
        finally:
            for last in seen:
                last.layer.recorder = None


class _LastLook:
    """What a layer saw in its last call: inputs (rows, inputs), patterns and entries (units, rows)."""

    def __init__(self, layer: LookupTables):
        self.layer = layer

    def __call__(self, inputs: keras.KerasTensor, patterns: keras.KerasTensor, entries: keras.KerasTensor) -> None:
        self.inputs, self.patterns, self.entries = inputs, patterns, entries


def _varied(inputs: keras.KerasTensor) -> np.ndarray:
    """Which of the inputs (rows, inputs) change; all of them where none does."""
    share = ops.convert_to_numpy(inputs).mean(axis=0)
    varied = np.flatnonzero((share > _RARE) & (share < 1 - _RARE))
    return varied if len(varied) else np.arange(len(share))
