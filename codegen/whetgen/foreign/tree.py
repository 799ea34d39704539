"""A checked configuration as a tree of layers and their calls, whichever Keras wrote it.

Sequential and functional models alike    layers that are called with tensors
Keras 2                                    a call is a list of [layer, call, output, arguments]
Keras 3                                    a call is arguments, tensors among them
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from whetgen.errors import BadInput
from whetgen.foreign.configs import class_and_package
from whetgen.foreign.known_layers import MODELS
from whetgen.foreign.shapes import OpenShape

ENTRY = ""
"""The name under which a Sequential model's input goes that has no layer of its own."""


@dataclass(frozen=True)
class CallOutput:
    """An output of a layer's call; calls count from 0."""

    layer: str
    call: int = 0
    port: int = 0


@dataclass(frozen=True)
class ConstantInput:
    shape: OpenShape


@dataclass(frozen=True, kw_only=True)
class LayerConfig:
    """``calls``: what each call reads, in order. ``shape``: of the input that it declares, without the batch axis."""

    path: str
    name: str
    kind: str
    settings: dict = field(repr=False)
    calls: tuple[tuple[CallOutput | ConstantInput, ...], ...]
    shape: OpenShape | None

    @property
    def trainable(self) -> bool:
        return bool(self.settings.get("trainable", True))


@dataclass(frozen=True, kw_only=True)
class ModelConfig(LayerConfig):
    """``layers`` in the file's order, ``inputs`` and ``outputs``: tensors of theirs."""

    layers: tuple[LayerConfig, ...]
    inputs: tuple[CallOutput, ...]
    outputs: tuple[CallOutput, ...]


def tree(config: dict) -> ModelConfig:
    """The model of a configuration that ``checked_config`` returned.

    Raises:
        BadInput: calls of layers that are not there, or what cannot be read; the message names the layer.
    """
    return _model(config, "", ())


def _model(entry: dict, path: str, calls: tuple) -> ModelConfig:
    kind, settings = class_and_package(entry)[0], entry["config"]
    inside = f"{path}/" if path else ""
    about: dict[str, Any] = {
        "path": path,
        "name": _name(entry),
        "kind": "Sequential" if kind == "Sequential" else "Functional",
        "settings": settings,
        "calls": calls,
        "shape": _declared(settings),
    }
    if kind == "Sequential":
        layers = _chain([_entry(layer, inside) for layer in settings["layers"]])
        _check_names(about["name"], layers)
        ends = CallOutput(_entrance(layers)), CallOutput(layers[-1].name)
        return ModelConfig(**about, layers=layers, inputs=ends[:1], outputs=ends[1:])
    listed = [_entry(layer, inside) for layer in settings["layers"]]
    first = {layer.name: _first_call(layer, listed, settings) for layer in listed if isinstance(layer, ModelConfig)}
    layers = tuple(_renumbered(layer, first) for layer in listed)
    inputs, outputs = (_ports(settings, key, first, path) for key in ("input_layers", "output_layers"))
    model = ModelConfig(**about, layers=layers, inputs=inputs, outputs=outputs)
    _check_names(model.name, layers)
    _check_calls(model)
    return model


def _entry(entry: dict, inside: str) -> LayerConfig:
    path, kind = f"{inside}{_name(entry)}", class_and_package(entry)[0]
    calls = tuple(_call(call, path) for call in entry.get("inbound_nodes") or ())
    if kind in MODELS:
        return _model(entry, path, calls)
    return LayerConfig(
        path=path, name=_name(entry), kind=kind, settings=entry["config"], calls=calls, shape=_declared(entry["config"])
    )


def _name(entry: dict) -> str:
    return str(entry["config"].get("name") or entry.get("name") or "")


def _declared(settings: dict) -> OpenShape | None:
    for key in ("batch_input_shape", "batch_shape", "build_input_shape"):
        shape = settings.get(key)
        if isinstance(shape, list) and all(n is None or type(n) is int for n in shape):
            return tuple(shape[1:])
    return None


def _chain(layers: list[LayerConfig]) -> tuple[LayerConfig, ...]:
    """Layers of a Sequential model, each called with the one before."""
    found: list[LayerConfig] = []
    for layer in layers:
        reads = () if layer.kind == "InputLayer" else ((CallOutput(found[-1].name if found else ENTRY),),)
        found.append(replace(layer, calls=reads))
    return tuple(found)


def _entrance(layers: tuple[LayerConfig, ...]) -> str:
    return layers[0].name if layers[0].kind == "InputLayer" else ENTRY


def _call(call: object, path: str) -> tuple[CallOutput | ConstantInput, ...]:
    """What one call reads.

    Raises:
        BadInput: no call of Keras 2 or 3.
    """
    if isinstance(call, dict):
        return tuple(_arguments([call.get("args", []), call.get("kwargs", {})], path))
    if isinstance(call, list) and call and all(isinstance(read, list) and len(read) >= 3 for read in call):
        for read in call:
            _check_options(read[3] if len(read) > 3 else {}, path)
        return tuple(_tensor(read, path) for read in call)
    raise BadInput(f"layer '{path}' is called in a way that cannot be read; save the model again")


def _check_options(options: object, path: str) -> None:
    """Keras 2: options of a call other than those of inference change what a layer computes."""
    used = {k: v for k, v in options.items() if v} if isinstance(options, dict) else {"options": options}
    if used:
        raise BadInput(f"layer '{path}' is called with {', '.join(used)}; only calls with tensors alone are supported")


def _arguments(value: object, path: str) -> Iterator[CallOutput | ConstantInput]:
    """Tensors and arrays among the arguments of Keras 3, in order; plain numbers count as arrays of no axis."""
    if isinstance(value, list):
        for inner in value:
            yield from _arguments(inner, path)
    elif isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        config = value.get("config")
        yield _tensor(config.get("keras_history") if isinstance(config, dict) else None, path)
    elif isinstance(value, dict) and "class_name" in value:
        yield ConstantInput(_shape_of(value["config"]["value"]))
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _arguments(inner, path)


def _shape_of(values: object) -> OpenShape:
    shape: list[int] = []
    while isinstance(values, list):
        shape.append(len(values))
        values = values[0] if values else None
    return tuple(shape)


def _tensor(read: object, path: str) -> CallOutput:
    if not isinstance(read, list) or len(read) < 3 or [type(v) for v in read[:3]] != [str, int, int]:
        raise BadInput(f"layer '{path}' reads {str(read)[:60]}, which is no layer's output; save the model again")
    return CallOutput(*read[:3])


def _ports(settings: dict, key: str, first: dict[str, int], path: str) -> tuple[CallOutput, ...]:
    """Keras 3 writes one tensor without a list around it."""
    listed = settings.get(key)
    if isinstance(listed, list) and listed and isinstance(listed[0], str):
        listed = [listed]
    if not isinstance(listed, list) or not listed:
        raise BadInput(f"model '{path or settings.get('name', '')}' has no {key} in its configuration; save it again")
    return tuple(_shifted(_tensor(read, path), first) for read in listed)


def _first_call(model: ModelConfig, layers: list[LayerConfig], settings: dict) -> int:
    """0, or 1 where Keras 2 counts the calls of a nested model from 1: the model's own graph is its call 0."""
    outputs = settings.get("output_layers")
    outputs = [outputs] if isinstance(outputs, list) and outputs and isinstance(outputs[0], str) else outputs or []
    read = [t for layer in layers for call in layer.calls for t in call if isinstance(t, CallOutput)]
    numbers = [t.call for t in read if t.layer == model.name]
    numbers += [o[1] for o in outputs if isinstance(o, list) and len(o) > 2 and o[0] == model.name]
    return 1 if numbers and min(numbers) == 1 else 0


def _shifted(tensor: CallOutput, first: dict[str, int]) -> CallOutput:
    return CallOutput(tensor.layer, tensor.call - first.get(tensor.layer, 0), tensor.port)


def _renumbered(layer: LayerConfig, first: dict[str, int]) -> LayerConfig:
    calls = ((t if isinstance(t, ConstantInput) else _shifted(t, first) for t in call) for call in layer.calls)
    return replace(layer, calls=tuple(map(tuple, calls)))


def _check_names(model: str, layers: tuple[LayerConfig, ...]) -> None:
    names = [layer.name for layer in layers]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise BadInput(f"model '{model}' has two layers of the name '{twice}'; give each its own")


def _check_calls(model: ModelConfig) -> None:
    calls = {layer.name: 1 if layer.kind == "InputLayer" else len(layer.calls) for layer in model.layers}
    reads = [(layer.path, t) for layer in model.layers for call in layer.calls for t in call]
    for path, tensor in [*reads, *((model.path or model.name, t) for t in (*model.inputs, *model.outputs))]:
        if isinstance(tensor, CallOutput) and not 0 <= tensor.call < calls.get(tensor.layer, 0):
            raise BadInput(f"layer '{path}' reads a layer that is not in the model")
