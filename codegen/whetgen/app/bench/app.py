"""``whetgen bench``: options and tables only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from whetgen.app.bench.folding_command import cnv, folding, lfc
from whetgen.app.bench.soak_command import soak
from whetgen.app.console import AsJson, CommandOutput, Quiet
from whetgen.app.tables import MarkdownTable
from whetgen.errors import BadInput
from whetgen.host.scratch import scratch_folder
from whetgen.wording import unknown

if TYPE_CHECKING:
    from whetgen.app.bench.hls4ml import Agreement, BuildTime
    from whetgen.app.bench.mcu import Absent, McuRow, SynapseCost

app = typer.Typer(no_args_is_help=True, help="Side-by-side measurements against other tools, and long runs.")
app.command()(folding)
app.command()(lfc)
app.command()(cnv)
app.command()(soak)


@app.command()
def hls(
    model: Annotated[Path, typer.Argument(help="A sharpened MLP, .keras.")],
    data: Annotated[Path, typer.Option(help="X.npz with codes x and labels y.")],
    input_scale: Annotated[float, typer.Option(help="Real value = code / scale.")] = 255,
    count: Annotated[int | None, typer.Option(help="At most that many images.")] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Our HLS C++ beside hls4ml: build times, and predictions that differ from Keras."""
    from whetgen import api, reading
    from whetgen.app.bench.hls import agreements, build_times
    from whetgen.verification.frames import load_frames

    output = CommandOutput(quiet, as_json)
    spec = api.InputSpec(scale=input_scale)
    with output.steps() as step, scratch_folder() as folder:
        step("load Keras and the model")
        network = reading.load_keras(model)
        frames = load_frames(data, api.trace(network, spec), count)
        codes = frames.codes.reshape(len(frames.codes), *network.input_shape[1:])
        times = build_times(network, spec, Path(folder), step)
        rows = agreements(network, codes, frames.labels, spec, Path(folder), step)
    output.emit(
        {"build": [asdict(t) for t in times], "agreement": [asdict(r) for r in rows]},
        _build_table(times),
        _agreement_table(rows),
    )


def _build_table(times: Iterable[BuildTime]) -> Table:
    table = Table("from Keras to a program that runs", "seconds", "CPU seconds", "steps")
    for row in times:
        steps = ", ".join(f"{step.name} {step.seconds:.1f}" for step in row.steps)
        table.add_row(row.route, f"{row.seconds:.1f}", f"{row.cpu_seconds:.1f}", steps)
    return table


def _agreement_table(rows: Iterable[Agreement]) -> Table:
    table = Table(
        "route", "types", "images", "unlike Keras", "accuracy", "beyond float rounding", "bits unlike reference"
    )
    for row in rows:
        accuracy = "" if row.accuracy is None else f"{row.accuracy:.2%}"
        counts = ("" if n is None else str(n) for n in (row.unexplained, row.bits_differ))
        table.add_row(row.route, row.types, str(row.images), str(row.differ), accuracy, *counts)
    return table


@app.command()
def sharpen(
    seeds: Annotated[int, typer.Option(min=1, help="Training runs for each number of votes.")] = 3,
    epochs: Annotated[int, typer.Option(min=4, help="Epochs of each run.")] = 40,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """N-hot keys: accuracy and dead output neurons with N = 1, 2, 4, 8, 10, 16 neurons a class, on 8x8 digits."""
    from whetgen import reading
    from whetgen.app.bench.sharpen import n_hot

    output = CommandOutput(quiet, as_json)
    reading.need_keras()
    with output.steps() as step:
        rows = n_hot(seeds, epochs, step)
    table = Table("neurons a class", "accuracy", "spread", "dead output neurons")
    for row in rows:
        table.add_row(str(row.votes), f"{row.accuracy:.2%}", f"{row.spread:.2%}", f"{row.dead:.1f} of {10 * row.votes}")
    output.emit({"seeds": seeds, "epochs": epochs, "rows": [asdict(row) for row in rows]}, table)


@app.command()
def rtl(
    model: Annotated[
        Path | None, typer.Option(help="A model whose layers over single bits are measured, instead of random layers.")
    ] = None,
    fmax: Annotated[bool, typer.Option("--fmax", help="Place and route for an ECP5 as well (slow).")] = False,
    seconds: Annotated[float, typer.Option(min=1, help="Time for each tool and layer.")] = 1800,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Unrolled layers of neurons beside da4ml and alkaid: LUTs, carry cells, depth, time to generate."""
    from whetgen import api, reading
    from whetgen.app.bench.rtl import layers, layers_of
    from whetgen.app.bench.rtl_rows import HEADER, facts, line, rows

    output = CommandOutput(quiet, as_json)
    found = []
    with output.steps() as step, scratch_folder() as folder:
        chosen = layers() if model is None else layers_of(api.trace(reading.load_model(model), api.InputSpec()))
        if not chosen:
            raise BadInput(f"{model}: has no dense layer over single bits; choose another model")
        output.tell(HEADER)
        for row in rows(chosen, folder, fmax, seconds, step):
            found.append(row)
            output.tell(line(row))
    output.emit({"rows": [facts(row) for row in found]})


@app.command()
def mcu(
    only: Annotated[list[str] | None, typer.Option(help="A board; several times for several (default: all).")] = None,
    live: Annotated[bool, typer.Option(help="Train, convert and run emlearn and tflite-micro in this run.")] = True,
    chart: Annotated[Path | None, typer.Option(help="File for a bar chart, .svg or .png.")] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Instructions, flash, RAM and stack of our networks on emulated boards, beside other tools."""
    from whetgen.app.bench.mcu import ENTRIES, measure, recorded_rows

    output = CommandOutput(quiet, as_json)
    boards = {entry.board for entry in ENTRIES}
    if strange := set(only or ()) - boards:
        raise unknown("--only", strange.pop(), sorted(boards))
    rows: list[McuRow] = []
    synapses: list[SynapseCost] = []
    absent: list[Absent] = []
    with output.steps() as step:
        for entry in ENTRIES:
            if not only or entry.board in only:
                row, costs = measure(entry, step)
                rows.append(row)
                synapses += costs
        if live:
            from whetgen.app.bench.live import live_rows

            others, absent = live_rows(step)
            rows += others
        rows += recorded_rows()
        if chart:
            from whetgen.app.bench.chart import draw

            draw(rows, chart)
    facts = {
        "rows": [asdict(row) for row in rows],
        "synapses": [{**asdict(cost), "each": cost.each} for cost in synapses],
        "absent": [asdict(tool) for tool in absent],
    }
    output.emit(facts, table(rows, absent), synapse_table(synapses))


def table(rows: Iterable[McuRow], absent: Iterable[Absent] = ()) -> MarkdownTable:
    """The cheapest of each net and board first, then the tools that did not run."""
    lines = [
        "| tool | net | board | flags | cost an image | flash | RAM | stack | correct on the board | accuracy, 10,000 images | |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in sorted(rows, key=lambda r: (r.board != "mps2-an386", r.net, r.board, r.cost)):
        accuracy = "" if row.accuracy is None else f"{row.accuracy:.2%}"
        sizes = " | ".join("" if size is None else f"{size:,}" for size in (row.flash, row.ram, row.stack))
        lines.append(
            f"| {row.tool} | {row.net} | {row.board} | {row.flags} | {row.cost:,} {row.unit} | {sizes} | "
            f"{row.correct} of {row.frames:,} | {accuracy} | {'live' if row.live else 'recorded'} |"
        )
    lines += [f"| {tool.tool} | | | | not run: {tool.reason} | | | | | | |" for tool in absent]
    return MarkdownTable("\n".join(lines) + "\n")


def synapse_table(synapses: Iterable[SynapseCost]) -> MarkdownTable:
    """Layers over spikes, instructions by synapse."""
    lines = [
        "| layer over spikes | board | weight bits | synapses | cost | cost a synapse |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {s.model} {s.layer} | {s.board} | {s.weight_bits} | {s.synapses:,} | {s.cost:,} | {s.each:.3f} |"
        for s in synapses
    ]
    return MarkdownTable("\n".join(lines) + "\n")
