"""The recipes by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import keras

from whetgen.sharpen.recipes.distortion import Distortion
from whetgen.sharpen.recipes.models import cnn, mlp
from whetgen.sharpen.recipes.small import binary_cnn, binary_mlp


@dataclass(frozen=True)
class Recipe:
    """How to train one model.

    It trains ``soft_epochs`` unsharpened, sharpens each spiking layer in ``steps`` epochs from the
    input up, and spends the rest fully sharp with weights of ``weight_bits``. The learning rate
    falls along a cosine from ``learning_rate`` to 0.
    """

    build: Callable[[], keras.Model]
    data: str
    input_scale: int
    weight_bits: int | Mapping[str, int]
    epochs: int
    soft_epochs: int
    steps: int
    learning_rate: float
    batch: int
    distortion: Distortion
    label_smoothing: float


RECIPES = {
    "digits-mlp": Recipe(
        build=partial(mlp, (8, 8), hidden=(40,), votes=3),
        data="digits",
        input_scale=16,
        weight_bits=4,
        epochs=200,
        soft_epochs=10,
        steps=4,
        learning_rate=4e-3,
        batch=64,
        distortion=Distortion(shift=0.6, rotation=0.12, scale=0.08, shear=0.08),
        label_smoothing=0.1,
    ),
    "mnist-mlp": Recipe(
        build=partial(mlp, (28, 28), hidden=(256, 256), votes=10),
        data="mnist",
        input_scale=255,
        weight_bits=4,
        epochs=40,
        soft_epochs=2,
        steps=1,
        learning_rate=2e-3,
        batch=128,
        distortion=Distortion(shift=1.5, rotation=0.15, scale=0.1, shear=0.1),
        label_smoothing=0.1,
    ),
    "mnist-cnn": Recipe(
        build=partial(cnn, (28, 28), channels=(16, 32, 48), votes=6),
        data="mnist",
        input_scale=255,
        weight_bits=6,
        epochs=18,
        soft_epochs=1,
        steps=1,
        learning_rate=3e-3,
        batch=128,
        distortion=Distortion(shift=1.0, rotation=0.1, scale=0.08, shear=0.08),
        label_smoothing=0.1,
    ),
    "mnist-mlp-small": Recipe(
        build=partial(binary_mlp, (28, 28), crop=2, hidden=(160,), votes=6),
        data="mnist",
        input_scale=255,
        weight_bits=2,
        epochs=30,
        soft_epochs=2,
        steps=1,
        learning_rate=2e-3,
        batch=128,
        distortion=Distortion(shift=0.8, rotation=0.1, scale=0.07, shear=0.07),
        label_smoothing=0.1,
    ),
    "mnist-cnn-small": Recipe(
        build=partial(binary_cnn, (28, 28), channels=(8, 32), classes=10),
        data="mnist",
        input_scale=255,
        weight_bits={"conv1": 5, "conv2": 3, "head": 2},
        epochs=15,
        soft_epochs=2,
        steps=1,
        learning_rate=2e-3,
        batch=128,
        distortion=Distortion(shift=0.5, rotation=0.07, scale=0.05, shear=0.05),
        label_smoothing=0.05,
    ),
}
