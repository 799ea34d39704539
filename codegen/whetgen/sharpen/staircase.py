"""Neurons of several levels, as the quantisers of other packages are read; they are not trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="whetgen")
class Staircase(keras.layers.Layer):
    """The number of ``levels`` that x reaches: ``x >= level``, where ``strict`` ``x > level``.

    Raises:
        ValueError: no levels, some that do not ascend, or not as many of ``strict``.
    """

    def __init__(self, levels: Sequence[float], strict: Sequence[bool], **kwargs: Any):
        super().__init__(**kwargs)
        self.levels, self.strict = [float(level) for level in levels], [bool(s) for s in strict]
        if not self.levels or len(self.levels) != len(self.strict) or self.levels != sorted(self.levels):
            raise ValueError(f"levels ascend, each with its own strict, not {list(levels)} and {list(strict)}")
        self.built = True

    def call(self, x):
        pairs = zip(self.levels, self.strict, strict=True)
        return sum(ops.cast(x > level if strict else x >= level, x.dtype) for level, strict in pairs)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self) -> dict:
        return {**super().get_config(), "levels": self.levels, "strict": self.strict}
