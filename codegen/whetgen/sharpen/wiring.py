"""Learn which inputs a lookup table reads."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

from whetgen.sharpen.lookup import LookupTables, lookup_layers, slopes_of

_RARE = 0.01
_FADE = 0.98
_NEVER = 1e9


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """How ``LearnWiring`` learns.

    Every ``every`` batches it looks at ``size`` examples, of which it keeps the share ``felt`` that the loss feels
    most. Scores change by ``rate``, at first; neighbours of an entry count ``nearness`` times less for each bit. With a
    ``pool`` each place of the layers behind the first chooses among so many random inputs; half of them, the worst, are
    drawn again every ``redrawn`` epochs until half time. With a ``budget`` at most so many of the ``costly`` inputs of
    the first layer are read from half time on.
    """

    every: int = 8
    size: int = 512
    felt: float = 1.0
    rate: float = 0.05
    nearness: float = 1 / 3
    pool: int | None = None
    redrawn: int = 5
    budget: int | None = None


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
        self._scores: list[_Scores] = []

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
            for scores in self._scores[1:]:
                scores.draw_again(np.random.default_rng((self.seed, epoch)))

    def on_train_batch_end(self, batch, logs=None):
        if self._epoch < self.stop_epoch and (batch + 1) % self.wiring.every == 0:
            time = self._epoch / self.stop_epoch
            rate = self.wiring.rate * 0.5 * (1 + math.cos(math.pi * time))
            self._turns += 1
            size = min(self.wiring.size, len(self.x))
            chosen = np.arange((self._turns - 1) * size, self._turns * size) % len(self.x)
            numbers = (np.float32(value) for value in (rate, 1 - _FADE**self._turns, min(1.0, 2 * time)))
            self._learn(self.x[chosen], self.y[chosen], *map(ops.convert_to_tensor, numbers))

    def _prepare(self) -> None:
        import tensorflow as tf

        rng = np.random.default_rng(self.seed)
        with self._watched() as seen:
            self.model(self.x[:2000], training=False)
        self._scores = [self._score(last, number, rng) for number, last in enumerate(seen)]
        self._learn = tf.function(self._look_and_learn, reduce_retracing=True)

    def _score(self, last: _LastLook, number: int, rng: np.random.Generator) -> _Scores:
        if number == 0:
            return _Scores(last.layer, _varied(last.inputs), self.wiring, rng, costly=self.costly)
        return _Scores(last.layer, np.arange(last.inputs.shape[-1]), self.wiring, rng, pool=self.wiring.pool)

    def _look_and_learn(
        self,
        x: keras.KerasTensor,
        y: keras.KerasTensor,
        rate: keras.KerasTensor,
        warm: keras.KerasTensor,
        time: keras.KerasTensor,
    ) -> None:
        """``warm``: how much of the running mean has filled; ``time``: 0 to 1, at half of the epochs."""
        import tensorflow as tf

        with tf.GradientTape() as tape, self._watched() as seen:
            loss = self.model.compute_loss(y=y, y_pred=self.model(x, training=False))
        flows = tape.gradient(loss, [last.entries for last in seen])
        for scores, last, flow in zip(self._scores, seen, flows, strict=True):
            scores.learn(last.inputs, last.patterns, flow, rate, warm)
            scores.publish(time)

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


class _Scores:
    """The scores of one layer's inputs, (places, candidates) with places (fan_in, units) in a row.

    ``pool``: so many candidates of each place can be chosen, all if None; ``costly``: which inputs a budget is for.
    """

    def __init__(
        self,
        layer: LookupTables,
        candidates: np.ndarray,
        wiring: Wiring,
        rng: np.random.Generator,
        pool: int | None = None,
        costly: np.ndarray | None = None,
    ):
        import tensorflow as tf

        self.layer, self.wiring = layer, wiring
        self.candidates = candidates.astype(np.int32)
        places = layer.fan_in * layer.units
        self.values = tf.Variable(rng.random((places, len(candidates)), dtype=np.float32))
        self.power = tf.Variable(tf.zeros((places, 1)))
        self.shut = None
        if pool is not None and pool < len(candidates):
            self.shut = tf.Variable(rng.random((places, len(candidates))).argsort(axis=1) >= pool)
        self.costly = None if costly is None else costly[candidates % len(costly)]  # a window has them at each place

    def state(self) -> dict[str, np.ndarray]:
        kept = {"values": self.values, "power": self.power, "shut": self.shut}
        return {name: variable.numpy() for name, variable in kept.items() if variable is not None}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        for name, value in state.items():
            getattr(self, name).assign(value)

    def learn(
        self,
        inputs: keras.KerasTensor,
        patterns: keras.KerasTensor,
        flow: keras.KerasTensor,
        rate: keras.KerasTensor,
        warm: keras.KerasTensor,
    ) -> None:
        """Of inputs (rows, inputs), patterns and gradient of the entries (units, rows)."""
        import tensorflow as tf

        if self.wiring.felt < 1:
            most = tf.cast(self.wiring.felt * tf.cast(tf.shape(flow)[1], tf.float32), tf.int32)
            rows = tf.math.top_k(tf.reduce_sum(tf.abs(flow), axis=0), most, sorted=False).indices
            inputs = tf.gather(inputs, rows)
            patterns, flow = (tf.gather(given, rows, axis=1) for given in (patterns, flow))
        slopes = slopes_of(tf.convert_to_tensor(self.layer.tables), self.wiring.nearness)
        here = tf.gather(slopes, patterns + self.layer.first_entries) * flow[..., None]
        rises = tf.reshape(tf.transpose(here, (2, 0, 1)), (self.values.shape[0], -1))
        signs = 2.0 * tf.cast(tf.gather(inputs, self.candidates, axis=1) >= 0.5, tf.float32) - 1.0
        rise = tf.cast(tf.matmul(tf.cast(rises, tf.bfloat16), tf.cast(signs, tf.bfloat16)), tf.float32)
        self.power.assign(_FADE * self.power + (1 - _FADE) * tf.reduce_mean(tf.square(rise), axis=1, keepdims=True))
        self.values.assign_sub(rise * (rate / tf.sqrt(self.power / warm + 1e-30)))

    def publish(self, time: keras.KerasTensor) -> None:
        """Let each place read its best candidate."""
        import tensorflow as tf

        values = tf.convert_to_tensor(self.values)
        if self.shut is not None:
            values -= _NEVER * tf.cast(self.shut, tf.float32)
        if self.costly is not None and self.wiring.budget is not None:
            values -= _NEVER * tf.cast(self._too_many(self.costly, self.wiring.budget, time), tf.float32)
        best = tf.gather(self.candidates, tf.argmax(values, axis=1))
        self.layer.wiring.assign(tf.reshape(best, self.layer.wiring.shape))

    def _too_many(self, costly: np.ndarray, budget: int, time: keras.KerasTensor) -> keras.KerasTensor:
        """bool (candidates,): costly ones beyond the budget of that time, those first that few tables read."""
        import tensorflow as tf

        reads = tf.math.bincount(tf.reshape(self.layer.wiring, (-1,)), minlength=1 + int(self.candidates.max()))
        reads = tf.where(costly, tf.gather(reads, self.candidates), -1)
        rank = tf.argsort(tf.argsort(reads, direction="DESCENDING", stable=True))
        left = budget + tf.cast((1 - time) * max(0, costly.sum() - budget), tf.int32)
        return costly & (rank >= left)

    def draw_again(self, rng: np.random.Generator) -> None:
        """Other candidates in place of the worse half of each pool."""
        if self.shut is None:
            return
        shut, values = self.shut.numpy(), self.values.numpy()
        kept = (len(shut[0]) - shut[0].sum() + 1) // 2
        new = len(shut[0]) - shut[0].sum() - kept
        opened = np.argsort(np.where(shut, np.inf, -values), axis=1, kind="stable")[:, :kept]
        drawn = np.argsort(np.where(shut, rng.random(shut.shape), np.inf), axis=1)[:, :new]
        shut[:] = True
        np.put_along_axis(shut, np.concatenate([opened, drawn], axis=1), False, axis=1)
        self.shut.assign(shut)


def _varied(inputs: keras.KerasTensor) -> np.ndarray:
    """Which of the inputs (rows, inputs) change; all of them where none does."""
    share = ops.convert_to_numpy(inputs).mean(axis=0)
    varied = np.flatnonzero((share > _RARE) & (share < 1 - _RARE))
    return varied if len(varied) else np.arange(len(share))
