"""Layers that can be sharpened into binary threshold units, and the N-hot output.

The formulas are those of the Whetstone method (Severa et al., Nature Machine Intelligence 1, 86-94, 2019),
with sharpness ``s`` in [0, 1] and ``w = 1 - s``:

    bounded ReLU   clip((z - 0.5) / (w + 0.001) + 0.5, 0, 1)           sharp: 1 if z >= 0.5 else 0
    sigmoid        1 / (1 + exp(-k z)), k = 4 ln(2 + sqrt 3) / (w + 0.001)   sharp: 1 if z >= 0 else 0

``s`` is a saved weight that no optimizer touches, so it changes without compiling the model again.
"""

from __future__ import annotations

import math

import keras
import numpy as np
from keras import ops

from whetgen.sharpen.keys import check_key

_PACKAGE = "whetgen"
_STEEPEST = 0.001
_SIGMOID_SLOPE = 4 * math.log(2 + math.sqrt(3))


class SpikingActivation(keras.layers.Layer):
    """What both activations share: the sharpness and the surrogate gradient.

    ``sharpness``: 0 soft to 1 sharp. ``surrogate``: None for the gradient of the soft form (none at
    all once sharp), or the width (of z) of a triangle around the threshold whose height ``1 / width``
    is the gradient at every sharpness, forward unchanged.
    """

    def __init__(self, sharpness: float = 0.0, surrogate: float | None = None, **kwargs):
        super().__init__(**kwargs)
        if not 0.0 <= float(sharpness) <= 1.0:
            raise ValueError(f"sharpness must be in 0..1, not {sharpness}")
        if surrogate is not None and surrogate <= 0:
            raise ValueError(f"surrogate is a width above 0 or None, not {surrogate}")
        self.surrogate = surrogate
        self._sharpness = self.add_weight(
            name="sharpness",
            shape=(),
            initializer=keras.initializers.Constant(float(sharpness)),
            trainable=False,
            autocast=False,  # float16 would round 0.9999 up to sharp
        )
        self.built = True

    @property
    def sharpness(self) -> float:
        """Present sharpness, 0.0 to 1.0."""
        return float(ops.convert_to_numpy(self._sharpness))

    @sharpness.setter
    def sharpness(self, value: float) -> None:
        if not 0.0 <= float(value) <= 1.0:
            raise ValueError(f"sharpness must be in 0..1, not {value}")
        self._sharpness.assign(float(value))

    def call(self, z):
        s = ops.convert_to_tensor(self._sharpness)
        soft = self.soft(z, ops.cast(1.0 - s, z.dtype))
        forward = ops.where(s >= 1.0, ops.cast(z >= self.level, z.dtype), soft)
        if self.surrogate is None:
            return forward
        gentle = _triangle_ramp((z - self.level) / self.surrogate)
        # gentle - gentle is exactly 0, so that a spike stays exactly 0 or 1.
        return ops.stop_gradient(forward) + (gentle - ops.stop_gradient(gentle))

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self) -> dict:
        return {**super().get_config(), "sharpness": self.sharpness, "surrogate": self.surrogate}


@keras.saving.register_keras_serializable(package=_PACKAGE)
class SpikingBReLU(SpikingActivation):
    """Bounded ReLU that sharpens into ``z >= 0.5``."""

    level = 0.5

    def soft(self, z, width):
        return ops.clip((z - 0.5) / (width + _STEEPEST) + 0.5, 0.0, 1.0)


@keras.saving.register_keras_serializable(package=_PACKAGE)
class SpikingSigmoid(SpikingActivation):
    """Sigmoid that sharpens into ``z >= 0``."""

    level = 0.0

    def soft(self, z, width):
        return ops.sigmoid(_SIGMOID_SLOPE / (width + _STEEPEST) * z)


@keras.saving.register_keras_serializable(package=_PACKAGE)
class SoftmaxDecode(keras.layers.Layer):
    """Softmax of the N-hot scores ``(2x - 1) . (2 key - 1)^T`` of spikes x (..., width).

    ``key``: (classes, width) of 0 and 1. ``temperature`` divides the scores, for a gentler loss in
    training; it does not change which class wins.

    Raises:
        ValueError: the key leaves a neuron without a class or two classes with the same row.
    """

    def __init__(self, key, temperature: float = 1.0, **kwargs):
        super().__init__(**kwargs)
        if temperature <= 0:
            raise ValueError(f"temperature must be above 0, not {temperature}")
        self.temperature = temperature
        self.key = check_key(np.asarray(key["value"] if isinstance(key, dict) else key))

    def call(self, x):
        signs = ops.convert_to_tensor(2.0 * self.key.T.astype("float32") - 1.0)
        scores = ops.matmul(2.0 * x - 1.0, ops.cast(signs, x.dtype))
        return ops.softmax(scores / self.temperature, axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], len(self.key))

    def get_config(self) -> dict:
        return {**super().get_config(), "key": self.key.tolist(), "temperature": self.temperature}


def _triangle_ramp(u):
    """Integral of the triangle ``max(0, 1 - |u|)`` scaled to run from 0 to 1: its slope at 0 is 1."""
    u = ops.clip(u, -1.0, 1.0)
    return 0.5 + u - 0.5 * u * ops.abs(u)
