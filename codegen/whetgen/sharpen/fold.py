"""Fold batch normalisation into the layer in front of it."""

from __future__ import annotations

import keras
import numpy as np

_PLAIN = (
    keras.layers.Dense,
    keras.layers.Conv1D,
    keras.layers.Conv2D,
    keras.layers.Conv3D,
    keras.layers.SeparableConv1D,
    keras.layers.SeparableConv2D,
)
_DEPTHWISE = (keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D)
_TRANSPOSED = (keras.layers.Conv1DTranspose, keras.layers.Conv2DTranspose, keras.layers.Conv3DTranspose)


def fold_batch_norm(model: keras.Model) -> keras.Model:
    """A new model without the batch normalisations that directly follow a Dense or convolution layer.

    With ``m = gamma / sqrt(variance + epsilon)`` the layer in front gets the kernel ``m * kernel`` and the bias
    ``beta + m * (bias - mean)``: computed in float64, rounded once to float32. Names and all other weights stay.
    Sequential, functional and nested models. A batch normalisation stays where it is when the layer in front has
    an activation of its own, is read by others too or is shared, or when its axis is not the channels'.

    Generating hardware needs none of this: there a batch normalisation moves into thresholds exactly,
    while the rounding here may turn a spike whose sum lies at its threshold.

    Raises:
        ValueError: the model is neither Sequential nor functional, or not built.
    """
    if isinstance(model, keras.Sequential) and not model.built:
        raise ValueError(f"model '{model.name}' has no weights yet; give it an input shape")
    if not getattr(model, "inputs", None) or not model.outputs:
        raise ValueError(f"model '{model.name}' is neither Sequential nor functional")
    folds = _folds(model)
    folded = _rebuilt_sequence(model, folds) if isinstance(model, keras.Sequential) else _rebuilt_graph(model, folds)
    by_name = {layer.name: layer for layer in model.layers}
    for name in by_name.keys() - folds.keys() - set(folds.values()):
        if by_name[name].weights and not isinstance(by_name[name], keras.Model):  # those bring theirs along
            folded.get_layer(name).set_weights(by_name[name].get_weights())
    for norm, name in folds.items():
        _absorb(by_name[name], by_name[norm], folded.get_layer(name))
    return folded


def _folds(model: keras.Model) -> dict[str, str]:
    """Names of the batch normalisations that go, each with the layer that takes it in."""
    found = {}
    inside = {id(layer) for layer in model.layers}
    outputs = {id(tensor) for tensor in model.outputs}
    for norm in model.layers:
        if isinstance(norm, keras.layers.BatchNormalization) and len(_calls(norm, model)) == 1:
            tensor = _calls(norm, model)[0].input_tensors[0]
            layer = tensor._keras_history.operation
            if id(layer) in inside and id(tensor) not in outputs and _can_absorb(layer, norm, model):
                found[norm.name] = layer.name
    return found


def _can_absorb(layer: keras.layers.Layer, norm: keras.layers.Layer, model: keras.Model) -> bool:
    if not isinstance(layer, _PLAIN + _DEPTHWISE + _TRANSPOSED) or len(_calls(layer, model)) != 1:
        return False
    (call,) = _calls(layer, model)
    rank = len(call.output_tensors[0].shape)
    channels_last = getattr(layer, "data_format", "channels_last") == "channels_last"
    return (
        layer.activation is keras.activations.linear
        and norm.axis in (-1, rank - 1)
        and channels_last
        and len(_readers(call.output_tensors[0], model)) == 1
    )


def _calls(layer: keras.layers.Layer, model: keras.Model) -> list:
    """The calls of ``layer`` that are part of ``model``."""
    own = {id(node) for node in _nodes(model)}
    return [node for node in layer._inbound_nodes if id(node) in own]


def _readers(tensor: keras.KerasTensor, model: keras.Model) -> list:
    return [node for node in _nodes(model) if any(read is tensor for read in node.input_tensors)]


def _nodes(model: keras.Model) -> list:
    graph = model._functional if isinstance(model, keras.Sequential) else model
    return [node for nodes in graph._nodes_by_depth.values() for node in nodes]


def _clone(layer: keras.layers.Layer, folds: dict[str, str]) -> keras.layers.Layer:
    if isinstance(layer, keras.Model):
        return fold_batch_norm(layer)
    config = layer.get_config()
    if layer.name in folds.values():
        config["use_bias"] = True
    return type(layer).from_config(config)


def _rebuilt_sequence(model: keras.Sequential, folds: dict[str, str]) -> keras.Sequential:
    layers = [_clone(layer, folds) for layer in model.layers if layer.name not in folds]
    entry = keras.Input(batch_shape=model.input_shape, dtype=model.inputs[0].dtype)
    return keras.Sequential([entry, *layers], name=model.name)


def _rebuilt_graph(model: keras.Model, folds: dict[str, str]) -> keras.Model:
    def call(layer, *arguments, **options):
        return arguments[0] if layer.name in folds else layer(*arguments, **options)

    return keras.models.clone_model(
        model, clone_function=lambda layer: _clone(layer, folds), call_function=call, recursive=False
    )


def _absorb(layer: keras.layers.Layer, norm: keras.layers.Layer, into: keras.layers.Layer) -> None:
    """Weights of ``into``: those of ``layer`` with ``norm`` behind it."""
    values = {w.name: _float64(w) for w in norm.weights}
    multiplier = values.get("gamma", 1.0) / np.sqrt(values["moving_variance"] + norm.epsilon)
    bias = _float64(layer.bias) if layer.use_bias else 0.0
    *others, kernel = [_float64(w) for w in layer.weights if w is not layer.bias]
    scaled = kernel * _along_channels(layer, kernel, multiplier)
    into.set_weights([*others, scaled, values.get("beta", 0.0) + multiplier * (bias - values["moving_mean"])])


def _along_channels(layer: keras.layers.Layer, kernel: np.ndarray, multiplier: np.ndarray) -> np.ndarray:
    """``multiplier``, one number an output channel, in a shape that broadcasts against the kernel."""
    if isinstance(layer, _DEPTHWISE):  # channel c of the input makes the outputs c * multiplicity + 0, 1, ...
        return multiplier.reshape(kernel.shape[-2:])
    return multiplier[:, None] if isinstance(layer, _TRANSPOSED) else multiplier


def _float64(variable: keras.Variable) -> np.ndarray:
    return keras.ops.convert_to_numpy(variable).astype(np.float64)
