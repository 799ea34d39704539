"""Learn which inputs a lookup table reads."""

from __future__ import annotations

import math
from collections.abc import Callable

import keras
import numpy as np
from keras import ops

from whetgen.sharpen.lookup import LookupTables, lookup_layers

_RARE = 0.01
_FADE = 0.98


class LearnWiring(keras.callbacks.Callback):
    """Scores every input at every place of a ``LookupTables`` layer; a table reads those with the highest scores.

    Every ``every`` batches, until epoch ``stop_epoch``, it takes ``examples`` (x, y; a rotating slice of ``size``). To first
    order the loss falls with an input at a place as with the table's slope there: the finite difference over all
    entries, of which those further away count ``nearness`` times less for each bit that differs (Bacellar et
    al., Differentiable weightless neural networks, 2024). Scores add these falls up, each place's divided by their running root
    mean square, times ``rate``, which falls along a cosine. They start at random between 0 and 1, so that tables differ.
    Inputs that are the same in 99 % of the first 2,000 examples are never read. Needs TensorFlow.
    """

    def __init__(
        self,
        x: np.ndarray,
        y: np.ndarray,
        stop_epoch: float,
        every: int = 8,
        size: int = 512,
        rate: float = 0.05,
        nearness: float = 1 / 3,
        seed: int = 0,
    ):
        super().__init__()
        self.x, self.y = x, y
        self.stop_epoch = stop_epoch
        self.every = every
        self.size = min(size, len(x))
        self.rate = rate
        self.nearness = nearness
        self.seed = seed
        self._epoch = self._turns = 0
        self._scores: list[_Scores] = []

    def state(self) -> dict[str, np.ndarray]:
        kept = {f"{n}/{key}": value for n, scores in enumerate(self._scores) for key, value in scores.state().items()}
        return {"turns": np.array(self._turns), **kept}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        self._turns = int(state["turns"])
        self._prepare()
        for number, scores in enumerate(self._scores):
            scores.restore({key: state[f"{number}/{key}"] for key in ("values", "power")})

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch
        if not self._scores:
            self._prepare()

    def on_train_batch_end(self, batch, logs=None):
        if self._epoch < self.stop_epoch and (batch + 1) % self.every == 0:
            rate = self.rate * 0.5 * (1 + math.cos(math.pi * self._epoch / self.stop_epoch))
            self._turns += 1
            for scores, seen in zip(self._scores, self._look(), strict=True):
                scores.learn(seen, rate, 1 - _FADE**self._turns)

    def _prepare(self) -> None:
        rng = np.random.default_rng(self.seed)
        few = self.x[:2000]
        seen = self._watch(lambda: self.model(few, training=False))
        self._scores = [_Scores(last, self.nearness, rng) for last in seen]

    def _look(self) -> list[_LastLook]:
        """What each layer saw, gradient of the loss included, of the next slice of examples."""
        import tensorflow as tf

        chosen = np.arange((self._turns - 1) * self.size, self._turns * self.size) % len(self.x)
        with tf.GradientTape() as tape:
            outputs: list[keras.KerasTensor] = []
            seen = self._watch(lambda: outputs.append(self.model(self.x[chosen], training=False)))
            loss = self.model.compute_loss(y=self.y[chosen], y_pred=outputs[0])
        for last, gradient in zip(seen, tape.gradient(loss, [last.entries for last in seen]), strict=True):
            last.gradient = gradient
        return seen

    def _watch(self, run: Callable[[], object]) -> list[_LastLook]:
        seen = [_LastLook(layer) for layer in lookup_layers(self.model)]
        for last in seen:
            last.layer.recorder = last
        try:
            run()
        finally:
            for last in seen:
                last.layer.recorder = None
        return seen


class _LastLook:
    """What a layer saw in its last call: inputs (examples, inputs), patterns and entries (units, examples)."""

    def __init__(self, layer: LookupTables):
        self.layer = layer
        self.gradient: keras.KerasTensor = None

    def __call__(self, inputs: keras.KerasTensor, patterns: keras.KerasTensor, entries: keras.KerasTensor) -> None:
        self.inputs, self.patterns, self.entries = inputs, patterns, entries


class _Scores:
    """The scores of one layer's inputs, (candidates, places) with places (fan_in, units) in a row."""

    def __init__(self, seen: _LastLook, nearness: float, rng: np.random.Generator):
        import tensorflow as tf

        self.layer = seen.layer
        share = ops.convert_to_numpy(seen.inputs).mean(axis=0)
        varied = np.flatnonzero((share > _RARE) & (share < 1 - _RARE)).astype(np.int32)
        self.candidates = varied if len(varied) else np.arange(len(share), dtype=np.int32)
        places = self.layer.fan_in * self.layer.units
        self.values = tf.Variable(rng.random((len(self.candidates), places), dtype=np.float32))
        self.power = tf.Variable(tf.zeros(places))
        self.differences = tf.constant(finite_differences(self.layer.fan_in, nearness))
        self._update = tf.function(self._add)
        self._publish()

    def state(self) -> dict[str, np.ndarray]:
        return {"values": self.values.numpy(), "power": self.power.numpy()}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        self.values.assign(state["values"])
        self.power.assign(state["power"])
        self._publish()

    def learn(self, seen: _LastLook, rate: float, warm: float) -> None:
        """``warm``: how much of the running mean has filled."""
        factors = [np.float32(rate), np.float32(warm)]
        self._update(seen.inputs, seen.patterns, seen.gradient, *map(ops.convert_to_tensor, factors))
        self._publish()

    def _add(
        self,
        inputs: keras.KerasTensor,
        patterns: keras.KerasTensor,
        gradient: keras.KerasTensor,
        rate: keras.KerasTensor,
        warm: keras.KerasTensor,
    ) -> None:
        import tensorflow as tf

        fan_in, examples = self.layer.fan_in, patterns.shape[1]
        slopes = tf.einsum("jab,nb->jna", self.differences, tf.convert_to_tensor(self.layer.tables))
        here = tf.gather(slopes, tf.broadcast_to(patterns[None], (fan_in, *patterns.shape)), batch_dims=2)
        rise = tf.reshape(here * gradient, (-1, examples))
        signs = tf.gather(2.0 * inputs - 1.0, self.candidates, axis=1)
        rise = tf.matmul(*(tf.cast(part, tf.bfloat16) for part in (signs, rise)), transpose_a=True, transpose_b=True)
        rise = tf.cast(rise, tf.float32)
        self.power.assign(_FADE * self.power + (1 - _FADE) * tf.reduce_mean(tf.square(rise), axis=0))
        self.values.assign_sub(rise * (rate / tf.sqrt(self.power / warm + 1e-30)))

    def _publish(self) -> None:
        best = self.values.numpy().argmax(axis=0)
        self.layer.wiring.assign(self.candidates[best].reshape(self.layer.fan_in, self.layer.units))


def finite_differences(fan_in: int, nearness: float) -> np.ndarray:
    """float32 (fan_in, patterns, patterns): what entry b counts in the slope along input j at pattern a.

    Its sign is that of bit j in b; its size falls by ``nearness`` for each other bit in which a and b differ.
    """
    patterns = np.arange(2**fan_in)
    bits = patterns[:, None] >> np.arange(fan_in) & 1
    signs = (2 * bits - 1).T[:, None, :]
    differ = bits[:, None] ^ bits[None]
    others = differ.sum(axis=2)[None] - differ.transpose(2, 0, 1)
    return (signs * nearness**others).astype(np.float32)
