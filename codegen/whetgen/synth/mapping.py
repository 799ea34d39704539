"""Yosys: Verilog files to a flat netlist of a device's cells.

Large ROMs are mapped first, on their own and by few passes: each pass over a whole network would walk through all their
bits again. Adders are mapped on their own too: in one netlist with everything else ABC leaves many of their products as
LUTs of two inputs. So is a window that every position has a copy of: once. And the three copies of what a hardened network
keeps, which would be one otherwise.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from whetgen.host.processes import call
from whetgen.synth.by_layer import cells_by_layer
from whetgen.synth.depth import logic_depth
from whetgen.synth.devices import Device, resources
from whetgen.synth.packing import paired_tables
from whetgen.synth.progress import SynthesisProgress
from whetgen.synth.tools import find_tool

NETLIST = "netlist.json"
_BLOCK_ROM = '(* rom_style = "block" *)'
_HEAD = 4096  # bytes in which a ROM says so


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """``cells``: count by resource; ``other``: cells that take none, by type. ``depth``: cells on the longest path between registers.

    ``packed_luts``: LUTs where two small functions share one, None for a device whose LUTs have one output.
    ``by_layer``: as ``cells_by_layer`` tells it.
    """

    cells: dict[str, int]
    other: dict[str, int]
    depth: int
    packed_luts: int | None
    by_layer: dict[str, dict[str, int]]


def map_cells(
    folder: Path, top: str, device: Device, tell: Callable[[str], None] = lambda _: None, layers: Sequence[str] = ()
) -> Mapped:
    """What the Verilog files in a folder take; leaves ``netlist.json`` there. ``layers``: their names in the sources.

    Raises:
        ToolFailed: Yosys cannot take the sources.
    """
    files = sorted(folder.glob("*.v"))
    roms = [file.name for file in files if _is_block_rom(file)]
    rest = [file.name for file in files if file.name not in roms]
    if roms:
        tell(f"yosys for {device.name}: the network's large ROMs ({len(roms)}) to block RAM")
        _run(folder, "roms.ys", _rom_script(roms, device))
    _run(folder, "run.ys", _network_script(bool(roms), rest, top, device), SynthesisProgress(device, tell).line)
    named = json.loads((folder / NETLIST).read_text(encoding="utf-8"))["modules"][top]["cells"]
    kinds, cells = {name: cell["type"] for name, cell in named.items()}, named.values()
    taken, other = resources(Counter(kinds.values()), device)
    packed = taken["lut"] - paired_tables(cells) if device.two_outputs else None
    return Mapped(
        cells=taken,
        other=other,
        depth=logic_depth(cells, device.logic),
        packed_luts=packed,
        by_layer=cells_by_layer(kinds, layers, device),
    )


def _is_block_rom(file: Path) -> bool:
    with file.open(encoding="utf-8") as text:
        return _BLOCK_ROM in text.read(_HEAD)


def _rom_script(roms: list[str], device: Device) -> list[str]:
    """What of the device's script concerns a memory with a register behind it; the network's script maps what is left."""
    return [
        f"read_verilog {' '.join(roms)}",
        "proc",
        "opt_expr",
        "opt_dff",
        "opt_clean",
        "memory -nomap",
        "opt_clean",
        f"{device.synth} -run {device.memory}:map_ffram",
        "write_rtlil roms.il",
    ]


def _network_script(roms: bool, rest: list[str], top: str, device: Device) -> list[str]:
    return [
        *(["read_rtlil roms.il"] if roms else []),
        f"read_verilog {' '.join(rest)}",
        f"hierarchy -top {top}",
        f"setattr -mod -set keep_hierarchy 1 *{top}_*_sums* *{top}_*_window",
        f"{device.synth} -top {top}",
        "setattr -mod -unset keep_hierarchy *",
        "setattr -unset keep_hierarchy",
        "flatten",
        "clean",
        "autoname",
        f"write_json {NETLIST}",
    ]


def _run(folder: Path, name: str, script: list[str], on_line: Callable[[str], None] | None = None) -> None:
    (folder / name).write_text("\n".join([*script, ""]), encoding="utf-8")
    call([find_tool("yosys"), name], folder, on_line=on_line)
