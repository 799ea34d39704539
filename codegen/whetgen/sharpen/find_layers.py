"""Find layers in a model, nested ones too."""

from __future__ import annotations

from collections.abc import Iterator

import keras

from whetgen.sharpen.layers import SpikingActivation


def every_layer(model: keras.Model) -> list[keras.layers.Layer]:
    """All layers, inputs first, each once, with those inside nested models and wrappers."""
    return list({id(layer): layer for layer in _walk(model)}.values())


def spiking_layers(model: keras.Model) -> list[SpikingActivation]:
    """The layers that can be sharpened, inputs first, each once, nested ones included."""
    return [layer for layer in every_layer(model) if isinstance(layer, SpikingActivation)]


def sharpness_of(model: keras.Model) -> dict[str, float]:
    """Sharpness by layer name, inputs first. Layers of one name (in different nested models) are numbered."""
    found: dict[str, float] = {}
    for layer in spiking_layers(model):
        name, number = layer.name, 2
        while name in found:
            name, number = f"{layer.name}_{number}", number + 1
        found[name] = layer.sharpness
    return found


def _walk(layer: keras.layers.Layer) -> Iterator[keras.layers.Layer]:
    # A model's public list is in the order of computation; a wrapper has only Keras' own list.
    for child in layer.layers if isinstance(layer, keras.Model) else layer._layers:
        yield child
        yield from _walk(child)
