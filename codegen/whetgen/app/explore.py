"""``whetgen explore``: options, and what is told of a study."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from whetgen.app.console import AsJson, CommandOutput, Quiet
from whetgen.app.options import with_options
from whetgen.app.train import RECIPES
from whetgen.errors import BadInput
from whetgen.host.workers import executor_on
from whetgen.input_spec import InputSpec
from whetgen.targets.registry import Options, find_target, options_for
from whetgen.wording import counted, unknown

if TYPE_CHECKING:
    from whetgen.explore.results import Study
    from whetgen.explore.search import Explored
    from whetgen.explore.trial import ModelTask, RecipeTask

AGAINST = ("luts", "cycles", "flash", "instructions")  # COSTS of whetgen.explore.costs


@with_options
def explore(
    source: Annotated[str, typer.Argument(metavar="MODEL|RECIPE", help="A model's file, or a recipe of train.")],
    against: Annotated[
        str, typer.Option(help=f"What accuracy costs: {', '.join(AGAINST)}, as the generator estimates them.")
    ],
    out: Annotated[Path, typer.Option(help="Folder of the results; the same one goes on with its study.")],
    minutes: Annotated[float | None, typer.Option(help="Begin trials for so long.", min=0)] = None,
    trials: Annotated[int | None, typer.Option(help="At most that many new trials.", min=1)] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Of a model: X.npz with codes x and labels y; one half narrows, the other judges."),
    ] = None,
    count: Annotated[
        int | None, typer.Option(help="Of --data: the first so many frames (default 2,000).", min=2)
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Of a recipe: another number of epochs than its own.")] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Of a recipe: a few steps a trial, to try the plumbing.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(help="Processes of this machine (default: its processors, of a recipe 1).", min=1)
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler, whose workers do the work instead.")
    ] = None,
    storage: Annotated[
        str | None,
        typer.Option(help="Optuna storage URL; machines with the same one share a study (default: a file in --out)."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the draws.")] = 0,
    *,
    spec: InputSpec,
    options: Options,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Try settings of a network, and show those that no other beats in accuracy and cost; options that are given stay."""
    from whetgen.explore.results import Study, write_results
    from whetgen.explore.search import Limit
    from whetgen.explore.search import explore as search

    output = CommandOutput(quiet, as_json)
    if minutes is None and trials is None:
        raise BadInput("say how long: --minutes M, or --trials N")
    is_model = _check(source, against, data, options)
    with output.steps() as step:
        step(f"read {source}")
        task: ModelTask | RecipeTask
        if is_model:
            task = _model_task(source, against, data, count or 2_000, spec, options, output)
        else:
            task = _recipe_task(source, against, epochs, quick, seed, options)
        study = Study(source=source, out=out, task=task)
        trace = _opened(study, storage, seed, data)
        done, limit = [0.0], Limit(seconds=None if minutes is None else 60 * minutes, trials=trials)
        with executor_on(scheduler, workers or ((os.cpu_count() or 1) if is_model else 1)) as (executor, at_once):
            step(f"explore {source} against {against}", lambda: done[0])
            found = search(
                trace, task, executor, at_once, limit,
                lambda share: done.__setitem__(0, share), lambda n, model: _keep(study.model_file(n), model),
            )  # fmt: skip
        facts = write_results(study, found)
    _show(output, study, found, facts)


def _check(source: str, against: str, data: Path | None, options: Options) -> bool:
    """What can be told before anything loads; returns whether it is a model.

    Raises:
        BadInput: a word or option that means nothing here, or no file or recipe.
    """
    if against not in AGAINST:
        raise unknown("--against", against, AGAINST)
    from whetgen.explore.costs import COSTS

    options_for(find_target(COSTS[against].target), options)
    is_model = Path(source).exists()
    if not is_model and source not in RECIPES:
        raise unknown("no such file, and recipe", source, RECIPES)
    if is_model and data is None:
        raise BadInput("--data is missing: X.npz with codes x and labels y, which the networks are judged by")
    if not is_model and data is not None:
        raise BadInput("--data: a recipe brings its own; leave it out")
    return is_model


def _model_task(
    source: str, against: str, data: Path | None, count: int, spec: InputSpec, options: Options, output: CommandOutput
) -> ModelTask:
    from whetgen.app.source import read_graph
    from whetgen.explore.trial import ModelTask
    from whetgen.verification.frames import check_frames_file, load_frames

    assert data is not None
    spec.check()
    check_frames_file(data)
    graph = read_graph(Path(source), spec, output)
    frames = load_frames(data, graph, count)
    if frames.labels is None or graph.classifier is None:
        raise BadInput(f"{data}: accuracy needs labels 'y', and a network that tells a class")
    words = [
        word
        for flag, value in (("--input-type", spec.type), ("--input-scale", spec.scale))
        if value is not None
        for word in (flag, f"{value}")
    ]
    return ModelTask(graph, frames.codes, frames.labels, against, options, tuple(words))


def _recipe_task(source: str, against: str, epochs: int | None, quick: bool, seed: int, options: Options) -> RecipeTask:
    from whetgen.explore.trial import RecipeTask, check_recipe
    from whetgen.reading import need_keras

    need_keras()
    task = RecipeTask(recipe=source, cost=against, given=options, epochs=epochs, quick=quick, seed=seed)
    return check_recipe(task)


def _opened(study: Study, storage: str | None, seed: int, data: Path | None) -> Any:
    """Optuna's study, in the folder where no other storage is given; the frames that narrow lie beside it."""
    import numpy as np

    from whetgen import __version__
    from whetgen.explore.results import CALIBRATION
    from whetgen.explore.search import open_study
    from whetgen.explore.trial import ModelTask
    from whetgen.ir import graph_sha256

    task, out = study.task, study.out
    out.mkdir(parents=True, exist_ok=True)
    given = json.loads(json.dumps(asdict(task.given)))
    origin: dict[str, Any] = {"version of whetgen": __version__, "against": task.cost, "options": given}
    if isinstance(task, ModelTask):
        half = task.half
        np.savez_compressed(out / CALIBRATION, x=task.codes[:half], y=task.labels[:half])
        digest = hashlib.sha256(task.codes.tobytes() + task.labels.tobytes()).hexdigest()
        origin |= {"model": graph_sha256(task.graph), "data": digest}
    else:
        origin |= {"model": task.recipe, "epochs": task.epochs, "quick": task.quick}
    name = f"whetgen-explore-{Path(study.source).stem}-{task.cost}"
    return open_study(name, storage or f"sqlite:///{out / 'study.db'}", origin, seed, storage is None)


def _keep(file: Path, model: bytes) -> None:
    file.write_bytes(model)


def _show(output: CommandOutput, study: Study, found: Explored, facts: dict[str, Any]) -> None:
    from whetgen.explore.results import front_rows

    head, rows = front_rows(study, found)
    table = Table(*head)
    for row in rows:
        table.add_row(*row)
    lines: list[object] = [
        f"{counted(len(found.tried), 'network')} tried, {counted(len(found.front), 'network')} that no other beats"
        + ("; nothing new was left to try" if found.exhausted else ""),
        table,
        *(f"note: {counted(times, 'trial')} refused: {reason}" for reason, times in found.refused.items()),
        f"wrote {study.out / 'report.html'} (what to type for each), front.svg, explore.json",
    ]
    output.emit(facts, *lines if found.tried else (lines[0], *lines[2:-1]))
