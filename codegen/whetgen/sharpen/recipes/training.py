"""Run a recipe."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np

from whetgen.sharpen.data import Dataset, load
from whetgen.sharpen.narrow import NarrowWeights
from whetgen.sharpen.recipes.batches import DistortedBatches
from whetgen.sharpen.recipes.table import RECIPES, Recipe
from whetgen.sharpen.sharpeners import SimpleSharpener
from whetgen.sharpen.walk import spiking_layers

_QUICK_IMAGES = 256


@dataclass(frozen=True)
class TrainResult:
    """What a training run gave. Accuracies are on the held-out images, 0 to 1.

    ``soft_accuracy`` is that of the last epoch before sharpening began, ``sharp_accuracy`` that of
    the saved model, whose spiking layers, inputs first, have the ``sharpness``.
    """

    path: Path
    recipe: str
    soft_accuracy: float
    sharp_accuracy: float
    sharpness: tuple[float, ...]
    epochs: int
    seconds: float


def recipe_names() -> list[str]:
    """What ``train`` can train."""
    return list(RECIPES)


def recipe_epochs(name: str, *, quick: bool = False) -> int:
    """How many epochs ``train`` will take, for a progress bar."""
    return _recipe(name, quick).epochs


def train(
    name: str,
    out: Path,
    *,
    seed: int = 0,
    quick: bool = False,
    on_epoch: Callable[[dict], None] | None = None,
) -> TrainResult:
    """Train recipe ``name`` and save the model, without optimizer state, to ``out`` (a ``.keras`` file).

    The same seed on the same machine gives the same model. ``quick`` takes a few steps on a few
    images, sharpened to 1.0 all the same. ``on_epoch`` gets after each epoch: ``epoch`` (from 1),
    ``epochs``, ``loss``, ``accuracy``, ``val_accuracy`` and ``sharpness`` (a list, inputs first).

    Raises:
        ValueError: no such recipe, ``out`` does not end in .keras, or a damaged data file.
        FileNotFoundError: the data are not there.
    """
    recipe, out = _recipe(name, quick), Path(out)
    if out.suffix != ".keras":
        raise ValueError(f"a model is saved as a .keras file, not as {out.name}")
    began = time.monotonic()
    data = _some(load(recipe.data)) if quick else load(recipe.data)
    keras.utils.set_random_seed(seed)
    model = recipe.build()
    history = _fit(model, recipe, data, seed, on_epoch)
    out.parent.mkdir(parents=True, exist_ok=True)
    _without_optimizer(model).save(out)
    return TrainResult(
        path=out,
        recipe=name,
        soft_accuracy=history["val_accuracy"][recipe.soft_epochs - 1],
        sharp_accuracy=history["val_accuracy"][-1],
        sharpness=tuple(layer.sharpness for layer in spiking_layers(model)),
        epochs=recipe.epochs,
        seconds=time.monotonic() - began,
    )


def _recipe(name: str, quick: bool) -> Recipe:
    if name not in RECIPES:
        raise ValueError(f"no recipe '{name}'; there are {', '.join(RECIPES)}")
    recipe = RECIPES[name]
    return replace(recipe, epochs=6, soft_epochs=1, steps=1) if quick else recipe


def _some(data: Dataset) -> Dataset:
    few = slice(_QUICK_IMAGES)
    return Dataset(data.x_train[few], data.y_train[few], data.x_test[few], data.y_test[few])


def _fit(model: keras.Model, recipe: Recipe, data: Dataset, seed: int, on_epoch) -> dict:
    classes = model.output_shape[-1]
    images, held_out = _real(data.x_train, recipe), _real(data.x_test, recipe)
    batches = DistortedBatches(
        images,
        keras.utils.to_categorical(data.y_train, classes),
        model.input_shape[1:],
        batch=recipe.batch,
        distortion=recipe.distortion,
        seed=seed,
    )
    rate = keras.optimizers.schedules.CosineDecay(recipe.learning_rate, recipe.epochs * len(batches))
    model.compile(
        keras.optimizers.Adam(rate),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=recipe.label_smoothing),
        metrics=["accuracy"],
        jit_compile=False,  # on a CPU, XLA takes half as long again
    )
    fitted = model.fit(
        batches,
        epochs=recipe.epochs,
        validation_data=(
            held_out.reshape(-1, *model.input_shape[1:]),
            keras.utils.to_categorical(data.y_test, classes),
        ),
        validation_batch_size=1000,
        callbacks=_callbacks(model, recipe, on_epoch),
        verbose=0,
    )
    return fitted.history


def _callbacks(model: keras.Model, recipe: Recipe, on_epoch) -> list[keras.callbacks.Callback]:
    sharp_from = recipe.soft_epochs + recipe.steps * len(spiking_layers(model))
    callbacks = [
        SimpleSharpener(recipe.soft_epochs, steps=recipe.steps),
        NarrowWeights(recipe.weight_bits, start_epoch=sharp_from - 1),
    ]
    if on_epoch is not None:
        callbacks.append(_Report(on_epoch, recipe.epochs))
    return callbacks


def _real(codes: np.ndarray, recipe: Recipe) -> np.ndarray:
    """The real values in 0..1 that codes stand for."""
    return codes.astype(np.float32) / np.float32(recipe.input_scale)


def _without_optimizer(model: keras.Model) -> keras.Model:
    bare = type(model).from_config(model.get_config())
    bare.set_weights(model.get_weights())
    return bare


class _Report(keras.callbacks.Callback):
    """Calls ``on_epoch`` with plain numbers."""

    def __init__(self, on_epoch: Callable[[dict], None], epochs: int):
        super().__init__()
        self.on_epoch = on_epoch
        self.epochs = epochs

    def on_epoch_end(self, epoch, logs=None):
        figures = {key: float(logs[key]) for key in ("loss", "accuracy", "val_accuracy")}
        sharpness = [layer.sharpness for layer in spiking_layers(self.model)]
        self.on_epoch({"epoch": epoch + 1, "epochs": self.epochs, **figures, "sharpness": sharpness})
