"""``whetgen fuzz``: options, and what is told of a search."""

from __future__ import annotations

import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from whetgen.app.console import AsJson, CommandOutput, Quiet
from whetgen.errors import BadInput
from whetgen.host.workers import executor_on
from whetgen.wording import counted, unknown

if TYPE_CHECKING:
    from whetgen.fuzz.batch import Found, FuzzTask, Problem

_MOST_FOLDERS = 5


def fuzz(
    minutes: Annotated[float | None, typer.Option(help="Begin networks for so long.", min=0)] = None,
    count: Annotated[int | None, typer.Option(help="That many networks.", min=1)] = None,
    seed: Annotated[int, typer.Option(help="Network k of a seed is the same whoever draws it.")] = 0,
    workers: Annotated[
        int | None, typer.Option(help="Processes of this machine (default: its processors).", min=1)
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler, whose workers do the work instead.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="A judge of the table that is printed; several times for several.")
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="graph, keras, quantised, onnx or nir; several times for several.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for what fails.")] = Path("fuzz"),
    repeat: Annotated[
        Path | None, typer.Option("--again", help="Run a folder of --out again, and nothing else.")
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Random networks through every front end, target, simulator and compiler; what differs is made small and kept."""
    from whetgen.fuzz.batch import FuzzTask
    from whetgen.fuzz.judges import JUDGES
    from whetgen.fuzz.networks import ALL_KINDS
    from whetgen.fuzz.reproducer import again, reproduce
    from whetgen.fuzz.search import search

    output = CommandOutput(quiet, as_json)
    if repeat is not None:
        _tell_again(output, repeat, again(repeat))
    if minutes is None and count is None:
        raise BadInput("say how long: --minutes M, or --count N networks")
    task = FuzzTask(seed, _chosen("--only", only, tuple(JUDGES)), _chosen("--kind", kind, ALL_KINDS))
    places = executor_on(scheduler, workers or os.cpu_count() or 1)
    seconds = None if minutes is None else 60 * minutes
    with output.steps() as step:
        networks, began = [0], time.monotonic()
        step("draw and run networks", lambda: share_done(networks[0], count, time.monotonic() - began, seconds))
        with places as (executor, at_once):
            found = search(task, executor, at_once, count, seconds, lambda f: networks.__setitem__(0, f.networks))
        folders = []
        for problem in _one_a_judge(found.problems):
            step(f"make network {problem.number} small ({problem.judge})")
            folders.append(reproduce(task, problem, out))
    _show(output, task, found, folders)
    raise typer.Exit(1 if found.problems else 0)


def _chosen(option: str, asked: list[str] | None, known: tuple[str, ...]) -> tuple[str, ...]:
    for name in asked or ():
        if name not in known:
            raise unknown(option, name, known)
    return tuple(asked) if asked else known


def share_done(networks: int, count: int | None, spent: float, seconds: float | None) -> float:
    """Of a search that ends after ``count`` networks or ``seconds``, whatever comes first."""
    return min(max(networks / count if count else 0.0, spent / seconds if seconds else 0.0), 1.0)


def _one_a_judge(problems: list[Problem]) -> list[Problem]:
    """The first problem of each judge: most problems of one have the same cause."""
    first: dict[str, Problem] = {}
    for problem in sorted(problems, key=lambda p: p.number):
        first.setdefault(problem.judge, problem)
    return list(first.values())[:_MOST_FOLDERS]


def _tell_again(output: CommandOutput, folder: Path, problem: Problem | None) -> None:
    """Ends the command.

    Raises:
        typer.Exit: always, with 1 where it still fails.
    """
    facts = {"folder": str(folder), "problem": None if problem is None else asdict(problem)}
    output.emit(facts, *([] if problem else [f"{folder}: nothing differs any more"]))
    if problem:
        output.fail(f"FAILED: {problem.judge}: {problem.text}")
    raise typer.Exit(1 if problem else 0)


def _show(output: CommandOutput, task: FuzzTask, found: Found, folders: list[Path]) -> None:
    from whetgen.fuzz.judges import JUDGES

    failed = {name: sum(p.judge == name for p in found.problems) for name in task.judges}
    table = Table("judge", "networks", "mismatches", "CPU seconds", "what it is")
    for name in task.judges:
        seconds = f"{found.cpu_seconds.get(name, 0):.0f}"
        table.add_row(name, f"{found.judged.get(name, 0):,}", str(failed[name]), seconds, JUDGES[name].told)
    kinds = ", ".join(f"{kind} {number:,}" for kind, number in sorted(found.kinds.items()))
    refused = sum(found.refused.values())
    lines: list[object] = [
        f"seed {task.seed}: {counted(found.networks, 'network')} ({kinds}), {refused:,} of them refused by the front end, "
        f"{counted(len(found.problems), 'mismatch')}",
        table,
        *(f"note: {name} did not run: {reason}" for name, reason in sorted(found.missing.items())),
    ]
    output.emit(_facts(task, found, folders), *lines)
    output.fail(*(f"FAILED: network {p.number} ({p.kind}), {p.judge}: {p.text}" for p in found.problems))
    output.fail(*(f"again: whetgen fuzz --again {folder}" for folder in folders))


def _facts(task: FuzzTask, found: Found, folders: list[Path]) -> dict[str, Any]:
    return {"seed": task.seed, "networks": found.networks, **asdict(found), "folders": [str(f) for f in folders]}
