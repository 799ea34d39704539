"""``whetgen synth``: options and table only."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from whetgen.app.console import AsJson, CommandOutput, Quiet
from whetgen.app.options import beginning
from whetgen.synth.devices import DEVICES
from whetgen.wording import counted, duration

if TYPE_CHECKING:
    from whetgen.synth.run import Synthesis


def synth(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of --target verilog.")],
    device: Annotated[str, typer.Option(help=f"{', '.join(DEVICES)}.", autocompletion=beginning(DEVICES))],
    seed: Annotated[int, typer.Option(help="Of the placement.")] = 1,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Synthesise, place and route with open tools: LUT, FF, carry, BRAM, DSP, Fmax."""
    from whetgen.synth.run import synthesise
    from whetgen.targets.output.folder import record_synthesis

    output = CommandOutput(quiet, as_json)
    with output.steps() as step:
        result = synthesise(folder, device, seed, step)
        record_synthesis(folder, device, asdict(result))
    _show(output, result)
    if result.failure or not result.fits:
        raise typer.Exit(1)


def _show(output: CommandOutput, result: Synthesis) -> None:
    table = Table(result.device, "used", "of")
    for resource, used in result.cells.items():
        table.add_row(resource, f"{used:,}", f"{result.room[resource]:,}")
    layers = _layers(result)
    lines = [f"logic depth {counted(result.depth, 'cell')}"]
    if result.packed_luts is not None:
        lines.append(f"lut with two functions of at most five joint inputs in one (LUT6_2): {result.packed_luts:,}")
    if result.fmax_mhz is not None and result.latency_ns is not None:
        lines.append(
            f"{result.fmax_mhz:.1f} MHz: {result.frames_per_second:,.0f} frames a second, latency {duration(result.latency_ns)}"
        )
    title = f"{result.name} on {DEVICES[result.device].title}"
    output.emit({**asdict(result), "fits": result.fits}, title, table, *([layers] if layers.rows else []), *lines)
    if result.failure:
        output.fail(f"FAILED: {result.failure}")
    if not result.fits:
        output.fail(f"FAILED: does not fit {result.device}; fold more (--fold, --target-fps)")


def _layers(result: Synthesis) -> Table:
    """What each layer takes, of the resources that any takes."""
    resources = [resource for resource, used in result.cells.items() if used]
    table = Table("layer", *resources)
    for layer, taken in result.by_layer.items():
        table.add_row(layer, *(f"{taken[resource]:,}" for resource in resources))
    return table
