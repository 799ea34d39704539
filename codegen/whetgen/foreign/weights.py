"""Which weights a configuration asks for, and whether the file holds them: before any memory is taken for one."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from whetgen.errors import BadInput
from whetgen.foreign.known_layers import LAYERS, Weight
from whetgen.foreign.relatives import is_quantiser
from whetgen.foreign.shapes import OpenShape
from whetgen.foreign.tree import ENTRY, CallOutput, ConstantInput, LayerConfig, ModelConfig

LARGEST_NUMBER = 1 << 40
"""No setting is meant to be larger; products of a few stay small enough to compute with."""
_INFINITE = (math.inf, -math.inf)


@dataclass(frozen=True)
class LayerWeights:
    """The weights of one layer that is no model, as Keras creates them. ``names``: models around it, then its own."""

    layer: LayerConfig
    names: tuple[str, ...]
    weights: tuple[Weight, ...]


def weights_of(model: ModelConfig) -> list[LayerWeights]:
    """Of all layers, nested ones included, in the file's order; a layer that is called twice stands here once.

    Raises:
        BadInput: settings that cannot be read; the message names the layer.
    """
    found: dict[str, LayerWeights] = {}
    _shapes(model, [model.shape] * len(model.inputs), (), found)
    order = {layer.path: n for n, layer in enumerate(_leaves(model))}
    return sorted(found.values(), key=lambda owned: order[owned.layer.path])


def check_stored(wanted: Iterable[LayerWeights], stored: Iterable[tuple[int, ...]]) -> None:
    """Refuse a configuration that asks for weights which the file does not hold.

    Raises:
        BadInput: with the layer's name and the shape.
    """
    left = Counter(stored)
    for owned in wanted:
        for weight in owned.weights:
            if weight.optional:
                continue
            shape = next((s for s in left if left[s] and weight.fits(s)), None)
            if shape is None:
                size = ", ".join("?" if n is None else str(n) for n in weight.shape)
                raise BadInput(
                    f"layer '{owned.layer.path}' ({owned.layer.kind}) needs a {weight.name} of shape ({size}), "
                    "which the file does not hold; save the model again"
                )
            left[shape] -= 1


def _leaves(model: ModelConfig) -> Iterable[LayerConfig]:
    for layer in model.layers:
        if isinstance(layer, ModelConfig):
            yield from _leaves(layer)
        else:
            yield layer


def _shapes(
    model: ModelConfig, entries: list, names: tuple[str, ...], found: dict[str, LayerWeights]
) -> list[OpenShape | None]:
    """Shapes of the model's outputs; None where the configuration does not say."""
    known: dict[CallOutput, OpenShape | None] = {}
    for tensor, entry in zip(model.inputs, entries, strict=True):
        known[tensor] = entry
    by_name = {layer.name: layer for layer in model.layers}
    if model.inputs == (CallOutput(ENTRY),):
        known[CallOutput(ENTRY)] = model.layers[0].shape or entries[0]
    waiting = [CallOutput(layer.name, n) for layer in model.layers for n in range(len(layer.calls) or 1)]
    while waiting:
        ready = [
            t
            for t in waiting
            if all(isinstance(r, ConstantInput) or r in known for r in _reads(by_name[t.layer], t.call))
        ]
        if not ready:
            raise BadInput(f"layer '{by_name[waiting[0].layer].path}' reads its own output; save the model again")
        for tensor in ready:
            layer = by_name[tensor.layer]
            read = [r.shape if isinstance(r, ConstantInput) else known[r] for r in _reads(layer, tensor.call)]
            for port, shape in enumerate(_called(layer, read, known.get(tensor), (*names, layer.name), found)):
                known[CallOutput(layer.name, tensor.call, port)] = shape
        waiting = [t for t in waiting if t not in ready]
    return [known.get(tensor) for tensor in model.outputs]


def _reads(layer: LayerConfig, call: int) -> tuple[CallOutput | ConstantInput, ...]:
    return layer.calls[call] if layer.calls else ()


def _called(
    layer: LayerConfig, read: list, entry: OpenShape | None, names: tuple[str, ...], found: dict
) -> list[OpenShape | None]:
    """Shapes that a call of ``layer`` returns; its weights are noted in ``found``."""
    if isinstance(layer, ModelConfig):
        return _shapes(layer, read, names, found)
    if layer.kind == "InputLayer":
        return [_filled(layer.shape, entry)]
    _check_numbers(layer)
    kind = LAYERS[layer.kind]
    try:
        if layer.path not in found:
            weights = () if None in read else kind.weights(layer.settings, read[0])
            found[layer.path] = LayerWeights(layer, names, (*weights, *_of_activation(layer, read)))
        return [None if None in read else kind.shape(layer.settings, read)]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, ZeroDivisionError, OverflowError) as error:
        missing = (
            f"has no setting {error}" if isinstance(error, KeyError) else f"has settings that do not fit ({error})"
        )
        raise BadInput(f"layer '{layer.path}' ({layer.kind}) {missing}; save the model again") from error


def _of_activation(layer: LayerConfig, read: list) -> tuple[Weight, ...]:
    """Weights of a layer that stands as the activation of another."""
    inner = layer.settings.get("activation")
    if not isinstance(inner, dict) or is_quantiser(inner):
        return ()
    return LAYERS[inner["class_name"]].weights(inner["config"], read[0])


def _filled(declared: OpenShape | None, entry: OpenShape | None) -> OpenShape | None:
    """The declared shape of an input, its open axes taken from the tensor that the model is called with."""
    if declared is None or entry is None or len(declared) != len(entry):
        return declared or entry
    return tuple(e if d is None else d for d, e in zip(declared, entry, strict=True))


def _check_numbers(layer: LayerConfig) -> None:
    for key, value in layer.settings.items():
        for number in value if isinstance(value, list) else [value]:
            if (isinstance(number, int) and abs(number) > LARGEST_NUMBER) or number in _INFINITE:
                raise BadInput(
                    f"layer '{layer.path}' ({layer.kind}) has the setting {key} = {str(number)[:60]}, which is too large"
                )
            if number != number:
                raise BadInput(
                    f"layer '{layer.path}' ({layer.kind}) has the setting {key} = NaN; train the model again"
                )
