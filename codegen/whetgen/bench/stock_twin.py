"""A sharpened Keras network again, from layers that stock hls4ml knows: equal in exact arithmetic.

hls4ml's own threshold is ``binary_tanh``: 1 where z >= 0, else -1. With spikes s = (t + 1) / 2:

    W s + b        = (W / 2) t + (b + sum W / 2)      the layer behind spikes
    z >= level    <=>  z - level >= 0                  the level goes into the bias, or a batch norm's beta
    (2s - 1) . k   = t . k                             decoding: a Dense with the key's signs
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from whetgen.errors import BadInput

if TYPE_CHECKING:
    import keras

_LEVELS = {"SpikingBReLU": 0.5, "SpikingSigmoid": 0.0}


def binary_tanh(z):
    """Keras form of hls4ml's activation of this name, which hls4ml finds by the function's name."""
    from keras import ops

    return ops.where(z >= 0, 1.0, -1.0)


def stock_twin(model: keras.Model) -> keras.Model:
    """``model`` without a single layer of ours; its outputs are scores.

    Raises:
        BadInput: not a plain stack of Flatten, Dense, BatchNormalization, sharp activations and SoftmaxDecode.
    """
    import keras

    twin = keras.Sequential([keras.Input(model.input_shape[1:])])
    bipolar = False
    layers = [layer for layer in model.layers if type(layer).__name__ != "InputLayer"]
    for layer, follower in zip(layers, [*layers[1:], None], strict=True):
        kind = type(layer).__name__
        level = _LEVELS.get(type(follower).__name__, 0.0)
        if kind in _LEVELS:
            twin.add(keras.layers.Activation(binary_tanh, name=layer.name))
        elif kind == "Flatten":
            twin.add(keras.layers.Flatten(name=layer.name))
        elif kind in _COPIES:
            _COPIES[kind](twin, layer, bipolar, level)
        else:
            raise BadInput(f"layer '{layer.name}' ({kind}) has no twin among stock hls4ml's layers here; use an MLP")
        bipolar = kind in _LEVELS or (bipolar and kind == "Flatten")
    return twin


def _dense(twin: Any, layer: Any, bipolar: bool, level: float) -> None:
    import keras

    kernel, *bias = layer.get_weights()
    bias = bias[0] if bias else np.zeros(kernel.shape[1], dtype=np.float32)
    if bipolar:
        kernel, bias = kernel / 2, bias + kernel.sum(axis=0) / 2
    twin.add(keras.layers.Dense(kernel.shape[1], name=layer.name))
    twin.get_layer(layer.name).set_weights([kernel, bias - level])


def _batch_norm(twin: Any, layer: Any, bipolar: bool, level: float) -> None:
    import keras

    normal = keras.layers.BatchNormalization(epsilon=layer.epsilon, name=layer.name)
    twin.add(normal)
    ones, zeros = np.ones_like(layer.moving_mean), np.zeros_like(layer.moving_mean)
    gamma = np.asarray(layer.gamma) if layer.scale else ones
    beta = np.asarray(layer.beta) if layer.center else zeros
    normal.set_weights([gamma, beta - level, np.asarray(layer.moving_mean), np.asarray(layer.moving_variance)])


def _decode(twin: Any, layer: Any, bipolar: bool, level: float) -> None:
    import keras

    signs = 2.0 * np.asarray(layer.key).T - 1.0
    twin.add(keras.layers.Dense(signs.shape[1], use_bias=False, name=layer.name))
    twin.get_layer(layer.name).set_weights([signs])


_COPIES = {"Dense": _dense, "BatchNormalization": _batch_norm, "SoftmaxDecode": _decode}
