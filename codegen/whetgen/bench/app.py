"""``whetgen bench``: one sub-command for each kind of target."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from whetgen.bench.mcu import ENTRIES, Row, SynapseCost, measure, recorded_rows
from whetgen.errors import BadInput

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Side-by-side benchmarks.")


@app.callback()
def bench() -> None:
    """Side-by-side benchmarks."""


@app.command()
def mcu(
    only: Annotated[list[str] | None, typer.Option(help="A board; several times for several (default: all).")] = None,
    live: Annotated[bool, typer.Option(help="Train, convert and run emlearn in this run.")] = True,
    chart: Annotated[Path | None, typer.Option(help="File for a bar chart, .svg or .png.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Instructions, flash, RAM and stack of our networks on emulated boards, beside other tools."""
    boards = {entry.board for entry in ENTRIES}
    if unknown := set(only or ()) - boards:
        raise BadInput(f"--only {unknown.pop()}: choose from {', '.join(sorted(boards))}")
    rows, synapses = [], []
    for entry in ENTRIES:
        if not only or entry.board in only:
            row, costs = measure(entry, _progress)
            rows.append(row)
            synapses += costs
    if live:
        from whetgen.bench.emlearn_row import measure_emlearn

        rows.append(measure_emlearn(_progress))
    rows += recorded_rows()
    if chart:
        from whetgen.bench.chart import draw

        draw(rows, chart)
    sys.stdout.write(_as_json(rows, synapses) if as_json else f"{table(rows)}\n{synapse_table(synapses)}")


def table(rows: list[Row]) -> str:
    """Markdown; the cheapest of each net and board first."""
    lines = [
        "| tool | net | board | flags | cost an image | flash | RAM | stack | correct on the board | accuracy, 10,000 images | |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in sorted(rows, key=lambda r: (r.board != "mps2-an386", r.net, r.board, r.cost)):
        accuracy = "" if row.accuracy is None else f"{row.accuracy:.2%}"
        stack = "" if row.stack is None else f"{row.stack:,}"
        lines.append(
            f"| {row.tool} | {row.net} | {row.board} | {row.flags} | {row.cost:,} {row.unit} | {row.flash:,} | {row.ram:,} | "
            f"{stack} | {row.correct} of {row.frames:,} | {accuracy} | {'live' if row.live else 'recorded'} |"
        )
    return "\n".join(lines) + "\n"


def synapse_table(synapses: list[SynapseCost]) -> str:
    """Markdown: layers over spikes, instructions by synapse."""
    lines = [
        "| layer over spikes | board | weight bits | synapses | cost | cost a synapse |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {s.model} {s.layer} | {s.board} | {s.weight_bits} | {s.synapses:,} | {s.cost:,} | {s.each:.3f} |"
        for s in synapses
    ]
    return "\n".join(lines) + "\n"


def _as_json(rows: list[Row], synapses: list[SynapseCost]) -> str:
    facts = {"rows": [asdict(row) for row in rows], "synapses": [{**asdict(s), "each": s.each} for s in synapses]}
    return json.dumps(facts) + "\n"


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"{text}\n")
