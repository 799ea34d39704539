"""What ``whetgen generate`` prints of hardware: architecture, folding, estimated LUTs, frames a second."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.table import Table

from whetgen.targets.hls.options import SCRIPT_CLOCK_NS
from whetgen.wording import counted, every

_SCRIPT = f"the build script asks for a clock of {SCRIPT_CLOCK_NS} ns; --clock-mhz sets that and the pace"


def hardware_lines(manifest: Mapping[str, Any]) -> list[object]:
    """Lines and a table; none where the target is no hardware. ``manifest``: of the folder."""
    if "stream" not in manifest:
        return []
    return [*_shape_lines(manifest), *_folding_tables(manifest.get("cycles") or manifest["loop_trips"])]


def _shape_lines(manifest: Mapping[str, Any]) -> list[str]:
    clock = manifest["clock_mhz"]
    latency, interval = manifest["latency_cycles"], manifest["initiation_interval_cycles"]
    if latency is None:
        trips = manifest["frame_loop_trips"]
        pace = f"{counted(trips, 'trip')} of the slowest loop a frame: {_pace(trips, clock)}"
        lines = ["dataflow; the tool tells LUTs and latency", pace]
        return lines if manifest["options"]["clock_mhz"] else [*lines, _SCRIPT]
    return [
        f"{manifest['architecture']}, about {counted(manifest['resources']['luts_estimated'], 'LUT')} by the estimate",
        f"latency {counted(latency, 'cycle')}, a frame {every(interval, 'cycle')}: {_pace(interval, clock)}",
    ]


def _pace(cycles: int, clock_mhz: float) -> str:
    return f"{clock_mhz * 1e6 / cycles:,.0f} frames a second at {clock_mhz:g} MHz"


def _folding_tables(rows: Iterable[Mapping[str, Any]]) -> list[Table]:
    """Of the folded layers; none where there is no such layer."""
    folded = [row for row in rows if row["pe"] is not None]
    table = Table("folded layer", "PE x SIMD", "cycles a frame")
    for row in folded:
        table.add_row(row["layer"], f"{row['pe']} x {row['simd']}", f"{row['cycles']:,}")
    return [table] if folded else []
