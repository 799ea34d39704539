"""Random models of QKeras and Larq, written without these packages.

A layer of theirs has the weights of one of Keras' own and a configuration with quantisers beside it. So a model of Keras'
layers is saved, and its layers get other names and these quantisers in the file.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import h5py
import keras
from keras import layers as L

from whetgen.fuzz.recipe import ModelRecipe, arrays_of, weights

Config = dict[str, Any]
_WRITERS_KERAS = "2.15.0"  # these packages have no layers for Keras 3
_QKERAS_WEIGHTS = (
    "quantized_bits(4,0,1,alpha=1.0)", "quantized_bits(3,1,1,alpha=1.0)", "ternary(alpha=1)", "binary(alpha=1)",
    "binary(alpha='auto_po2')", "ternary(alpha='auto_po2')", "quantized_bits(4,0,1,alpha='auto_po2')",
    "quantized_po2(4,1)",
)  # fmt: skip
_QKERAS_NEURONS = (
    "binary(alpha=1)", "quantized_relu(2)", "quantized_relu(2,1)", "quantized_relu(1,1)", "ternary(alpha=1)",
    "quantized_bits(2,1,alpha=1.0)", "quantized_relu(3,2)",
)  # fmt: skip
_LARQ_WEIGHTS = ("ste_sign", "approx_sign", "swish_sign", "ste_tern", "magnitude_aware_sign", "SteTern(0.25)")
_LARQ_NEURONS = ("ste_sign", "approx_sign", "ste_heaviside", "ste_tern", "DoReFa(2)", "SteTern(1.0)")


def write_quantised_model(recipe: ModelRecipe, path: Path) -> None:
    """A Sequential ``.h5`` file of one package's layers."""
    draws = recipe.draws("input")
    rename = draws.choice((_as_qkeras, _as_larq))
    model = _plain(recipe, draws)
    for layer in model.layers:
        rng = arrays_of(recipe.draws(f"weights of {layer.name}"))
        for weight in layer.weights:
            drawn = weights(rng, tuple(weight.shape)).clip(-4, 4)
            weight.assign(abs(drawn) + 0.5 if "variance" in weight.path or "gamma" in weight.path else drawn)
    logging.getLogger("absl").setLevel(logging.ERROR)  # which calls this format an old one
    model.save(path)
    _rewrite(path, lambda config: rename(config, recipe.draws(f"quantisers of {config['config']['name']}")))


def _plain(recipe: ModelRecipe, draws: Random) -> keras.Model:
    """What is to get quantisers; every sum but the last has neurons behind it."""
    longest = min(recipe.longest, 7)
    shape: tuple[int, ...] = (draws.randint(1, recipe.longest + 2),)
    if draws.random() < 0.5:
        shape = (draws.randint(2, longest), draws.randint(2, longest), draws.randint(1, 2))
    model = keras.Sequential([keras.Input(shape, name="codes")], name="net")
    for step in recipe.steps:
        own = recipe.draws(f"layer {step}")
        for layer in _block(own, recipe, shape, step):
            model.add(layer)
        shape = model.output_shape[1:]
    if len(shape) > 1:
        model.add(L.Flatten(name="flat"))
    model.add(L.Dense(draws.randint(1, 4), name="last"))
    return model


def _block(draws: Random, recipe: ModelRecipe, shape: tuple[int, ...], step: int) -> list[Any]:
    name, units = f"layer{step}", draws.randint(1, recipe.widest)
    settings = {"padding": draws.choice(("valid", "same")), "use_bias": draws.random() < 0.5, "name": name}
    kernel = tuple(draws.randint(1, min(3, *shape[:2])) for _ in range(2)) if len(shape) == 3 else ()
    made: list[Any] = [L.Dense(units, use_bias=draws.random() < 0.5, name=name)]
    if len(shape) == 3:
        kind = draws.choice(("conv", "conv", "depthwise", "flat"))
        flat = [L.Flatten(name=f"{name}_flat"), *made]
        depthwise = [L.DepthwiseConv2D(kernel, depthwise_initializer="zeros", **settings)]
        made = {"conv": [L.Conv2D(units, kernel, **settings)], "depthwise": depthwise, "flat": flat}[kind]
    if draws.random() < 0.4:
        made.append(L.BatchNormalization(name=f"{name}_norm"))
    return [*made, L.Activation("linear", name=f"{name}_fire")]


def _as_qkeras(layer: Config, draws: Random) -> None:
    kind, config = layer["class_name"], layer["config"]
    if kind == "Activation":
        config["activation"] = draws.choice(_QKERAS_NEURONS)
        _rename(layer, "QActivation")
    elif kind in ("Dense", "Conv2D", "DepthwiseConv2D"):
        config["depthwise_quantizer" if kind == "DepthwiseConv2D" else "kernel_quantizer"] = draws.choice(
            _QKERAS_WEIGHTS
        )
        config["bias_quantizer"] = draws.choice((None, "quantized_bits(4,2,alpha=1.0)"))
        _rename(layer, f"Q{kind}")


def _as_larq(layer: Config, draws: Random) -> None:
    kind, config = layer["class_name"], layer["config"]
    if kind == "Activation":
        config["activation"] = draws.choice(_LARQ_NEURONS)
    elif kind in ("Dense", "Conv2D", "DepthwiseConv2D"):
        config["depthwise_quantizer" if kind == "DepthwiseConv2D" else "kernel_quantizer"] = draws.choice(_LARQ_WEIGHTS)
        config["input_quantizer"] = draws.choice((None, draws.choice(_LARQ_NEURONS)))
        _rename(layer, f"Quant{kind}")


def _rename(layer: Config, kind: str) -> None:
    layer["class_name"] = layer["registered_name"] = kind
    layer["module"] = "larq.layers" if kind.startswith("Quant") else "qkeras"


def _rewrite(path: Path, change: Callable[[Config], None]) -> None:
    """Each layer's entry of the configuration as ``change`` leaves it, in a file of Keras 2."""
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        for layer in config["config"]["layers"]:
            change(layer)
        file.attrs["model_config"] = json.dumps(config)
        file.attrs["keras_version"] = _WRITERS_KERAS
