"""Flipped bits in a hardened network that Verilator runs: every register and memory by its name, what becomes of the frames."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whetgen.fuzz.files import write
from whetgen.ir import Graph
from whetgen.reference import run
from whetgen.targets.streams.vectors import stream_outputs
from whetgen.targets.verilog.plan import VerilogPlan
from whetgen.targets.verilog.render import render
from whetgen.verification.beats import beat_records, beats_of
from whetgen.verification.simulators import tool_environment

_MEMBER = re.compile(r"^ +(?:VlUnpacked<)?(\w+)(?:<\d+>)?/\*(\d+):0\*/(?:, (\d+)>)? (\w+__DOT__(\w+));$", re.MULTILINE)
_REGISTER = re.compile(
    r"^ *(?:output )?reg +(?:signed )?(?:\[[^\]]*\] *)?([^;=]*?)(?: \[[^\]]*\])?[;,]?$", re.MULTILINE
)
_MAKE = (
    "OPT_FAST=-O0",
    "OPT_SLOW=-O0",
    "OPT_GLOBAL=-O0",
    "VM_PARALLEL_BUILDS=0",
    "CFG_CXXFLAGS_PCH_I=-include",
    "PYTHON3=python3",
)
_BYTES = {"CData": 1, "SData": 2, "IData": 4, "QData": 8}


@dataclass(frozen=True, kw_only=True)
class Place:
    """A register or memory: ``words`` of ``bits`` each, ``bytes`` in Verilator's program."""

    number: int
    name: str
    words: int
    bits: int
    bytes: int

    @property
    def is_rom(self) -> bool:
        return self.name.endswith("_table__DOT__words")

    @property
    def is_adder(self) -> bool:
        return "_adders__DOT__" in self.name

    @property
    def is_fault(self) -> bool:
        return "flipped_bits__DOT__" in self.name


@dataclass(frozen=True)
class Seen:
    """Of one flip: frames that were right, wrong ones that err_fault did not mark, cycles of err_fault, err_corrected."""

    right: int
    untold: int
    faults: int
    corrected: int


class Flipper:
    """A plan, compiled in ``folder``."""

    def __init__(self, plan: VerilogPlan, graph: Graph, codes: np.ndarray, folder: Path):
        self.folder, self.plan, self.frames = folder, plan, len(codes)
        write(render(plan), folder)
        (folder / "in.bin").write_bytes(beat_records(beats_of(plan.input, codes)))
        outputs = stream_outputs(graph, plan.output, run(graph, codes))
        (folder / "out.bin").write_bytes(beat_records(beats_of(plan.output, outputs)))
        sources = sorted((folder / "rtl").glob("*.v"))
        registers = {n.strip() for s in sources for names in _REGISTER.findall(s.read_text()) for n in names.split(",")}
        _show(folder / "registers.vlt", registers)
        self._verilate(folder / "registers.vlt", *sources)
        self.places = _places((folder / "build" / "Vtop___024root.h").read_text(), registers)
        lines = [f"{{&root->{place.name}, {place.bytes}}},\n" for place in self.places]
        (folder / "build" / "places.h").write_text("".join(lines))
        self._call("make", "-C", "build", "-f", "Vtop.mk", *_MAKE)

    @property
    def window(self) -> int:
        """Cycles after reset until all frames are out."""
        return self.plan.latency_cycles + self.frames * self.plan.initiation_interval_cycles

    def flip(self, flips: Sequence[tuple[Place, int, int, int]], workers: int = 1) -> list[Seen]:
        """Each a place, a word, a bit and a cycle after reset."""
        shares = [flips[k * len(flips) // workers : (k + 1) * len(flips) // workers] for k in range(workers)]
        with ThreadPoolExecutor(workers) as pool:
            return [seen for share in pool.map(self._flip, shares) for seen in share]

    def _flip(self, flips: Sequence[tuple[Place, int, int, int]]) -> list[Seen]:
        lines = "".join(f"{place.number} {word} {bit} {cycle}\n" for place, word, bit, cycle in flips)
        command = [self.folder / "build" / "flips", "in.bin", "out.bin", str(self.frames), str(2 * self.window)]
        told = subprocess.run(command, input=lines, cwd=self.folder, capture_output=True, text=True, check=True).stdout
        return [Seen(*map(int, line.split())) for line in told.splitlines()]

    def _verilate(self, *sources: Path) -> None:
        bytes_of = {"IN_BYTES": self.plan.input, "OUT_BYTES": self.plan.output}
        sizes = " ".join(f"-D{name}={stream.bus_bits // 8}" for name, stream in bytes_of.items())
        shape = ["--cc", "--exe", "--flatten", "--prefix", "Vtop", "--top-module", self.plan.name, "--Mdir", "build"]
        self._call("verilator", *shape, "-CFLAGS", sizes, "-o", "flips", *sources, Path(__file__).with_suffix(".cpp"))

    def _call(self, *command: str | Path) -> None:
        done = subprocess.run(command, cwd=self.folder, env=tool_environment(), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]


def _places(header: str, registers: set[str]) -> tuple[Place, ...]:
    found = [member for member in _MEMBER.findall(header) if member[4] in registers]
    return tuple(
        Place(
            number=k,
            name=name,
            words=int(words or 1),
            bits=int(top) + 1,
            bytes=_BYTES.get(kind, -(-(int(top) + 1) // 32) * 4),
        )
        for k, (kind, top, words, name, _) in enumerate(found)
    )


def _show(path: Path, registers: set[str]) -> None:
    """Verilator's settings that keep the registers under their names, and let the program write them."""
    lines = [f'public_flat_rw -module "*" -var "{name}"' for name in sorted(registers)]
    path.write_text("\n".join(["`verilator_config", *lines, ""]))
