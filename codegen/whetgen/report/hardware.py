"""What each layer takes in hardware and in C, by the estimates, and beside that what was measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from whetgen.errors import BadInput
from whetgen.ir import Graph
from whetgen.report.parts import PageTable
from whetgen.targets.c.options import COptions
from whetgen.targets.c.plan import CPlan
from whetgen.targets.registry import Options, find_target, options_for
from whetgen.targets.verilog.options import VerilogOptions
from whetgen.targets.verilog.plan import VerilogPlan, plan

_LUTS = "LUT, estimated"
_WIDTHS = "Estimated LUTs have six inputs, as those of 7-series; where a device's have four, as on ECP5 and iCE40, up to four make one of six."


@dataclass(frozen=True, eq=False)
class Folded:
    """Folded Verilog of the network. ``own``: it is that of the folder, else what default options would give."""

    plan: VerilogPlan
    own: bool


def folded(graph: Graph, manifest: Mapping | None) -> Folded | None:
    """None for an unrolled folder, and where the network has no folded form or this version folds it another way."""
    own = manifest is not None and manifest["target"] == "verilog"
    if own and manifest is not None and manifest.get("architecture") != "folded":
        return None
    options = _verilog_options(manifest) if own and manifest else VerilogOptions(architecture="folded")
    try:
        made = plan(graph, options.name, options.on_board(), 0)
    except BadInput:
        return None
    same = not own or manifest is None or made.latency_cycles == manifest["latency_cycles"]
    return Folded(made, own) if same else None


def _verilog_options(manifest: Mapping) -> VerilogOptions:
    found = options_for(find_target("verilog"), Options(**manifest["options"]))
    assert isinstance(found, VerilogOptions)
    return found


def c_options(manifest: Mapping | None) -> COptions:
    """Of a C folder its own, else the defaults."""
    if manifest is None or manifest["target"] != "c":
        return COptions()
    found = options_for(find_target("c"), Options(**manifest["options"]))
    assert isinstance(found, COptions)
    return found


def tables(manifest: Mapping | None, verilog: Folded | None, c: CPlan | None) -> tuple[PageTable, ...]:
    """Layer by layer, and what was measured."""
    found = _by_layer(manifest or {}, verilog, c), _in_all(manifest or {})
    return tuple(table for table in found if table.rows)


def _by_layer(manifest: Mapping, verilog: Folded | None, c: CPlan | None) -> PageTable:
    cells: dict[str, dict[str, str]] = defaultdict(dict)
    synthesis = list(_synthesis_cells(manifest))
    for layer, column, cell in (*_hardware_cells(manifest, verilog), *synthesis, *_c_cells(c)):
        cells[layer][column] = cell
    measured = dict.fromkeys(column for _, column, _ in synthesis)
    columns = ("PE x SIMD", "cycles", _LUTS, *measured, "C kernel", "C cycles, estimated", "C tables, bytes")
    rows = tuple((layer, *(row.get(column, "") for column in columns)) for layer, row in cells.items())
    told = f" {_WIDTHS} A cell that two layers share counts for one of them." if measured else ""
    return PageTable("Resources by layer", ("layer", *columns), rows, _caption(manifest or None, verilog) + told)


def _in_all(manifest: Mapping) -> PageTable:
    told = "Estimates beside what was measured."
    if any("by_layer" not in facts for facts in manifest.get("synthesis", {}).values()):
        told += f" {_WIDTHS} This synthesis tells sums only: run whetgen synth again to see what each layer takes."
    return PageTable(
        "Estimated and measured", ("what", "estimated", "measured", "where"), tuple(_measured(manifest)), told
    )


def _caption(manifest: Mapping | None, verilog: Folded | None) -> str:
    target = manifest["target"] if manifest else None
    hardware = (
        "unrolled, as in this folder"
        if target == "verilog" and verilog is None
        else "folded, as in this folder"
        if verilog and verilog.own
        else "loop trips of this folder"
        if target == "hls"
        else "folded, with default options"
    )
    return f"Verilog {hardware}; C {'of this folder' if target == 'c' else 'with default options'}.".replace(
        "Verilog loop", "HLS: loop"
    )


def _hardware_cells(manifest: Mapping, verilog: Folded | None) -> Iterator[tuple[str, str, str]]:
    for row in _cycle_rows(manifest, verilog):
        if row.get("pe"):
            yield row["layer"], "PE x SIMD", f"{row['pe']} x {row['simd']}"
        yield row["layer"], "cycles", f"{row['cycles']:,}"
    luts = (
        verilog.plan.luts_by_layer
        if verilog
        else {choice["layer"]: choice["cost"]["luts"] for choice in manifest.get("logic", ())}
    )
    yield from ((layer, _LUTS, f"{taken:,}") for layer, taken in luts.items())


def _cycle_rows(manifest: Mapping, verilog: Folded | None) -> list[Mapping[str, Any]]:
    if own := manifest.get("cycles") or manifest.get("loop_trips"):
        return list(own)
    return [vars(row) for row in verilog.plan.cycles] if verilog else []


def _synthesis_cells(manifest: Mapping) -> Iterator[tuple[str, str, str]]:
    """What ``whetgen synth`` counted in each layer, and outside of them."""
    for device, facts in manifest.get("synthesis", {}).items():
        for layer, taken in facts.get("by_layer", {}).items():
            for resource, count in taken.items():
                if facts["cells"].get(resource):
                    yield layer, f"{resource.upper()}, {device}", f"{count:,}"


def _c_cells(c: CPlan | None) -> Iterator[tuple[str, str, str]]:
    for choice in c.choices if c else ():
        (taken,) = (option for option in choice.options if option.kernel == choice.kernel)
        yield choice.layer, "C kernel", choice.kernel
        yield choice.layer, "C cycles, estimated", f"{taken.cycles:,}"
        yield choice.layer, "C tables, bytes", f"{taken.table_bytes:,}"


def _measured(manifest: Mapping) -> Iterator[tuple[str, str, str, str]]:
    sizes = manifest.get("resources", {})
    for device, facts in manifest.get("synthesis", {}).items():
        for resource, used in facts["cells"].items():
            estimate = sizes.get(f"{resource}s_estimated")
            yield resource.upper(), _told(estimate), f"{used:,}", f"synthesis for {device}"
        if facts["fmax_mhz"] is not None:
            yield "clock", "", f"{facts['fmax_mhz']:,.1f} MHz", f"placed and routed for {device}"
    for board, facts in (manifest.get("footprint") or {}).items():
        told = {
            "flash_bytes": _flash(sizes),
            "ram_bytes": sizes.get("arena_bytes"),
            "cost_mean": sizes.get("cycles_estimated"),
        }
        for key, estimate in told.items():
            if facts.get(key) is not None:
                what = f"{facts['unit']} a frame" if key == "cost_mean" else key.replace("_", " ")
                yield what, _told(estimate), f"{facts[key]:,.0f}", f"run on {board}"


def _flash(sizes: Mapping) -> int | None:
    if "flash_table_bytes" not in sizes:
        return None
    return int(sizes["flash_table_bytes"] + sizes["flash_code_bytes_estimated"])


def _told(estimate: int | None) -> str:
    return "" if estimate is None else f"{estimate:,}"
