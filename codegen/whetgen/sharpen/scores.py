"""What a lookup table's places think of the inputs that they could read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import keras
import numpy as np

from whetgen.sharpen.lookup import LookupTables, slopes_of

FADE = 0.98
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


class Scores(ABC):
    """The scores of one layer's inputs: ``values`` (places, candidates) with places (fan_in, units) in a row.

    ``power``: each place's running mean square of a change.
    """

    def __init__(self, layer: LookupTables, candidates: int, wiring: Wiring, rng: np.random.Generator):
        import tensorflow as tf

        self.layer, self.wiring = layer, wiring
        self.places = layer.fan_in * layer.units
        self.values = tf.Variable(rng.random((self.places, candidates), dtype=np.float32))
        self.power = tf.Variable(tf.zeros((self.places, 1)))

    def state(self) -> dict[str, np.ndarray]:
        return {"values": self.values.numpy(), "power": self.power.numpy()}

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
        slopes_here = tf.reshape(tf.transpose(here, (2, 0, 1)), (self.places, -1))
        signs = tf.where(inputs >= 0.5, 1.0, -1.0)
        rise = tf.cast(self._rise(tf.cast(slopes_here, tf.bfloat16), tf.cast(signs, tf.bfloat16)), tf.float32)
        self.power.assign(FADE * self.power + (1 - FADE) * tf.reduce_mean(tf.square(rise), axis=1, keepdims=True))
        self.values.assign_sub(rise * (rate / tf.sqrt(self.power / warm + 1e-30)))

    def publish(self, time: keras.KerasTensor) -> None:
        """Let each place read its best candidate; ``time`` is 0 at the beginning and 1 from half of the epochs on."""
        import tensorflow as tf

        self.layer.wiring.assign(tf.reshape(self._best(time), self.layer.wiring.shape))

    @abstractmethod
    def _rise(self, slopes: keras.KerasTensor, signs: keras.KerasTensor) -> keras.KerasTensor:
        """(places, candidates): how the loss rises with each, from slopes (places, rows) and signs (rows, inputs)."""

    @abstractmethod
    def _best(self, time: keras.KerasTensor) -> keras.KerasTensor:
        """int32 (places,): numbers of inputs."""


class SharedScores(Scores):
    """All places choose among the same ``candidates`` (count,); ``costly``: which inputs a budget is for."""

    def __init__(
        self,
        layer: LookupTables,
        candidates: np.ndarray,
        wiring: Wiring,
        rng: np.random.Generator,
        costly: np.ndarray | None = None,
    ):
        super().__init__(layer, len(candidates), wiring, rng)
        self.candidates = candidates.astype(np.int32)
        self.costly = None if costly is None else costly[candidates % len(costly)]  # a window has them at each place

    def _rise(self, slopes: keras.KerasTensor, signs: keras.KerasTensor) -> keras.KerasTensor:
        import tensorflow as tf

        return tf.matmul(slopes, tf.gather(signs, self.candidates, axis=1))

    def _best(self, time: keras.KerasTensor) -> keras.KerasTensor:
        import tensorflow as tf

        values = tf.convert_to_tensor(self.values)
        if self.costly is not None and self.wiring.budget is not None:
            values -= _NEVER * tf.cast(self._too_many(self.costly, self.wiring.budget, time), tf.float32)
        return tf.gather(self.candidates, tf.argmax(values, axis=1))

    def _too_many(self, costly: np.ndarray, budget: int, time: keras.KerasTensor) -> keras.KerasTensor:
        """bool (candidates,): costly ones beyond the budget of that time, those first that few tables read."""
        import tensorflow as tf

        reads = tf.math.bincount(tf.reshape(self.layer.wiring, (-1,)), minlength=1 + int(self.candidates.max()))
        reads = tf.where(costly, tf.gather(reads, self.candidates), -1)
        rank = tf.argsort(tf.argsort(reads, direction="DESCENDING", stable=True))
        left = budget + tf.cast((1 - time) * max(0, costly.sum() - budget), tf.int32)
        return costly & (rank >= left)


class Pools(Scores):
    """Each place has a few ``candidates`` (places, pool) of its own, drawn at random among ``inputs``."""

    def __init__(self, layer: LookupTables, inputs: int, wiring: Wiring, rng: np.random.Generator):
        import tensorflow as tf

        self.inputs = inputs
        pool = min(wiring.pool or inputs, inputs)
        super().__init__(layer, pool, wiring, rng)
        self.candidates = tf.Variable(rng.integers(0, inputs, (self.places, pool), dtype=np.int32))

    def state(self) -> dict[str, np.ndarray]:
        return {**super().state(), "candidates": self.candidates.numpy()}

    def draw_again(self, rng: np.random.Generator) -> None:
        """Other candidates in place of the worse half, which begin with the least score of the better one."""
        values, candidates = self.values.numpy(), self.candidates.numpy()
        order = np.argsort(-values, axis=1, kind="stable")
        values, candidates = (np.take_along_axis(given, order, axis=1) for given in (values, candidates))
        kept = (values.shape[1] + 1) // 2
        values[:, kept:] = values[:, kept - 1 : kept]
        candidates[:, kept:] = rng.integers(0, self.inputs, candidates[:, kept:].shape)
        self.values.assign(values)
        self.candidates.assign(candidates)

    def _rise(self, slopes: keras.KerasTensor, signs: keras.KerasTensor) -> keras.KerasTensor:
        import tensorflow as tf

        read = tf.gather(tf.transpose(signs), self.candidates)
        return tf.matmul(read, slopes[:, :, None])[..., 0]

    def _best(self, time: keras.KerasTensor) -> keras.KerasTensor:
        import tensorflow as tf

        return tf.gather(self.candidates, tf.argmax(self.values, axis=1), batch_dims=1)
