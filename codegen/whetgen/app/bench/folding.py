"""One network from slow to fast: what the folding for each frame rate takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from whetgen import api
from whetgen.app.bench.pyplot import need_pyplot
from whetgen.host.scratch import scratch_folder
from whetgen.ir import Graph
from whetgen.synth.run import synthesise
from whetgen.targets.registry import Options


@dataclass(frozen=True, kw_only=True)
class FoldingRow:
    """One frame rate. ``estimated``: LUT6 by the cost model; ``cells``: of Yosys, empty where it did not run."""

    target_fps: float
    interval_cycles: int
    latency_cycles: int
    fps: float
    estimated: int
    cells: dict[str, int]
    fmax_mhz: float | None = None


def measure(
    graph: Graph, rates: Sequence[float], clock_mhz: float, device: str | None, progress: Callable[[str], None]
) -> list[FoldingRow]:
    """A row for each of ``rates`` (frames a second) at ``clock_mhz``; with ``device``, ``whetgen synth`` of each.

    Raises:
        BadInput: a rate that no folding reaches, or a device or tool that is not there.
    """
    return [_row(graph, rate, clock_mhz, device, progress) for rate in rates]


def _row(
    graph: Graph, rate: float, clock_mhz: float, device: str | None, progress: Callable[[str], None]
) -> FoldingRow:
    progress(f"fold for {rate:g} frames a second")
    with scratch_folder() as scratch:
        folder = scratch / "net"
        options = Options("net", architecture="folded", target_fps=rate, clock_mhz=clock_mhz, vectors=1)
        made = api.generate(graph, "verilog", folder, options).manifest
        found = synthesise(folder, device, progress=progress) if device else None
    interval = made["initiation_interval_cycles"]
    fps = clock_mhz * 1e6 / interval
    cells, fmax = (found.cells, found.fmax_mhz) if found else ({}, None)
    estimated = made["resources"]["luts_estimated"]
    return FoldingRow(
        target_fps=rate,
        interval_cycles=interval,
        latency_cycles=made["latency_cycles"],
        fps=round(fps),
        estimated=estimated,
        cells=cells,
        fmax_mhz=fmax,
    )


def draw(rows: Sequence[FoldingRow], clock_mhz: float, path: Path) -> None:
    """Size over frame rate, both logarithmic.

    Raises:
        BadInput: matplotlib is not installed.
    """
    pyplot = need_pyplot()
    figure, axis = pyplot.subplots(figsize=(7, 4), layout="constrained")
    rates = [row.fps for row in rows]
    axis.loglog(rates, [row.estimated for row in rows], "o-", color="#1b7f5c", label="LUT6, estimated")
    for resource, colour in (("lut", "#c98a1b"), ("ff", "#9aa0a6")):
        if all(row.cells for row in rows):
            axis.loglog(rates, [row.cells[resource] for row in rows], "s--", color=colour, label=f"{resource}, Yosys")
    axis.set_xlabel(f"frames a second at {clock_mhz:g} MHz")
    axis.grid(True, which="both", linewidth=0.3)
    axis.legend()
    axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
