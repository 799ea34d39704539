"""``whetgen train``: options and messages only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whetgen.app.console import AsJson, CommandOutput, Quiet
from whetgen.app.options import beginning
from whetgen.errors import BadInput
from whetgen.wording import unknown

if TYPE_CHECKING:
    from whetgen.sharpen.recipes import TrainResult
    from whetgen.sharpen.search import SearchResult

# Of whetgen.sharpen.recipes, told before Keras is loaded.
RECIPES = (
    "digits-mlp", "mnist-mlp", "mnist-cnn", "mnist-vgg", "mnist-cnn-sparse", "mnist-lut", "mnist-lut-small",
    "mnist-lut-98", "mnist-lut-tiny", "mnist-lut-deep", "mnist-lut-windows", "mnist-tfc", "mnist-sfc", "mnist-lfc",
    "fashion-mlp", "fashion-cnn", "fashion-vgg", "mnist-autoencoder", "digit-segmentation", "cartpole-dqn",
    "cifar10-vgg", "cifar10-vgg-2bit", "cifar10-small", "cifar10-resnet", "cifar100-vgg", "coco-person-segmentation",
    "mnist-mlp-small", "mnist-cnn-small", "digits-mlp-2bit",
)  # fmt: skip


def train(
    recipe: Annotated[str, typer.Argument(help=f"One of {', '.join(RECIPES)}.", autocompletion=beginning(RECIPES))],
    out: Annotated[
        Path | None, typer.Option(help="File to write, NAME.keras; NAME.csv and NAME.png come beside it.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same machine: same model.")] = 0,
    quick: Annotated[bool, typer.Option("--quick", help="A few steps only, to try the plumbing.")] = False,
    epochs: Annotated[int | None, typer.Option(help="Another number of epochs than the recipe's.")] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="Begin with another rate than the recipe's; with --start a lower one.")
    ] = None,
    train_bits: Annotated[
        int | None,
        typer.Option("--weight-bits", help="Train on a grid of that many bits: 1 (sign), 2 (ternary) to 16."),
    ] = None,
    synapses: Annotated[
        float | None, typer.Option(help="Prune to that many synapses (up to 1: that share of them).")
    ] = None,
    patience: Annotated[
        int | None, typer.Option(help="End after so many sharp epochs without a lower training loss.")
    ] = None,
    goes_on: Annotated[bool, typer.Option("--resume", help="Go on where an interrupted run of --out stopped.")] = False,
    start: Annotated[
        Path | None, typer.Option(help="Begin with the weights of that model of the recipe: fine-tuning.")
    ] = None,
    teacher: Annotated[
        Path | None,
        typer.Option(help="A Keras model whose answers for the same distorted images are learned beside the labels."),
    ] = None,
    average: Annotated[
        bool,
        typer.Option(
            "--average", help="End with a moving average of the weights (0.999 a batch), batch norms estimated again."
        ),
    ] = False,
    spike_cost: Annotated[
        float | None,
        typer.Option(
            help="Add that to the loss, times the share of synapses that spikes reach: fewer instructions in C."
        ),
    ] = None,
    float_twin: Annotated[
        bool,
        typer.Option(
            "--float-twin",
            help="Instead: the same shape with ReLUs and float weights, to compare with or as a --teacher.",
        ),
    ] = False,
    mixed_precision: Annotated[
        bool,
        typer.Option(
            "--mixed-precision", help="Compute in float16 on GPUs, bfloat16 on CPUs; the saved model is float32."
        ),
    ] = False,
    tensorboard: Annotated[Path | None, typer.Option(help="Folder for TensorBoard logs.")] = None,
    trials: Annotated[
        int | None, typer.Option("--search", help="Instead: that many trials of other settings, with Optuna.")
    ] = None,
    storage: Annotated[
        str | None, typer.Option(help="Optuna storage URL of --search; machines with the same one share a study.")
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Train a named recipe until every layer is sharp."""
    from whetgen.reading import need_keras

    output = CommandOutput(quiet, as_json)
    if recipe not in RECIPES:
        raise unknown("recipe", recipe, RECIPES)
    path = _model_file(out, goes_on) if trials is None else None
    with output.steps(lines=True) as step:
        step(f"{'search' if path is None else 'train'} {recipe}")
        need_keras()
        from whetgen.sharpen import recipes
        from whetgen.sharpen.search import search

        changes = {
            "epochs": epochs,
            "learning_rate": learning_rate,
            "weight_bits": train_bits,
            "synapses": synapses,
            "patience": patience,
            "average": recipes.AVERAGE if average else None,
            "spike_cost": spike_cost,
        }
        options = recipes.TrainOptions(
            seed=seed,
            quick=quick,
            mixed_precision=mixed_precision,
            float_twin=float_twin,
            changes={name: value for name, value in changes.items() if value is not None},
            on_epoch=lambda row: step(_epoch_line(recipe, row)),
        )
        with _as_bad_input(f"train {recipe}{' --search' if path is None else ''}"):
            if path is None:
                facts, lines = _found(search(recipe, trials or 0, storage, options))
            else:
                options = replace(options, goes_on=goes_on, start=start, teacher=teacher, tensorboard=tensorboard)
                facts, lines = _trained(recipes.train(recipe, path, options))
    output.emit(facts, *lines)


@contextmanager
def _as_bad_input(what: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, OSError) as error:
        raise BadInput(f"{what}: {error}") from error


def _model_file(out: Path | None, goes_on: bool) -> Path:
    if out is None:
        raise BadInput("--out is missing; give a file name that ends in .keras")
    if out.suffix != ".keras":
        raise BadInput(f"--out {out}: give a file name that ends in .keras")
    if out.exists() and not goes_on:
        raise BadInput(f"--out {out}: exists; give a new file name")
    if not out.parent.is_dir() or not os.access(out.parent, os.W_OK):
        raise BadInput(f"--out {out}: {out.parent} is no folder that can be written; make it first")
    return out


def _epoch_line(recipe: str, row: dict[str, Any]) -> str:
    """E.g. ``train mnist-mlp: epoch 5/40 loss 0.56 soft 97.1% hard 96.8% sharpness 1 1 0.5 dead 0 3 0``."""
    parts = [f"train {recipe}: epoch {row['epoch']}/{row['epochs']}"]
    parts += [f"loss {row['loss']:.4g}"] if "loss" in row else []
    scores = [(kind, row[kind]) for kind in ("soft", "hard") if kind in row]
    parts += [f"{kind} {value:.2%}" if value <= 1 else f"{kind} {value:.1f}" for kind, value in scores]
    for kind in ("sharpness", "rate", "dead"):
        values = [value for key, value in row.items() if key.endswith(f"/{kind}")]
        parts += [f"{kind} {' '.join(f'{value:.2g}' for value in values)}"] if values else []
    return " ".join(parts)


def _trained(result: TrainResult) -> tuple[dict[str, Any], list[str]]:
    kind = "fully sharp" if result.sharpness else "a float twin"
    lines = [
        f"wrote {result.path}: {_score(result.figure, result.sharp_accuracy)} on held-out examples, {kind} "
        f"({result.epochs} epochs, {result.seconds:.0f} s)",
        *(f"wrote {file}" for file in result.files),
        *(f"note: {note}" for note in result.notes),
    ]
    return {**asdict(result), "path": str(result.path), "files": [str(file) for file in result.files]}, lines


def _found(found: SearchResult) -> tuple[dict[str, Any], list[str]]:
    return asdict(found), [
        f"best of {found.trials} trials: {_score(found.figure, found.score)} on held-out training examples",
        " ".join(f"{name} {value:.4g}" for name, value in found.settings.items()),
    ]


def _score(figure: str, value: float) -> str:
    return f"{figure} {value:.1f}" if figure == "mean return" else f"{figure} {value:.2%}"
