"""Random sharpened Keras models of every layer that the front end reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod
from random import Random
from typing import Any

import keras
import numpy as np
from keras import layers as L

from whetgen import sharpen
from whetgen.fuzz.recipe import ModelRecipe, arrays_of, weights
from whetgen.sharpen.staircase import Staircase

Shape = tuple[int, ...]
_MOST_ELEMENTS = 300


def random_keras_model(recipe: ModelRecipe) -> keras.Model:
    """Layers one after the other, some with a second source, and one to two outputs; all that spike are sharp."""
    draws = recipe.draws("input")
    shape = draws.choice((_vector, _signal, _image, _image))(draws, recipe)
    growing = _GrowingModel(recipe, [keras.Input(shape, name="codes")])
    if draws.random() < 0.4:
        growing.add("scaling", draws.choice(_AT_INPUT))
    for step in recipe.steps:
        growing.add(f"layer{step}", recipe.draws(f"kind {step}").choice(_BY_RANK[len(growing.shape)]))
    return growing.finished()


def _vector(draws: Random, recipe: ModelRecipe) -> Shape:
    return (draws.randint(1, recipe.longest + 4),)


def _signal(draws: Random, recipe: ModelRecipe) -> Shape:
    return (draws.randint(1, recipe.longest + 2), draws.randint(1, min(4, recipe.widest)))


def _image(draws: Random, recipe: ModelRecipe) -> Shape:
    longest = min(recipe.longest, 7)
    return (draws.randint(1, longest), draws.randint(1, longest), draws.randint(1, min(3, recipe.widest)))


@dataclass
class _GrowingModel:
    """A model under construction; the last of ``tensors`` is the one that the next layer reads."""

    recipe: ModelRecipe
    tensors: list[Any]
    spikes: set[int] = field(default_factory=set)

    @property
    def shape(self) -> Shape:
        return tuple(self.tensors[-1].shape[1:])

    def add(self, name: str, make: Make) -> None:
        """A layer, most times with neurons behind it; nothing where it does not fit."""
        draws = self.recipe.draws(name)
        source, before = self.tensors[-1], len(self.tensors)
        try:
            made = make(self, draws, name)
        except ValueError:  # larger than what it reads
            made = None
        if made is None or min(made.shape[1:]) < 1 or prod(made.shape[1:]) > _MOST_ELEMENTS or made is source:
            del self.tensors[before:]
            return
        self.tensors.append(made)
        if draws.random() < 0.65:
            self.fire(name, draws)

    def fire(self, name: str, draws: Random) -> None:
        layer = draws.choice((_brelu, _brelu, _sigmoid, _levels, _staircase))(draws, f"{name}_fire")
        self.tensors.append(layer(self.tensors[-1]))
        if getattr(layer, "levels", 1) == 1:
            self.spikes.add(id(self.tensors[-1]))

    def apply(self, layer: Any, *sources: Any) -> Any:
        """The layer with random weights."""
        made = layer(list(sources) if len(sources) > 1 else sources[0] if sources else self.tensors[-1])
        _draw_weights(layer, arrays_of(self.recipe.draws(f"weights of {layer.name}")))
        return made

    def finished(self) -> keras.Model:
        draws = self.recipe.draws("end")
        last = self.tensors[-1]
        head = draws.choice((_no_head, _scores, _decoded, _decoded, _map_head))(self, draws)
        outputs = [last if head is None else head]
        if draws.random() < 0.2:
            outputs.append(draws.choice(self.tensors))
        if len(self.tensors) == 1 and head is None:
            outputs = [self.apply(L.Dense(2, name="only"))]
        unlike = [outputs[0], *(o for o in outputs[1:] if o is not outputs[0] and o is not self.tensors[0])]
        return keras.Model(self.tensors[0], unlike[0] if len(unlike) == 1 else unlike, name="net")


Make = Callable[[_GrowingModel, Random, str], Any]


def _draw_weights(layer: Any, rng: np.random.Generator) -> None:
    for weight in layer.weights:
        shape = tuple(weight.shape)
        if weight.name == "tables":
            weight.assign(rng.integers(0, 2, shape).astype(np.float32))
        elif "variance" in weight.path:
            weight.assign(rng.choice([0.25, 1.0, 4.0, 0.3, 1e-6], shape).astype(np.float32))
        elif weight.dtype == "float32" and weight.name not in ("sharpness", "key", "thresholds"):
            weight.assign(weights(rng, shape))


# Neurons


def _brelu(draws: Random, name: str) -> Any:
    return sharpen.SpikingBReLU(sharpness=1.0, name=name)


def _sigmoid(draws: Random, name: str) -> Any:
    return sharpen.SpikingSigmoid(sharpness=1.0, name=name)


def _levels(draws: Random, name: str) -> Any:
    return sharpen.SpikingBReLU(sharpness=1.0, levels=draws.randint(2, 5), name=name)


def _staircase(draws: Random, name: str) -> Any:
    levels = sorted(draws.choice((draws.randint(-8, 8) / 4, draws.uniform(-2, 2))) for _ in range(draws.randint(1, 4)))
    return Staircase(levels, [draws.random() < 0.5 for _ in levels], name=name)


# At the input


def _rescaling(g: _GrowingModel, draws: Random, name: str) -> Any:
    return g.apply(
        L.Rescaling(draws.choice((1 / 64, 1 / 255, 1 / 127.5)), offset=draws.choice((0.0, -1.0, 0.5)), name=name)
    )


def _normalization(g: _GrowingModel, draws: Random, name: str) -> Any:
    channels = g.shape[-1]
    mean, variance = (
        [draws.choice(values) for _ in range(channels)] for values in ((0.5, 0.25, 0.0), (0.25, 1.0, 4.0))
    )
    return g.apply(L.Normalization(axis=-1, mean=mean, variance=variance, name=name))


def _thermometer(g: _GrowingModel, draws: Random, name: str) -> Any:
    levels = sorted({draws.randint(0, 20) / 20 for _ in range(draws.randint(1, 3))})
    return g.apply(sharpen.Thermometer(levels, name=name))


# Sums


def _units(g: _GrowingModel, draws: Random) -> int:
    return draws.randint(1, g.recipe.widest)


def _dense(g: _GrowingModel, draws: Random, name: str) -> Any:
    return g.apply(L.Dense(_units(g, draws), use_bias=draws.random() < 0.7, name=name))


def _sparse_dense(g: _GrowingModel, draws: Random, name: str) -> Any:
    fan_in = draws.randint(1, min(6, g.shape[-1]))
    return g.apply(sharpen.SparseDense(_units(g, draws), fan_in=fan_in, seed=draws.randint(0, 99), name=name))


def _window(draws: Random, axes: int) -> dict[str, Any]:
    settings: dict[str, Any] = {"padding": draws.choice(("valid", "same"))}
    if draws.random() < 0.3:
        settings["dilation_rate"] = tuple(draws.randint(1, 2) for _ in range(axes))
    elif axes == 1 or draws.random() < 0.7:
        settings["strides"] = tuple(draws.randint(1, 3) for _ in range(axes))
    return settings


def _kernel(draws: Random, axes: int) -> tuple[int, ...]:
    return tuple(draws.randint(1, 3) for _ in range(axes))


def _conv(g: _GrowingModel, draws: Random, name: str) -> Any:
    axes, channels = len(g.shape) - 1, g.shape[-1]
    groups = draws.choice([d for d in range(1, channels + 1) if channels % d == 0])
    filters = groups * draws.randint(1, max(1, g.recipe.widest // groups))
    settings = {"groups": groups, "use_bias": draws.random() < 0.7, **_window(draws, axes)}
    if axes == 1 and draws.random() < 0.3:
        settings["padding"] = "causal"
    return g.apply((L.Conv1D, L.Conv2D)[axes - 1](filters, _kernel(draws, axes), name=name, **settings))


def _square_window(draws: Random, axes: int) -> dict[str, Any]:
    """Depthwise layers have the same stride along both axes."""
    return {"padding": draws.choice(("valid", "same")), "strides": draws.randint(1, 2)}


def _depthwise(g: _GrowingModel, draws: Random, name: str) -> Any:
    axes = len(g.shape) - 1
    kind = (L.DepthwiseConv1D, L.DepthwiseConv2D)[axes - 1]
    multiplier = draws.randint(1, 2)
    return g.apply(kind(_kernel(draws, axes), depth_multiplier=multiplier, name=name, **_square_window(draws, axes)))


def _separable(g: _GrowingModel, draws: Random, name: str) -> Any:
    axes = len(g.shape) - 1
    kind = (L.SeparableConv1D, L.SeparableConv2D)[axes - 1]
    return g.apply(kind(_units(g, draws), _kernel(draws, axes), name=name, **_square_window(draws, axes)))


def _norm(g: _GrowingModel, draws: Random, name: str) -> Any:
    kind = draws.choice((L.BatchNormalization, sharpen.FusedBatchNormalization))
    return g.apply(kind(name=name))


# Tables


def _bits(g: _GrowingModel, name: str) -> Any:
    """What the next layer reads, as spikes."""
    if id(g.tensors[-1]) not in g.spikes:
        g.tensors.append(sharpen.SpikingBReLU(sharpness=1.0, name=f"{name}_bits")(g.tensors[-1]))
        g.spikes.add(id(g.tensors[-1]))
    return g.tensors[-1]


def _tables(g: _GrowingModel, draws: Random, name: str) -> Any:
    bits, fan_in = _bits(g, name), draws.randint(1, min(5, g.shape[-1]))
    return g.apply(sharpen.LookupTables(_units(g, draws), fan_in=fan_in, seed=draws.randint(0, 99), name=name), bits)


def _table_windows(g: _GrowingModel, draws: Random, name: str) -> Any:
    size = draws.randint(1, min(3, *g.shape[:2]))
    fan_in = draws.randint(1, min(5, size * size * g.shape[-1]))
    settings: dict[str, Any] = {"stride": draws.randint(1, 2), "padding": draws.choice(("valid", "same"))}
    layer = sharpen.LookupTables2D(
        _units(g, draws), size, fan_in=fan_in, seed=draws.randint(0, 99), name=name, **settings
    )
    return g.apply(layer, _bits(g, name))


# Pools


def _pool(g: _GrowingModel, draws: Random, name: str) -> Any:
    axes = len(g.shape) - 1
    kinds = ((L.MaxPooling1D, L.AveragePooling1D), (L.MaxPooling2D, L.AveragePooling2D))[axes - 1]
    size, strides = (tuple(draws.randint(1, 3) for _ in range(axes)) for _ in range(2))
    kind = draws.choice(kinds)
    settings = {"padding": draws.choice(("valid", "same"))} if kind is kinds[0] else {}
    return g.apply(kind(size, strides=strides, name=name, **settings))


def _global_pool(g: _GrowingModel, draws: Random, name: str) -> Any:
    axes = len(g.shape) - 1
    kinds = (
        (L.GlobalMaxPooling1D, L.GlobalAveragePooling1D),
        (L.GlobalMaxPooling2D, L.GlobalAveragePooling2D),
    )[axes - 1]
    return g.apply(draws.choice(kinds)(keepdims=draws.random() < 0.3, name=name))


# Moves


def _flatten(g: _GrowingModel, draws: Random, name: str) -> Any:
    return g.apply(L.Flatten(name=name))


def _reshape(g: _GrowingModel, draws: Random, name: str) -> Any:
    size = prod(g.shape)
    first = draws.choice([d for d in range(1, size + 1) if size % d == 0])
    second = draws.choice([d for d in range(1, size // first + 1) if (size // first) % d == 0])
    return g.apply(
        L.Reshape(draws.choice(((first, second, size // first // second), (first, size // first))), name=name)
    )


def _permute(g: _GrowingModel, draws: Random, name: str) -> Any:
    axes = list(range(1, len(g.shape) + 1))
    draws.shuffle(axes)
    return g.apply(L.Permute(axes, name=name))


def _frame(g: _GrowingModel, draws: Random, name: str) -> Any:
    axes = len(g.shape) - 1
    kinds = ((L.ZeroPadding1D, L.Cropping1D), (L.ZeroPadding2D, L.Cropping2D))[axes - 1]
    sides = tuple((draws.randint(0, 2), draws.randint(0, 1)) for _ in range(axes))
    return g.apply(draws.choice(kinds)(sides if axes == 2 else sides[0], name=name))


def _grow(g: _GrowingModel, draws: Random, name: str) -> Any:
    axes = len(g.shape) - 1
    factors = tuple(draws.randint(1, 2) for _ in range(axes))
    return g.apply(L.UpSampling2D(factors, name=name) if axes == 2 else L.UpSampling1D(factors[0], name=name))


def _nothing(g: _GrowingModel, draws: Random, name: str) -> Any:
    kinds = (
        L.Dropout(0.3, name=name),
        L.GaussianNoise(0.1, name=name),
        L.Identity(name=name),
        L.Activation("linear", name=name),
    )
    return g.apply(draws.choice(kinds))


# Of several tensors


def _beside(g: _GrowingModel, draws: Random) -> Any:
    """Another tensor of the same shape, or the same."""
    return draws.choice([t for t in g.tensors if tuple(t.shape) == tuple(g.tensors[-1].shape)])


def _blend(g: _GrowingModel, draws: Random, name: str) -> Any:
    kind = draws.choice((L.Add, L.Subtract, L.Average))
    return g.apply(kind(name=name), g.tensors[-1], _beside(g, draws))


def _concatenate(g: _GrowingModel, draws: Random, name: str) -> Any:
    return g.apply(L.Concatenate(axis=draws.randint(1, len(g.shape)), name=name), g.tensors[-1], _beside(g, draws))


def _doubled(g: _GrowingModel, draws: Random, name: str) -> Any:
    """A dense layer of as many units, added to what it reads."""
    made = g.apply(L.Dense(g.shape[-1], name=f"{name}_branch"))
    branch = sharpen.SpikingBReLU(sharpness=1.0, name=f"{name}_spikes")(made)
    return g.apply(L.Add(name=name), branch, g.tensors[-1])


# Ends


def _no_head(g: _GrowingModel, draws: Random) -> Any:
    return None


def _flat(g: _GrowingModel) -> None:
    if len(g.shape) > 1:
        g.tensors.append(L.Flatten(name="flat")(g.tensors[-1]))


def _scores(g: _GrowingModel, draws: Random) -> Any:
    _flat(g)
    classes = draws.randint(1, 5)
    activation = draws.choice(("linear", "softmax", "softmax")) if classes > 1 else "linear"
    return g.apply(L.Dense(classes, activation=activation, name="scores"))


def _decoded(g: _GrowingModel, draws: Random) -> Any:
    _flat(g)
    classes = draws.randint(2, 5)
    width = classes * draws.randint(1, 3)
    spikes = sharpen.SpikingBReLU(sharpness=1.0, name="votes_fire")(g.apply(L.Dense(width, name="votes")))
    different = np.arange(width) % classes == np.arange(classes)[:, None]
    key = different ^ arrays_of(draws).integers(0, 2, width).astype(bool)
    return sharpen.SoftmaxDecode(key.astype(np.float32), name="decode")(spikes)


def _map_head(g: _GrowingModel, draws: Random) -> Any:
    if len(g.shape) != 3:
        return None
    return g.apply(L.Conv2D(1, 1, activation=draws.choice(("sigmoid", "linear")), name="map"))


_AT_INPUT: tuple[Make, ...] = (_rescaling, _normalization, _thermometer)
_ANYWHERE: tuple[Make, ...] = (_norm, _nothing, _reshape, _permute, _blend, _concatenate, _doubled)
_ON_MAPS: tuple[Make, ...] = (
    _conv, _conv, _conv, _depthwise, _separable, _dense, _pool, _pool, _global_pool, _frame, _grow, _flatten, *_ANYWHERE,
)  # fmt: skip
_BY_RANK: dict[int, tuple[Make, ...]] = {
    1: (_dense, _dense, _dense, _dense, _sparse_dense, _tables, *_ANYWHERE),
    2: _ON_MAPS,
    3: (*_ON_MAPS, _table_windows),
}
