"""Weights and settings of layers, as several handlers read them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from whetgen.frontends.keras.calls import LayerCall
from whetgen.ir.nodes import NO_PADDING, Padding, Pair, Shape


def stored(variable: ArrayLike) -> np.ndarray:
    return np.asarray(variable).astype(np.float64)


def bias_of(layer: Any, size: int) -> np.ndarray:
    return stored(layer.bias) if layer.use_bias else np.zeros(size)


def pair(setting: int | Sequence[int]) -> Pair:
    """A 1-D or 2-D setting as (height, width)."""
    numbers = (setting,) if isinstance(setting, int) else tuple(setting)
    return (1, int(numbers[0])) if len(numbers) == 1 else (int(numbers[0]), int(numbers[1]))


def check_channels_last(call: LayerCall) -> None:
    if getattr(call.layer, "data_format", None) not in (None, "channels_last"):
        raise call.refuse("has data_format 'channels_first'; use 'channels_last'")


def padding_of(call: LayerCall, source: Shape, extent: Pair, stride: Pair) -> Padding:
    """Zeros on each side, as TensorFlow places them: the odd one behind."""
    kind = call.layer.padding
    if kind == "valid":
        return NO_PADDING
    if kind == "causal":
        return ((0, 0), (extent[1] - 1, 0))
    if kind != "same":
        raise call.refuse(f"has padding '{kind}'; use 'valid' or 'same'")
    high, wide = (
        max((math.ceil(n / s) - 1) * s + e - n, 0) for n, e, s in zip(source[:2], extent, stride, strict=True)
    )
    return (high // 2, high - high // 2), (wide // 2, wide - wide // 2)
