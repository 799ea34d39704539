"""From a Verilog folder to cells, a netlist, and a placed and routed design."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from whetgen.errors import BadInput, ToolFailed
from whetgen.host.processes import call
from whetgen.host.scratch import scratch_folder
from whetgen.synth.devices import DEVICES, Device
from whetgen.synth.mapping import NETLIST, map_cells
from whetgen.synth.tools import find_tool
from whetgen.targets.output.folder import read_manifest
from whetgen.targets.output.snapshot import snapshot
from whetgen.wording import unknown

_NS_PER_CYCLE_AT_1_MHZ = 1000.0


@dataclass(frozen=True, kw_only=True)
class Synthesis:
    """What a network takes. ``cells``: count by resource; ``other``: cells that take none, by type.

    ``depth``: longest path in cells between registers. ``packed_luts``: with pairs of small functions in one LUT of two outputs, None for
    a device without such LUTs. ``fmax_mhz``: of nextpnr, None where it was not run or
    failed, ``failure`` then says why. ``frames_per_second``, ``latency_ns``: at that clock, by the cycles in whetgen.json.
    ``by_layer``: ``cells`` of each layer, and of what is outside of them.
    """

    device: str
    name: str
    cells: dict[str, int]
    room: dict[str, int]
    other: dict[str, int]
    depth: int
    packed_luts: int | None = None
    by_layer: dict[str, dict[str, int]] = field(default_factory=dict)
    fmax_mhz: float | None = None
    frames_per_second: float | None = None
    latency_ns: float | None = None
    failure: str | None = None

    @property
    def fits(self) -> bool:
        return all(count <= self.room.get(resource, 0) for resource, count in self.cells.items())


def synthesise(folder: Path, device: str, seed: int = 1, progress: Callable[[str], None] | None = None) -> Synthesis:
    """Synthesise the folder's ``rtl``, out of context where the device's tools can; nothing in the folder changes.

    Raises:
        BadInput: not a Verilog folder of ours, or no such device.
        CouldNotRun: a tool is missing or was killed, or Yosys cannot take the sources.
    """
    tell = progress or (lambda _: None)
    manifest = read_manifest(folder)
    if manifest["target"] != "verilog":
        raise BadInput(f"{folder}: holds target {manifest['target']}; whetgen synth takes folders of --target verilog")
    if device not in DEVICES:
        raise unknown("--device", device, DEVICES)
    chosen = DEVICES[device]
    with scratch_folder() as work:
        with snapshot(folder, manifest) as copy:
            for source in (copy / "rtl").glob("*.v"):
                shutil.move(source, work)
        tell(f"yosys for {device}")
        layers = [row["layer"] for row in manifest["cycles"]]
        mapped = map_cells(work, manifest["name"], chosen, tell, layers)
        made = Synthesis(device=device, name=manifest["name"], room=chosen.room, **vars(mapped))
        if chosen.place_and_route is None:
            return made
        tell(f"place and route for {device}")
        return _place_and_route(work, chosen, seed, made, manifest)


def clock(folder: Path, device: Device, seed: int = 1) -> float:
    """MHz that the netlist in the folder reaches, placed and routed.

    Raises:
        ToolFailed: it cannot be placed or routed.
    """
    if device.place_and_route is None:
        raise ToolFailed(f"{device.name} is mapped only: no open tool places and routes for it", "")
    tool, *arguments = device.place_and_route
    call([find_tool(tool), *arguments, "--json", NETLIST, "--report", "report.json", "--seed", str(seed)], folder)
    clocks = json.loads((folder / "report.json").read_text(encoding="utf-8"))["fmax"]
    return min(found["achieved"] for found in clocks.values())


def _place_and_route(work: Path, device: Device, seed: int, made: Synthesis, manifest: dict) -> Synthesis:
    try:
        fmax = clock(work, device, seed)
    except ToolFailed as error:
        return Synthesis(**{**vars(made), "failure": str(error)})
    speed = {
        "fmax_mhz": round(fmax, 2),
        "frames_per_second": round(fmax * 1e6 / manifest["initiation_interval_cycles"], 1),
        "latency_ns": round(manifest["latency_cycles"] * _NS_PER_CYCLE_AT_1_MHZ / fmax, 1),
    }
    return Synthesis(**{**vars(made), **speed})
