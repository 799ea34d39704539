"""A sharpened Keras network again, from layers that stock hls4ml knows, and as kind to its types as can be.

hls4ml's own threshold is ``binary_tanh``, t = 1 where z >= 0, else -1 (behind a batch norm it becomes comparisons
and a bit that counts as 1 or -1). With spikes s = (t + 1) / 2:

    W s + b        = (W / 2) t + (b + sum W / 2)      the layer behind spikes
    z >= level    <=>  z - level >= 0                  the level goes into the bias, or a batch norm's beta
    (2s - 1) . k   = t . k                             decoding: a Dense with the key's signs, over a power of two
                                                       so that scores lie in -16..16: 6 integer bits hold them
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from whetgen.errors import BadInput

if TYPE_CHECKING:
    import keras

_MOST_SCORE = 16
_LEVELS = {"SpikingBReLU": 0.5, "SpikingSigmoid": 0.0}


def binary_tanh(z: Any) -> Any:
    """Keras form of hls4ml's activation of this name, which hls4ml finds by the function's name."""
    from keras import ops

    return ops.where(z >= 0, 1.0, -1.0)


def stock_twin(model: keras.Model) -> keras.Model:
    """``model`` without a single layer of ours. Its outputs are the scores over a power of two: the same classes.

    Raises:
        BadInput: not a plain stack of Flatten, Dense, BatchNormalization, sharp activations and SoftmaxDecode.
    """
    import keras

    twin, signed = keras.Sequential([keras.Input(model.input_shape[1:])]), False
    layers = [layer for layer in model.layers if type(layer).__name__ != "InputLayer"]
    for layer, follower in zip(layers, [*layers[1:], None], strict=True):
        kind = type(layer).__name__
        if kind not in _COPIES or getattr(layer, "levels", 1) > 1:
            raise BadInput(f"layer '{layer.name}' ({kind}) has no twin among stock hls4ml's layers here; use an MLP")
        _COPIES[kind](twin, layer, signed, _LEVELS.get(type(follower).__name__, 0.0))
        signed = kind in _LEVELS or (signed and kind == "Flatten")
    return twin


def _flatten(twin: Any, layer: Any, signed: bool, level: float) -> None:
    import keras

    twin.add(keras.layers.Flatten(name=layer.name))


def _threshold(twin: Any, layer: Any, signed: bool, level: float) -> None:
    import keras

    twin.add(keras.layers.Activation(binary_tanh, name=layer.name))


def _dense(twin: Any, layer: Any, signed: bool, level: float) -> None:
    kernel, *bias = layer.get_weights()
    bias = bias[0] if bias else np.zeros(kernel.shape[1])
    if signed:
        kernel, bias = kernel / 2, bias + kernel.sum(axis=0) / 2
    _add_dense(twin, layer.name, kernel, bias - level)


def _batch_norm(twin: Any, layer: Any, signed: bool, level: float) -> None:
    import keras

    normal = keras.layers.BatchNormalization(epsilon=layer.epsilon, name=layer.name)
    twin.add(normal)
    ones, zeros = np.ones_like(layer.moving_mean), np.zeros_like(layer.moving_mean)
    gamma = np.asarray(layer.gamma) if layer.scale else ones
    beta = np.asarray(layer.beta) if layer.center else zeros
    normal.set_weights([gamma, beta - level, np.asarray(layer.moving_mean), np.asarray(layer.moving_variance)])


def _decode(twin: Any, layer: Any, signed: bool, level: float) -> None:
    signs = 2.0 * np.asarray(layer.key).T - 1.0
    scale = 1.0
    while len(signs) * scale > _MOST_SCORE:
        scale /= 2
    _add_dense(twin, layer.name, signs * scale, np.array(layer.offsets) * scale)


def _add_dense(twin: Any, name: str, kernel: np.ndarray, bias: np.ndarray) -> None:
    import keras

    twin.add(keras.layers.Dense(kernel.shape[1], name=name))
    twin.get_layer(name).set_weights([kernel, bias])


_COPIES = {
    "Flatten": _flatten,
    "Dense": _dense,
    "BatchNormalization": _batch_norm,
    "SpikingBReLU": _threshold,
    "SpikingSigmoid": _threshold,
    "SoftmaxDecode": _decode,
}
