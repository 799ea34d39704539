"""Keras layers at single precision.

The meaning of a model is exact arithmetic over the parameters that it stores. What Keras computes in float16 or
bfloat16 is far from that; in float32 the bound of ``whetgen.verification.rounding`` holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keras

_HALVES = ("float16", "bfloat16")


@contextmanager
def single_precision(model: keras.Model) -> Iterator[None]:
    """Layers that compute in half precision compute in float32 meanwhile, on the parameters as they are stored.

    A layer that computes in float64 goes on doing so, and a quantised one is left alone.
    """
    layers = {id(layer): layer for layer in model._flatten_layers() if _is_half(layer)}.values()
    weights = [weight for weight in model.weights if weight.dtype in _HALVES]
    policies, stored = [layer.dtype_policy for layer in layers], [(w._value, w._dtype) for w in weights]
    try:
        for weight in weights:
            weight._value, weight._dtype = keras.ops.cast(weight._value, "float32"), "float32"
        for layer in layers:
            _compute_as(layer, keras.DTypePolicy("float32"))
        yield
    finally:
        for weight, kept in zip(weights, stored, strict=True):
            weight._value, weight._dtype = kept
        for layer, policy in zip(layers, policies, strict=True):
            _compute_as(layer, policy)


def _is_half(layer: keras.layers.Layer) -> bool:
    return layer.compute_dtype in _HALVES and layer.quantization_mode is None


def _compute_as(layer: keras.layers.Layer, policy: keras.DTypePolicy) -> None:
    """Past the setter, which writes into a policy that layers share, where there is one."""
    layer._dtype_policy = policy
    if isinstance(layer, keras.layers.Normalization) and layer.built:  # keeps its constants as it computes
        if layer.input_mean is None:
            layer.finalize_state()
        else:
            layer.build(layer.get_build_config()["input_shape"])
