"""The rows of ``whetgen bench rtl``: each is measured in a process of its own, which ends where it takes too long."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from whetgen.app.bench.rtl import TOOLS, DenseLayer, ToolRow, measure
from whetgen.errors import BadInput, TimedOut
from whetgen.host.processes import run

_LAYER = "layer.npz"
_COLUMNS = "{:<20}{:<10}{:>8}{:>8}{:>8}{:>7}{:>9}{:>9}"
_LONGEST = 19  # a longer name has a line of its own
HEADER = _COLUMNS.format("layer", "tool", "LUT", "CARRY4", "both", "depth", "seconds", "MHz")


@dataclass(frozen=True)
class GivenUp:
    """A tool that was not at its end after ``limit_seconds``."""

    layer: str
    tool: str
    limit_seconds: float


def line(row: ToolRow | GivenUp) -> str:
    """In the columns of HEADER, 79 letters wide."""
    layer = row.layer if len(row.layer) <= _LONGEST else f"{row.layer}\n{'':<20}"
    if isinstance(row, GivenUp):
        return f"{layer:<20}{row.tool:<10}not at its end after {row.limit_seconds:g} seconds"
    mhz = "" if row.fmax_mhz is None else f"{row.fmax_mhz:g}"
    counts = (f"{n:,}" for n in (row.lut, row.carry, row.cells, row.depth))
    return _COLUMNS.format(layer, row.tool, *counts, f"{row.seconds:.1f}", mhz)


def facts(row: ToolRow | GivenUp) -> dict[str, object]:
    """As JSON has it."""
    return asdict(row) | ({} if isinstance(row, GivenUp) else {"cells": row.cells})


def rows(
    layers: Iterable[DenseLayer], work: Path, with_fmax: bool, seconds: float, tell: Callable[[str], None]
) -> Iterator[ToolRow | GivenUp]:
    """Of each layer a row for each tool, ours first, as soon as it is known; ``seconds``: for each of them.

    Raises:
        BadInput: da4ml or alkaid is not installed, or a tool failed.
    """
    for number, layer in enumerate(layers):
        for tool in TOOLS:
            tell(f"{layer.name}: {tool}")
            folder = work / f"{number}_{tool}"
            folder.mkdir()
            yield _row(layer, tool, folder, with_fmax, seconds)


def _row(layer: DenseLayer, tool: str, folder: Path, with_fmax: bool, seconds: float) -> ToolRow | GivenUp:
    np.savez(folder / _LAYER, name=layer.name, weights=layer.weights, thresholds=layer.thresholds)
    command = [sys.executable, "-m", __name__, str(folder), tool, *(["--fmax"] if with_fmax else [])]
    try:
        ended = run(command, seconds=seconds)
    except TimedOut:
        return GivenUp(layer.name, tool, seconds)
    told = (ended.err if ended.code else ended.out).decode(errors="replace").strip().splitlines()
    if ended.code:
        raise BadInput(told[-1] if told else f"{tool} ended with {ended.how}")
    return ToolRow(**json.loads(told[-1]))


def _main(folder: str, tool: str, *options: str) -> None:
    """Measures the layer in the folder and prints its row."""
    with np.load(Path(folder) / _LAYER) as saved:
        layer = DenseLayer(str(saved["name"]), saved["weights"], saved["thresholds"])
    try:
        row = measure(layer, tool, Path(folder), "--fmax" in options)
    except BadInput as error:
        sys.exit(str(error))
    print(json.dumps(asdict(row)))


if __name__ == "__main__":
    _main(*sys.argv[1:])
