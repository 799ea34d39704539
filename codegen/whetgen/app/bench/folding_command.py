"""``whetgen bench folding``, ``lfc`` and ``cnv``: options and table only."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from whetgen.app.console import AsJson, CommandOutput, Quiet
from whetgen.errors import BadInput
from whetgen.wording import counted

if TYPE_CHECKING:
    from whetgen.app.bench.finn import Topology
    from whetgen.app.bench.folding import FoldingRow

RATES = "1000,3000,10000,30000,100000"


def folding(
    model: Annotated[Path, typer.Argument(help="A sharpened model, .keras.")],
    rates: Annotated[str, typer.Option(help="Frames a second, with commas between them.")] = RATES,
    clock_mhz: Annotated[float, typer.Option(help="Clock of the rates.")] = 200,
    device: Annotated[str | None, typer.Option(help="Synthesise each for this device of whetgen synth, too.")] = None,
    plot: Annotated[Path | None, typer.Option(help="File for the curve, .svg or .png.")] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """One network folded for several frame rates: cycles and size of each."""
    from whetgen import api, reading
    from whetgen.app.bench.folding import draw, measure

    output = CommandOutput(quiet, as_json)
    with output.steps() as step:
        step("load Keras and the model")
        graph = api.trace(reading.load_model(model))
        rows = measure(graph, _rates(rates), clock_mhz, device, step)
        if plot:
            draw(rows, clock_mhz, plot)
    output.emit({"clock_mhz": clock_mhz, "rows": [asdict(row) for row in rows]}, _table(rows))


Folder = Annotated[Path, typer.Option(help="Folder to write.")]
SynthDevice = Annotated[str | None, typer.Option(help="Synthesise it for this device of whetgen synth, too.")]


def lfc(out: Folder, device: SynthDevice = None, quiet: Quiet = False, as_json: AsJson = False) -> None:
    """FINN's 784-1024-1024-1024-10 with one-bit weights, 512 cycles an image."""
    from whetgen.app.bench.lfc import LFC

    _finn(LFC, out, device, CommandOutput(quiet, as_json))


def cnv(out: Folder, device: SynthDevice = None, quiet: Quiet = False, as_json: AsJson = False) -> None:
    """FINN's six 3x3 convolutions and three dense layers with one-bit weights, 3,000 frames a second at 100 MHz."""
    from whetgen.app.bench.cnv import CNV

    _finn(CNV, out, device, CommandOutput(quiet, as_json))


def _finn(topology: Topology, out: Path, device: str | None, output: CommandOutput) -> None:
    from whetgen.app.bench.finn import measure

    with output.steps() as step:
        manifest, found = measure(topology, out, device, step)
    board, estimated = topology.board, manifest["resources"]["luts_estimated"]
    lines = [
        f"{counted(manifest['initiation_interval_cycles'], 'cycle')} an image, latency {manifest['latency_cycles']}, "
        f"about {estimated:,} LUT6"
    ]
    if found:
        counts = ", ".join(f"{count:,} {resource}" for resource, count in found.cells.items())
        lines.append(f"{counts} on {device}; BNN-PYNQ's whole board design: {board.luts:,} lut, {board.bram18} bram")
    facts = {"manifest": manifest, "synthesis": asdict(found) if found else None, "board": asdict(board)}
    output.emit(facts, *lines)


def _rates(text: str) -> list[float]:
    try:
        rates = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise BadInput(f"--rates {text}: write numbers with commas between them, for example {RATES}") from error
    if not all(0 < rate < float("inf") for rate in rates):
        raise BadInput(f"--rates {text}: must be numbers above 0")
    return rates


def _table(rows: list[FoldingRow]) -> Table:
    resources = list(rows[0].cells)
    table = Table("asked", "frames a second", "cycles a frame", "latency", "LUT6, estimated", *resources, "Fmax")
    for row in rows:
        cells = [f"{row.cells[r]:,}" for r in resources]
        fmax = "" if row.fmax_mhz is None else f"{row.fmax_mhz} MHz"
        counts = (f"{row.fps:,}", f"{row.interval_cycles:,}", f"{row.latency_cycles:,}", f"{row.estimated:,}")
        table.add_row(f"{row.target_fps:,.0f}", *counts, *cells, fmax)
    return table
