"""``whetgen bench soak``: options."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from whetgen.app.console import AsJson, CommandOutput, Quiet


def soak(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of --target verilog or c.")],
    frames: Annotated[int, typer.Option(min=1, help="Frames that are compared.")] = 1_000_000,
    pool: Annotated[int, typer.Option(min=1, help="Different frames at most, from which they are drawn.")] = 10_000,
    data: Annotated[
        Path | None, typer.Option(help="X.npz with codes x for the pool (default: edges and random codes).")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of all that is random.")] = 1,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """A generated folder for long: the RTL with stalls, resets and malformed frames, the C with canaries round its memory."""
    from whetgen.app.bench.soak import lines_of
    from whetgen.app.bench.soak import soak as run

    output = CommandOutput(quiet, as_json)
    with output.steps() as step:
        result = run(folder, frames, pool, data, seed, step)
    output.emit(asdict(result), *lines_of(result))
    output.fail(*(f"FAILED: {failure}" for failure in result.failures))
    raise typer.Exit(1 if result.failures else 0)
