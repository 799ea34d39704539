"""Read the models of the original Whetstone package: Keras 2 in HDF5."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np

from whetgen.sharpen.layers import SoftmaxDecode, SpikingActivation, SpikingBReLU, SpikingSigmoid

_LEARNED_ONLY = ("_initializer", "_regularizer", "_constraint")


def is_legacy(path: str | Path) -> bool:
    """Whether ``path`` is an HDF5 model of Keras 1 or 2.

    Raises:
        OSError: a file named ``.h5`` that is no HDF5.
    """
    if Path(path).suffix != ".h5":
        return False
    with _open(path) as file:
        return not _text(file.attrs.get("keras_version", "2")).startswith("3")


def load_legacy(path: str | Path) -> keras.Model:
    """A Keras 2 ``.h5`` model with ``Spiking_BRelu``, ``Spiking_Sigmoid`` and ``Softmax_Decode``, for inference.

    Sequential, functional and nested models. A key may stand in the layer's configuration as a list or as a
    dictionary with a ``value`` entry, or among its weights as an array; sharpness likewise.

    Raises:
        ValueError: weights without a model, a layer that Keras 3 does not have, or weights of another shape.
        OSError: no HDF5 file.
    """
    with _open(path) as file:
        if "model_config" not in file.attrs or "model_weights" not in file:
            raise ValueError(f"{path} holds weights only; save the whole model with model.save(...)")
        weights = {name: _arrays(file["model_weights"][name]) for name in _names(file["model_weights"], "layer_names")}
        model = _model(json.loads(_text(file.attrs["model_config"])), weights)
    for layer in model.layers:
        _fill(layer, weights.get(layer.name, []))
    return model


def _model(entry: dict, weights: dict[str, list[np.ndarray]]) -> keras.Model:
    """A model of its class name and configuration; ``weights`` by layer, for the keys among them."""
    config = entry["config"]
    if entry["class_name"] == "Sequential":
        layers, name = (config, None) if isinstance(config, list) else (config["layers"], config.get("name"))
        first = layers[0]["config"]
        shape = first.get("batch_input_shape") or first.get("batch_shape")
        entries = [] if layers[0]["class_name"] == "InputLayer" or shape is None else [keras.Input(batch_shape=shape)]
        return keras.Sequential([*entries, *(_layer(layer, weights) for layer in layers)], name=name)
    return _functional(config, weights)


def _functional(config: dict, weights: dict[str, list[np.ndarray]]) -> keras.Model:
    layers = {entry["name"]: _layer(entry, weights) for entry in config["layers"]}
    tensors: dict[tuple[str, int], object] = {
        (name, 0): layer.output for name, layer in layers.items() if isinstance(layer, keras.layers.InputLayer)
    }
    waiting = [(e["name"], n, call) for e in config["layers"] for n, call in enumerate(e["inbound_nodes"])]
    while waiting:  # shared layers may be listed before what their later calls read
        ready = [c for c in waiting if all((name, node) in tensors for name, node, *_ in c[2])]
        if not ready:
            raise ValueError(f"layer '{waiting[0][0]}' reads a layer that is not in the model")
        for name, number, call in ready:
            read = [tensors[source, node] for source, node, *_ in call]
            tensors[name, number] = layers[name](read if len(read) > 1 else read[0])
        waiting = [c for c in waiting if c not in ready]
    ends = [[tensors[name, node] for name, node, *_ in config[key]] for key in ("input_layers", "output_layers")]
    inputs, outputs = (ports[0] if len(ports) == 1 else ports for ports in ends)
    return keras.Model(inputs, outputs, name=config.get("name"))


def _layer(entry: dict, weights: dict[str, list[np.ndarray]]) -> keras.layers.Layer:
    kind, config = entry["class_name"], entry["config"]
    if kind in ("Sequential", "Model", "Functional"):
        return _model(entry, weights)
    if kind in _ORIGINAL:
        return _ORIGINAL[kind](config, weights.get(config["name"], []))
    if kind == "InputLayer":
        shape = config.get("batch_input_shape") or config["batch_shape"]
        return keras.layers.InputLayer(batch_shape=shape, name=config["name"])
    made = getattr(keras.layers, kind, None)
    if made is None:
        raise ValueError(f"layer '{config.get('name')}' is a {kind}, which Keras 3 does not have")
    return made(**_known(made, config))


def _known(kind: type, config: dict) -> dict:
    """The settings that Keras 3 has too; what only matters for training is left out."""
    accepted = set(inspect.signature(kind.__init__).parameters) | {"name"}
    settings = {k: v for k, v in config.items() if k in accepted and not k.endswith(_LEARNED_ONLY)}
    axis = settings.get("axis")
    return {**settings, "axis": axis[0]} if isinstance(axis, list) and len(axis) == 1 else settings


def _spiking(kind: type[SpikingActivation]) -> Callable[[dict, list[np.ndarray]], SpikingActivation]:
    def make(config: dict, weights: list[np.ndarray]) -> SpikingActivation:
        stored = next((w for w in weights if w.size == 1), config.get("sharpness", 0.0))
        return kind(float(np.asarray(_plain(stored)).reshape(())), name=config["name"])

    return make


def _decode(config: dict, weights: list[np.ndarray]) -> SoftmaxDecode:
    stored = next((w for w in weights if w.ndim == 2), config.get("key"))
    if stored is None:
        raise ValueError(f"layer '{config['name']}' (Softmax_Decode) has no key")
    return SoftmaxDecode(np.asarray(_plain(stored)), name=config["name"])


_ORIGINAL: dict[str, Callable] = {
    "Spiking_BRelu": _spiking(SpikingBReLU),
    "Spiking_Sigmoid": _spiking(SpikingSigmoid),
    "Softmax_Decode": _decode,
}


def _plain(value):
    """What Keras 2 wrote for an array: the array, nested lists, or a dictionary with its ``value``."""
    return value["value"] if isinstance(value, dict) else value


def _fill(layer: keras.layers.Layer, values: list[np.ndarray]) -> None:
    """Keras 2 stores what is trained before what is not, for a nested model over all its layers.

    Sharpness and keys have been read already.
    """
    places = [v for owner in _owners(layer) for v in owner.trainable_weights]
    places += [v for owner in _owners(layer) for v in owner.non_trainable_weights]
    if not places:
        return
    values = values if len(values) == len(places) else [v for v in values if v.size > 1]
    if [tuple(p.shape) for p in places] != [v.shape for v in values]:
        raise ValueError(
            f"layer '{layer.name}' has weights of shapes {[v.shape for v in values]} in the file, "
            f"it needs {[tuple(p.shape) for p in places]}"
        )
    for place, value in zip(places, values, strict=True):
        place.assign(value)


def _owners(layer: keras.layers.Layer) -> Iterator[keras.layers.Layer]:
    """Layers with ordinary weights: ``layer`` itself, or those of a nested model in order."""
    if isinstance(layer, keras.Model):
        for inner in layer.layers:
            yield from _owners(inner)
    elif not isinstance(layer, SpikingActivation | SoftmaxDecode):
        yield layer


def _arrays(group) -> list[np.ndarray]:
    return [np.asarray(group[name]) for name in _names(group, "weight_names")]


def _names(group, attribute: str) -> list[str]:
    """A list of names; Keras 2 splits long ones over ``attribute0``, ``attribute1``, ..."""
    if attribute in group.attrs:
        return [_text(name) for name in group.attrs[attribute]]
    parts = []
    while f"{attribute}{len(parts)}" in group.attrs:
        parts.append([_text(name) for name in group.attrs[f"{attribute}{len(parts)}"]])
    return [name for part in parts for name in part]


def _text(value) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _open(path: str | Path):
    import h5py

    return h5py.File(path, "r")
