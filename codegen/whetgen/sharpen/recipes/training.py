"""Run a recipe."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import singledispatch
from pathlib import Path
from typing import Any

import keras
import numpy as np

from whetgen.sharpen.checkpoint import Checkpoint, TrainingProgress, resume
from whetgen.sharpen.data import load
from whetgen.sharpen.find_layers import spiking_layers
from whetgen.sharpen.finish import finish
from whetgen.sharpen.logger import WhetstoneLogger
from whetgen.sharpen.lookup import lookup_layers
from whetgen.sharpen.plot import plot_log, plot_pairs
from whetgen.sharpen.recipes.batches import DistortedBatches
from whetgen.sharpen.recipes.callbacks import epochs_until_sharp, take_averages, training_callbacks
from whetgen.sharpen.recipes.dqn import DqnRecipe, train_agent
from whetgen.sharpen.recipes.given import begin_with, lessons
from whetgen.sharpen.recipes.origin import check_checkpoint, origin_of, shaping
from whetgen.sharpen.recipes.precision import built_for, halve_kernels, use_all_gpus
from whetgen.sharpen.recipes.table import RECIPES, Recipe
from whetgen.sharpen.recipes.tasks import Examples
from whetgen.sharpen.recipes.twin import float_twin
from whetgen.sharpen.save import save_small
from whetgen.sharpen.spike_cost import add_spike_cost
from whetgen.sharpen.trim import trim

_QUICK_IMAGES = 256
_QUICK: dict[str, Any] = {"soft_epochs": 1, "steps": 1, "batch": 64}
_PICTURES = 16


@dataclass(frozen=True, kw_only=True)
class TrainOptions:
    """How to run a recipe, beyond what it says itself.

    ``quick``: a few steps on a few images, sharpened to 1.0 all the same. ``goes_on``: from the checkpoint of an
    interrupted run. ``mixed_precision``: float16 arithmetic on GPUs, bfloat16 kernels on CPUs. ``tensorboard``: a folder
    for its logs.
    ``changes``: other values for fields of the recipe. ``start``: a model of the recipe whose weights training begins with;
    layers that are sharp in it stay so. ``teacher``: a model file whose answers for the same images are learned too.
    ``float_twin``: train the network's twin of ReLUs and float weights instead. ``on_epoch``: gets each row of the log, with ``epochs``.
    """

    seed: int = 0
    quick: bool = False
    goes_on: bool = False
    mixed_precision: bool = False
    tensorboard: Path | None = None
    changes: dict = field(default_factory=dict)
    start: Path | None = None
    teacher: Path | None = None
    float_twin: bool = False
    on_epoch: Callable[[dict], None] | None = None


@dataclass(frozen=True, kw_only=True)
class TrainResult:
    """What a training run gave, on held-out examples.

    ``figure`` says what the scores are: accuracy, pixel agreement, IoU (0 to 1) or mean return. ``soft_accuracy`` is
    the score of the last epoch before sharpening began, ``sharp_accuracy`` that of the saved model,
    whose spiking layers, inputs first, have the ``sharpness``. ``files``: the log and pictures beside the model;
    ``notes``: why a picture is missing.
    """

    path: Path
    recipe: str
    soft_accuracy: float
    sharp_accuracy: float
    sharpness: tuple[float, ...]
    epochs: int
    seconds: float
    figure: str = "accuracy"
    files: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()


def recipe_names() -> list[str]:
    """What ``train`` can train."""
    return list(RECIPES)


def train(name: str, out: str | Path, options: TrainOptions | None = None) -> TrainResult:
    """Train recipe ``name`` and save the model, plain layers without optimizer state, to ``out`` (a ``.keras`` file).

    Beside it: the log (``.csv``), its plot (``.png``), where outputs are pictures 16 of them (``-pictures.png``), and
    while it runs a checkpoint (``.checkpoint.npz``). The same seed on the same machine gives the same model, interrupted
    or not.

    Raises:
        ValueError: no such recipe or field, ``out`` does not end in .keras, a checkpoint that is missing, in the way or
            of other settings,
            a damaged data file, or a package that the recipe needs is not installed.
        FileNotFoundError: the data are not there.
    """
    options, out = options or TrainOptions(), Path(out)
    recipe = chosen(name, options)
    if out.suffix != ".keras":
        raise ValueError(f"a model is saved as a .keras file, not as {out.name}")
    return _run(recipe, name, out, options)


def chosen(name: str, options: TrainOptions) -> Recipe | DqnRecipe:
    """The recipe with the options' changes.

    Raises:
        ValueError: no such recipe, or it has no such field.
    """
    if name not in RECIPES:
        raise ValueError(f"no recipe '{name}'; there are {', '.join(RECIPES)}")
    recipe = RECIPES[name]
    known = {f.name for f in fields(recipe)}
    if unknown := options.changes.keys() - known:
        raise ValueError(f"recipe {name} has no {', '.join(sorted(unknown))}; it has {', '.join(sorted(known))}")
    recipe = replace(recipe, **options.changes)
    recipe = float_twin(name, recipe) if options.float_twin else recipe
    return _quick(recipe) if options.quick else recipe


def examples_of(recipe: Recipe, options: TrainOptions) -> Examples:
    """What a run trains with: a few where it is quick, and only these as real values, since TensorFlow keeps them for good."""
    data = load(recipe.data)
    return recipe.task.examples(data.few(_QUICK_IMAGES) if options.quick else data, recipe.input_scale)


@singledispatch
def _run(recipe: object, name: str, out: Path, options: TrainOptions) -> TrainResult:
    raise TypeError(type(recipe))


@_run.register
def _(recipe: Recipe, name: str, out: Path, options: TrainOptions) -> TrainResult:
    began = time.monotonic()
    state = out.with_suffix(".checkpoint.npz")
    origin = origin_of(name, recipe, **shaping(options))
    check_checkpoint(state, out, options.goes_on, origin)
    check_epochs(recipe, name, options.start)
    examples = examples_of(recipe, options)
    log = WhetstoneLogger(
        examples.x_test, examples.y_test, out.with_suffix(".csv"), options.tensorboard, recipe.task.metric
    )
    model = fit(recipe, examples, options, log, state, origin)
    finished = plain(model, recipe)
    before = [row for row in log.rows if row["epoch"] <= recipe.soft_epochs]
    outputs = finished.predict(
        log.x, batch_size=log.batch, verbose=0
    )  # of the float32 model, whatever it was trained in
    pictures, notes = _pictures(recipe, name, finished, examples, log, out)
    save_small(finished, out)  # last, so that a run that is cut before leaves a checkpoint and no model
    state.unlink(missing_ok=True)
    return TrainResult(
        path=out,
        recipe=name,
        soft_accuracy=before[-1]["soft"],
        sharp_accuracy=recipe.task.metric(outputs, log.y),
        sharpness=tuple(layer.sharpness for layer in spiking_layers(finished)),
        epochs=log.rows[-1]["epoch"],
        seconds=time.monotonic() - began,
        figure=recipe.task.figure,
        files=(out.with_suffix(".csv"), *pictures),
        notes=notes,
    )


@_run.register
def _(recipe: DqnRecipe, name: str, out: Path, options: TrainOptions) -> TrainResult:
    began = time.monotonic()
    if options.goes_on:
        raise ValueError(f"{name} keeps no checkpoint to resume; run it from the beginning")
    if options.start is not None:
        raise ValueError(f"{name} explores from the beginning; it cannot start from a model's weights")
    if options.teacher is not None:
        raise ValueError(f"{name} learns from what it tries; it takes no teacher")
    keras.utils.set_random_seed(options.seed)
    agent = train_agent(recipe, options.seed, options.on_epoch)
    save_small(plain(agent.model, recipe), out)
    return TrainResult(
        path=out,
        recipe=name,
        soft_accuracy=agent.soft_return,
        sharp_accuracy=agent.sharp_return,
        sharpness=tuple(layer.sharpness for layer in spiking_layers(agent.model)),
        epochs=agent.episodes,
        seconds=time.monotonic() - began,
        figure="mean return",
    )


def fit(
    recipe: Recipe,
    examples: Examples,
    options: TrainOptions,
    log: WhetstoneLogger,
    state: Path | None = None,
    origin: dict | None = None,
) -> keras.Model:
    """The trained model; ``log`` has the rows. Goes on from the checkpoint ``state`` where the options say so, and leaves
    one there that tells its ``origin``."""
    keras.utils.set_random_seed(options.seed)
    use_all_gpus()
    with built_for(options.mixed_precision):
        model = recipe.build()
    if options.mixed_precision:
        halve_kernels(model)
    if options.start is not None:
        begin_with(model, options.start)
    if recipe.spike_cost:
        add_spike_cost(model, recipe.spike_cost)
    examples = examples.one_hot(model.output_shape[-1])
    shape = model.input_shape[1:]
    log.x, log.y = examples.x_test.reshape(-1, *shape), examples.y_test
    log.on_row = _with_epochs(options.on_epoch, recipe.epochs)
    steps = max(1, len(examples.x_train) // min(recipe.batch, len(examples.x_train)))
    loss, teacher = lessons(recipe, examples, options.teacher, options.mixed_precision)
    tables = bool(lookup_layers(model))
    model.compile(_optimizer(recipe, steps), loss=loss, jit_compile=tables)
    x_train, y_train = examples.x_train, examples.y_train
    targets = teacher.beside(y_train, x_train) if teacher is not None and tables else y_train
    callbacks = [*training_callbacks(recipe, model, x_train.reshape(-1, *shape), targets, options.seed), log]
    progress = resume(state, model, callbacks) if options.goes_on and state else TrainingProgress(0, False)
    log.go_on(progress.epochs)
    batches = DistortedBatches(
        x_train,
        y_train,
        shape,
        batch=recipe.batch,
        distortion=recipe.distortion,
        seed=options.seed,
        epoch=progress.epochs,
        teacher=teacher,
    )
    if state:
        callbacks.append(Checkpoint(state, list(callbacks), origin))
    if not progress.stopped and progress.epochs < recipe.epochs:
        model.fit(
            batches,
            epochs=recipe.epochs,
            initial_epoch=progress.epochs,
            callbacks=callbacks,
            shuffle=False,
            verbose=0,
        )
    take_averages(callbacks, recipe.task.metric, y_train)
    return model


def plain(model: keras.Model, recipe: Recipe | DqnRecipe) -> keras.Model:
    """The model in float32, of plain layers, without optimizer and without tables that do nothing."""
    bare = recipe.build()
    bare.set_weights(model.get_weights())
    return trim(finish(bare))


def check_epochs(recipe: Recipe, name: str, start: Path | None = None) -> None:
    """Raises:
    ValueError: training would end before every layer is sharp that is not in the model ``start``; or that cannot be read.
    """
    model = recipe.build()
    if start is not None:
        begin_with(model, start)
    least = max(1, epochs_until_sharp(recipe, model))
    if recipe.epochs < least:
        raise ValueError(f"{name} is sharp after {least} epochs at the earliest, not after {recipe.epochs}")


def _quick(recipe: Recipe | DqnRecipe) -> Recipe | DqnRecipe:
    if isinstance(recipe, DqnRecipe):
        return recipe.shortened()
    return replace(recipe, epochs=len(spiking_layers(recipe.build())) + 3, **_QUICK)


def _optimizer(recipe: Recipe, steps: int) -> keras.optimizers.Optimizer:
    rate = keras.optimizers.schedules.CosineDecay(recipe.learning_rate, recipe.epochs * steps)
    if recipe.weight_decay:
        return keras.optimizers.AdamW(rate, weight_decay=recipe.weight_decay, global_clipnorm=recipe.clip)
    return keras.optimizers.Adam(rate, global_clipnorm=recipe.clip)


def _with_epochs(on_epoch: Callable[[dict], None] | None, epochs: int) -> Callable[[dict], None] | None:
    return None if on_epoch is None else lambda row: on_epoch({"epochs": epochs, **row})


def _pictures(
    recipe: Recipe, name: str, model: keras.Model, examples: Examples, log: WhetstoneLogger, out: Path
) -> tuple[list[Path], tuple[str, ...]]:
    """The plot, and pictures in and out; without Matplotlib a note in their place."""
    made = []
    try:
        plot_log(log.rows, out.with_suffix(".png"), name)
        made.append(out.with_suffix(".png"))
        if recipe.task.pictures:
            path = out.with_name(f"{out.stem}-pictures.png")
            x = examples.x_test[:_PICTURES]
            y = np.asarray(model(x.reshape(-1, *model.input_shape[1:]), training=False)) >= 0.5
            plot_pairs(x, y.reshape(*x.shape[:3]), path, ("in", "out"))
            made.append(path)
    except ValueError as missing:
        return made, (str(missing),)
    return made, ()
