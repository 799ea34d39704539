"""Layers that can be sharpened into binary threshold units, and the N-hot output.

The formulas are those of the Whetstone method (Severa et al., Nature Machine Intelligence 1, 86-94, 2019),
with sharpness ``s`` in [0, 1] and ``w = 1 - s``:

    bounded ReLU   clip((z - 0.5) / (w + 0.001) + 0.5, 0, 1)           sharp: 1 if z >= 0.5 else 0
    sigmoid        1 / (1 + exp(-k z)), k = 4 ln(2 + sqrt 3) / (w + 0.001)   sharp: 1 if z >= 0 else 0

A bounded ReLU of n levels is the sum of n such forms, side by side; sharp, the number of k = 1..n with z >= k - 0.5.

``s`` is a saved weight that no optimizer touches, so it changes without compiling the model again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import keras
import numpy as np
from keras import ops
from numpy.typing import ArrayLike

from whetgen.sharpen.keys import check_key

_PACKAGE = "whetgen"
_STEEPEST = 0.001
_MOST_LEVELS = 15
_SIGMOID_SLOPE = 4 * math.log(2 + math.sqrt(3))


class SpikingActivation(keras.layers.Layer):
    """What both activations share: the sharpness and the surrogate gradient.

    ``sharpness``: 0 soft to 1 sharp. ``surrogate``: None for the gradient of the soft form (none at
    all once sharp), or the width (of z) of a triangle around each threshold whose height ``1 / width``
    is the gradient at every sharpness, forward unchanged.

    ``observer``: not saved; called with the outputs of each call, for those who watch the spikes.
    """

    levels = 1

    def __init__(self, sharpness: float = 0.0, surrogate: float | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        if not 0.0 <= float(sharpness) <= 1.0:
            raise ValueError(f"sharpness must be in 0..1, not {sharpness}")
        if surrogate is not None and surrogate <= 0:
            raise ValueError(f"surrogate is a width above 0 or None, not {surrogate}")
        self.surrogate = surrogate
        self.observer: Callable | None = None
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
        fired = self._fire(z) if self.surrogate is None else self._fire_with_surrogate(z)
        if self.observer is not None:
            self.observer(fired)
        return fired

    def _fire(self, z):
        s = ops.convert_to_tensor(self._sharpness)
        width = ops.cast(1.0 - s, z.dtype)
        return ops.cond(s >= 1.0, lambda: self._reached(z), lambda: self._of_each(z, lambda x: self.soft(x, width)))

    def _reached(self, z):
        reaches = [ops.cast(z >= self.level + k, z.dtype) for k in range(self.levels)]
        return sum(reaches[1:], reaches[0])

    def _of_each(self, z, form):
        """The sum of what ``form`` makes of the distance to each threshold, as it were the first."""
        return sum((form(z - float(k)) for k in range(1, self.levels)), form(z))

    def _fire_with_surrogate(self, z):
        @ops.custom_gradient
        def fire(z):
            def gradient(*upstream, **named):
                (flow,) = upstream or (named["upstream"],)
                return flow * self._of_each(z, self._triangle)

            return self._fire(z), gradient

        return fire(z)

    def _triangle(self, z):
        return ops.relu(1.0 - ops.abs(z - self.level) / self.surrogate) / self.surrogate

    def count_params(self) -> int:
        """1, the sharpness; ``model.summary()`` shows its value s beside it."""
        return _ShownWith(super().count_params(), f"s={self.sharpness:.4g}")

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self) -> dict:
        return {**super().get_config(), "sharpness": self.sharpness, "surrogate": self.surrogate}


@keras.saving.register_keras_serializable(package=_PACKAGE)
class SpikingBReLU(SpikingActivation):
    """Bounded ReLU that sharpens into ``z >= 0.5``, or, of several ``levels``, a staircase of as many.

    Sharp, its value is the number of thresholds 0.5, 1.5, ... that z reaches, 0 to ``levels``; a pair of bits holds 3.

    Raises:
        ValueError: not 1 to 15 levels.
    """

    level = 0.5

    def __init__(self, sharpness: float = 0.0, surrogate: float | None = None, levels: int = 1, **kwargs: Any):
        super().__init__(sharpness, surrogate, **kwargs)
        if isinstance(levels, bool) or levels not in range(1, _MOST_LEVELS + 1):
            raise ValueError(f"levels must be a whole number in 1..{_MOST_LEVELS}, not {levels}")
        self.levels = int(levels)

    def get_config(self) -> dict:
        return super().get_config() | ({"levels": self.levels} if self.levels > 1 else {})

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
    """Softmax of the N-hot scores ``(2x - 1) . (2 key - 1)^T + offsets`` of spikes x (..., width).

    ``key``: (classes, width) of 0 and 1, a saved weight that no optimizer touches. ``temperature``
    divides the scores, for a gentler loss in training; it does not change which class wins. ``offsets``: an integer for each
    class, 0 unless given; neurons that are constant count as much (``trim``).

    Raises:
        ValueError: the key has other values, or two classes with the same row; offsets that do not fit.
    """

    def __init__(
        self,
        key: ArrayLike | Mapping[str, ArrayLike],
        temperature: float = 1.0,
        offsets: Sequence[int] | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if temperature <= 0:
            raise ValueError(f"temperature must be above 0, not {temperature}")
        self.temperature = temperature
        key = check_key(np.asarray(key["value"] if isinstance(key, Mapping) else key))
        self.offsets = [0] * len(key) if offsets is None else list(offsets)
        if len(self.offsets) != len(key) or any(offset != int(offset) for offset in self.offsets):
            raise ValueError(f"offsets are one integer for each of {len(key)} classes, not {self.offsets}")
        self._key = self.add_weight(
            name="key",
            shape=key.shape,
            dtype="uint8",
            initializer=lambda shape, dtype: ops.convert_to_tensor(key, dtype),
            trainable=False,
        )
        self.built = True

    @property
    def key(self) -> np.ndarray:
        """uint8 (classes, width)."""
        return ops.convert_to_numpy(self._key)

    def load_own_variables(self, store: Mapping[str, np.ndarray]) -> None:
        """Files from before the key was a weight have it in the configuration only."""
        if "0" in store:
            super().load_own_variables(store)

    def call(self, x):
        signs = 2.0 * ops.transpose(ops.cast(self._key, x.dtype)) - 1.0
        scores = ops.matmul(2.0 * x - 1.0, signs) + ops.cast(np.array(self.offsets), x.dtype)
        return ops.softmax(scores / self.temperature, axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self._key.shape[0])

    def get_config(self) -> dict:
        config = {**super().get_config(), "key": self.key.tolist(), "temperature": self.temperature}
        return config | ({"offsets": self.offsets} if any(self.offsets) else {})


class _ShownWith(int):
    """A count that is printed with a remark."""

    remark: str

    def __new__(cls, count: int, remark: str) -> Self:
        made = super().__new__(cls, count)
        made.remark = remark
        return made

    def __format__(self, spec: str) -> str:
        return f"{int(self):{spec}} ({self.remark})"
