"""Layers that multiply and add constants, channel by channel: normalisations and Rescaling."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from whetgen.frontends.builder import Builder
from whetgen.frontends.keras.calls import LayerCall, handles
from whetgen.ir.exact import exact_array, reciprocal, simplest_rational, square_root
from whetgen.ir.real import Affine


@handles("BatchNormalization", "FusedBatchNormalization")
def _batch_normalization(call: LayerCall, builder: Builder) -> str:
    layer = call.layer
    mean, variance = exact_array(layer.moving_mean), exact_array(layer.moving_variance)
    if not np.isfinite(layer.epsilon):
        raise call.refuse("has an epsilon that is NaN or Inf; train the model again")
    spread = variance + simplest_rational(layer.epsilon)
    if any(v <= 0 for v in spread):
        raise call.refuse("has a moving variance that is not positive; train the model again")
    multiplier = _inverse_roots(spread)
    if layer.gamma is not None:
        multiplier = multiplier * exact_array(layer.gamma)
    shift = -mean * multiplier
    beta = exact_array(layer.beta) if layer.beta is not None else exact_array(np.zeros(mean.shape))
    axis = layer.axis if isinstance(layer.axis, int) else layer.axis[0]
    rank = len(builder.shapes[call.source])
    where = [1] * rank
    where[axis - 1 if axis > 0 else axis] = mean.size
    return add_affine(call, builder, multiplier.reshape(where), shift.reshape(where), beta.reshape(where))


def add_affine(call: LayerCall, builder: Builder, multiplier: np.ndarray, *addends: np.ndarray) -> str:
    """``multiplier * x + sum of addends``; 0-d results of object arithmetic become arrays again."""
    size = sum(np.abs(np.asarray(a, dtype=np.float64)) for a in addends)
    parts = [np.array(part, dtype=object) for part in (multiplier, sum(addends))]
    return builder.add(
        Affine, call.path, source=call.source, multiplier=parts[0], addend=parts[1], addend_size=np.asarray(size)
    )


@handles("Rescaling")
def _rescaling(call: LayerCall, builder: Builder) -> str:
    multiplier, addend = _settings(call.layer.scale), _settings(call.layer.offset)
    return add_affine(call, builder, multiplier, addend)


@handles("Normalization")
def _normalization(call: LayerCall, builder: Builder) -> str:
    layer = call.layer
    if layer.mean is None:
        raise call.refuse("has no mean and variance; call its adapt() or give them as arguments")
    given = layer.input_mean is not None
    read = (lambda v: _settings(np.asarray(v, dtype=np.float64))) if given else exact_array
    stored = (layer.input_mean, layer.input_variance) if given else (layer.mean, layer.variance)
    mean, variance = (_along_last(read(v), len(builder.shapes[call.source])) for v in stored)
    if any(v < 0 for v in variance.reshape(-1)):
        raise call.refuse("has a negative variance; adapt it again")
    smallest = simplest_rational(1e-7)  # keras.config.epsilon(), the least standard deviation
    deviation = np.vectorize(lambda v: max(square_root(v), smallest, key=float), otypes=[object])(variance)
    if layer.invert:
        return add_affine(call, builder, deviation, mean)
    multiplier = np.vectorize(reciprocal, otypes=[object])(deviation)
    return add_affine(call, builder, multiplier, -mean * multiplier)


def _along_last(values: np.ndarray, rank: int) -> np.ndarray:
    """Keras' broadcast shape (1, ..., channels) without its batch axis."""
    return values.reshape(values.shape[-rank:] if values.ndim > rank else values.shape)


def _inverse_roots(values: np.ndarray) -> np.ndarray:
    return np.vectorize(lambda v: reciprocal(square_root(v)), otypes=[object])(values)


def _settings(values: ArrayLike) -> np.ndarray:
    """Numbers of a layer's configuration as the simplest rationals that round to them."""
    return np.vectorize(lambda v: simplest_rational(float(v)), otypes=[object])(np.asarray(values, dtype=np.float64))
