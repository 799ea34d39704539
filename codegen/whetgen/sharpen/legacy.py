"""Keras 2 configurations, the original Whetstone's layers among them, as models of Keras 3."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import reduce
from typing import Any

import keras
import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.relatives import INPUT, RELATIVES, is_quantiser, staircase
from whetgen.foreign.shapes import OpenShape
from whetgen.foreign.tree import ENTRY, CallOutput, ConstantInput, LayerConfig, ModelConfig
from whetgen.sharpen.layers import SoftmaxDecode, SpikingActivation, SpikingBReLU, SpikingSigmoid
from whetgen.sharpen.staircase import Staircase


def build(model: ModelConfig, arrays: Mapping[str, Mapping[str, np.ndarray]]) -> keras.Model:
    """The model without its weights but for keys and sharpness.

    ``arrays``: the stored ones by the layer's path and the weight's name. A key or a sharpness may stand there, or in
    the layer's configuration: as a list, a number, or a dictionary with a ``value`` entry.

    Raises:
        BadInput: a decoding layer without a key, or with one that was trained.
    """
    if model.kind == "Sequential":
        shape = _entry_shape(model)
        entries = [] if model.inputs != (CallOutput(ENTRY),) or shape is None else [keras.Input(shape)]
        made = (inner for layer in model.layers for inner in _chain(layer, arrays))
        return keras.Sequential([*entries, *made], name=model.name or None)
    return _functional(model, arrays)


def _functional(model: ModelConfig, arrays: Mapping[str, Mapping[str, np.ndarray]]) -> keras.Model:
    layers = {layer.name: _chain(layer, arrays) for layer in model.layers}
    tensors = {
        CallOutput(name): made.output
        for name, (made, *_) in layers.items()
        if isinstance(made, keras.layers.InputLayer)
    }
    waiting = [(layer.name, n, call) for layer in model.layers for n, call in enumerate(_calls(layer))]
    while waiting:  # shared layers may be listed before what their later calls read
        ready = [c for c in waiting if all(read in tensors for read in c[2])]
        for name, number, call in ready:
            read = [tensors[source] for source in call]
            made = reduce(lambda value, layer: layer(value), layers[name], read if len(read) > 1 else read[0])
            for port, tensor in enumerate(made if isinstance(made, list | tuple) else [made]):
                tensors[CallOutput(name, number, port)] = tensor
        waiting = [c for c in waiting if c not in ready]
    inputs, outputs = ([tensors[port] for port in ports] for ports in (model.inputs, model.outputs))
    return keras.Model(_alone(inputs), _alone(outputs), name=model.name or None)


def _calls(layer: LayerConfig) -> list[tuple[CallOutput, ...]]:
    """What each call of a layer reads.

    Raises:
        BadInput: an array, which Keras 2 gives to no layer.
    """
    if any(isinstance(read, ConstantInput) for call in layer.calls for read in call):
        raise BadInput(
            f"layer '{layer.path}' is called with an array, which Keras 2 does not save; save the model again"
        )
    return [tuple(read for read in call if isinstance(read, CallOutput)) for call in layer.calls]


def _alone(tensors: list[keras.KerasTensor]) -> keras.KerasTensor | list[keras.KerasTensor]:
    return tensors[0] if len(tensors) == 1 else tensors


def _entry_shape(model: ModelConfig) -> OpenShape | None:
    """The shape that a Sequential model's first layer declares, or the first one of a model that comes first."""
    first = model.layers[0]
    return first.shape or model.shape or (_entry_shape(first) if isinstance(first, ModelConfig) else None)


def _chain(layer: LayerConfig, arrays: Mapping[str, Mapping[str, np.ndarray]]) -> list[keras.layers.Layer]:
    """The layer, between the neurons that its own quantisers are: layers that are called one after the other."""
    before, behind = (layer.settings.get(key) for key in (INPUT, "activation"))
    if not is_quantiser(behind):
        return [*_neurons(before, f"{layer.name}_{INPUT}"), _layer(layer, arrays)]
    if _plain_kind(layer) == "Activation":
        return _neurons(behind, layer.name)
    plain = replace(layer, settings={**layer.settings, "activation": None})
    return [
        *_neurons(before, f"{layer.name}_{INPUT}"),
        _layer(plain, arrays),
        *_neurons(behind, f"{layer.name}_{behind['quantiser']}"),
    ]


def _neurons(entry: object, name: str) -> list[keras.layers.Layer]:
    """The neurons that a quantiser is, and their values where these are no numbers of levels."""
    found = staircase(entry)
    if found is None:
        return []
    neurons = Staircase(found.levels, found.strict, name=name)
    plain = (found.low, found.rise) == (0.0, 1.0)
    return [neurons] if plain else [neurons, keras.layers.Rescaling(found.rise, found.low, name=f"{name}_value")]


def _plain_kind(layer: LayerConfig) -> str:
    """The class of Keras' own that a layer is built of."""
    return RELATIVES[layer.kind].plain if layer.kind in RELATIVES else layer.kind


def _layer(layer: LayerConfig, arrays: Mapping[str, Mapping[str, np.ndarray]]) -> keras.layers.Layer:
    if isinstance(layer, ModelConfig):
        return build(layer, arrays)
    if layer.kind in _ORIGINAL:
        return _ORIGINAL[layer.kind](layer, arrays.get(layer.path, {}))
    if layer.kind == "InputLayer":
        if layer.shape is None:
            raise BadInput(f"layer '{layer.path}' (InputLayer) declares no shape; save the model again")
        return keras.layers.InputLayer(batch_shape=(None, *layer.shape), name=layer.name)
    made = getattr(keras.layers, _plain_kind(layer))  # one of the list in whetgen.foreign.known_layers
    settings = _known(made, {**layer.settings, **_activation(layer, arrays)})
    if layer.kind in RELATIVES and any(a.dtype == np.float64 for a in arrays.get(layer.path, {}).values()):
        settings["dtype"] = "float64"  # scaled weights of which float32 would hold other multiples
    return made(**settings)


def _activation(layer: LayerConfig, arrays: Mapping[str, Mapping[str, np.ndarray]]) -> dict:
    """A layer that stands as the activation of another, in the place of its configuration."""
    inner = layer.settings.get("activation")
    if not isinstance(inner, dict):
        return {}
    kind, settings = inner["class_name"], inner["config"]
    own = LayerConfig(
        path=layer.path,
        name=str(settings.get("name") or kind.lower()),
        kind=kind,
        settings=settings,
        calls=(),
        shape=None,
    )
    return {"activation": _layer(own, arrays)}


def _known(kind: type[keras.layers.Layer], settings: dict) -> dict:
    """The settings that Keras 3 has too."""
    accepted = set(inspect.signature(kind.__init__).parameters) | {"name"}
    known = {key: value for key, value in settings.items() if key in accepted}
    axis = known.get("axis")
    return {**known, "axis": axis[0]} if isinstance(axis, list) and len(axis) == 1 else known


def _spiking(kind: type[SpikingActivation]) -> Callable[[LayerConfig, Mapping[str, np.ndarray]], SpikingActivation]:
    def make(layer: LayerConfig, stored: Mapping[str, np.ndarray]) -> SpikingActivation:
        sharpness = stored.get("sharpness", _plain(layer.settings.get("sharpness", 0.0)))
        return kind(float(np.asarray(sharpness).reshape(())), name=layer.name)

    return make


def _decode(layer: LayerConfig, stored: Mapping[str, np.ndarray]) -> SoftmaxDecode:
    given = _plain(layer.settings.get("key"))
    if "key" not in stored and given is None:
        raise BadInput(f"layer '{layer.path}' (Softmax_Decode) has no key")
    key = _binary(layer, np.asarray(given if "key" not in stored else _upright(stored["key"], given)))
    return SoftmaxDecode(key, name=layer.name)


def _upright(key: np.ndarray, given: list | None) -> np.ndarray:
    """A stored key as (classes, width): ports keep the matrix that spikes are multiplied with, (width, classes).

    A key in the configuration says how many classes there are; else there are fewer classes than neurons. A square
    key of -1 and 1 is such a matrix.
    """
    if key.shape[0] == key.shape[1]:
        return key.T if (key < 0).any() else key
    classes = min(key.shape) if given is None else len(given)
    return key if key.shape[0] == classes else key.T


def _binary(layer: LayerConfig, key: np.ndarray) -> np.ndarray:
    """0 and 1; ports store -1 for 0."""
    for low in (0, -1):
        if np.isin(key, (low, 1)).all():
            return (key == 1).astype(np.uint8)
    raise BadInput(
        f"layer '{layer.path}' (Softmax_Decode) has a trained key, with values other than 0 and 1 or -1 and 1; "
        "train the model with a key that stays as it is"
    )


_ORIGINAL: dict[str, Callable[[LayerConfig, Mapping[str, np.ndarray]], keras.layers.Layer]] = {
    "Spiking_BRelu": _spiking(SpikingBReLU),
    "Spiking_Sigmoid": _spiking(SpikingSigmoid),
    "Softmax_Decode": _decode,
}


def _plain(value: Any) -> Any:
    """What Keras 2 wrote for an array: the array, nested lists, or a dictionary with its ``value``."""
    return value.get("value") if isinstance(value, dict) else value
