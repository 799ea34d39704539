"""Numbers as bits: one comparison with a threshold per bit."""

from __future__ import annotations

import itertools
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import ArrayLike


@keras.saving.register_keras_serializable(package="whetgen")
class Thermometer(keras.layers.Layer):
    """Each feature as ``levels`` spikes: spike l fires where the feature is at least threshold l.

    (batch, ..., features) becomes (batch, ..., levels * features), level after level. ``thresholds``
    is (levels, features), saved state that no optimizer touches; given here as ``levels`` numbers that all
    features share, or chosen by ``adapt`` for each feature. One level at 0.5 is a binarised input.
    No gradient passes.

    Raises:
        ValueError: no thresholds, or some that do not grow.
    """

    def __init__(self, thresholds: ArrayLike, **kwargs: Any):
        super().__init__(**kwargs)
        self.levels = _checked(thresholds)

    def build(self, input_shape):
        shape = (len(self.levels), input_shape[-1])
        start = np.broadcast_to(np.reshape(np.array(self.levels, np.float32), (-1, 1)), shape)
        self.thresholds = self.add_weight(
            name="thresholds",
            shape=shape,
            initializer=lambda shape, dtype: ops.convert_to_tensor(np.array(start), dtype),
            trainable=False,
            autocast=False,
        )

    def adapt(self, examples: np.ndarray) -> None:
        """Thresholds at quantiles of each feature's distinct values in ``examples`` (..., features).

        Level l of n lies where a share ``(l + 1) / (n + 1)`` of a feature's values that are not its least one
        is below it, halfway between two values that occur, so that no rounding decides.
        """
        flat = examples.reshape(-1, examples.shape[-1])
        if not self.built:
            self.build((None, flat.shape[1]))
        columns = [_quantiles(column, len(self.levels)) for column in flat.T]
        self.thresholds.assign(np.stack(columns, axis=1).astype(np.float32))

    def call(self, x):
        spikes = [ops.cast(x >= self.thresholds[level], self.compute_dtype) for level in range(len(self.levels))]
        return ops.concatenate(spikes, axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], len(self.levels) * input_shape[-1])

    def get_config(self) -> dict:
        return {**super().get_config(), "thresholds": list(self.levels)}


def _checked(thresholds: ArrayLike) -> tuple[float, ...]:
    levels = tuple(float(t) for t in np.asarray(thresholds, dtype=np.float64).reshape(-1))
    if not levels or any(b <= a for a, b in itertools.pairwise(levels)):
        raise ValueError(f"thresholds are one number or more that grow, not {list(levels)}")
    return levels


def _quantiles(values: np.ndarray, levels: int) -> np.ndarray:
    """``levels`` thresholds of one feature, each halfway between neighbours among its distinct values."""
    distinct = np.unique(values)
    above = np.sort(values[values > distinct[0]])
    if not len(above):
        return np.full(levels, distinct[0] + 1.0)  # never fires beyond what was seen
    wanted = above[(np.arange(1, levels + 1) * len(above)) // (levels + 1)]
    place = np.searchsorted(distinct, wanted)
    return (distinct[place] + distinct[place - 1]) / 2
