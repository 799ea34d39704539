"""Runs a generated Verilog folder: in bulk through a compiled harness, and its cocotb test."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whetgen.errors import CouldNotRun, ProgramFailed, ToolFailed
from whetgen.host.processes import run, telling_line
from whetgen.host.scratch import scratch_folder
from whetgen.targets.output.folder import read_streams
from whetgen.targets.streams.packing import unpack_frames
from whetgen.targets.streams.streams import Stream
from whetgen.verification.beats import Beat, beat_records, beats_of
from whetgen.verification.simulators import build_simulator

_NO_FILE = 2  # the harness' exit code where it cannot read or write its files


@dataclass(frozen=True, kw_only=True)
class BulkResult:
    """What came out. ``outputs``: (frames, elements); ``unstable``: broken valid-stays or data-stable rules;
    ``flips``: cycles in which a hardened network tells of a flipped bit.

    ``surplus_beats``: beats that belong to no whole frame or to more frames than went in correctly.
    """

    outputs: np.ndarray
    latency_cycles: int
    interval_cycles: int
    err_frames: int
    unstable: int
    flips: int
    surplus_beats: int
    cycles: int


@dataclass(frozen=True, kw_only=True)
class CocotbResult:
    """Counts of the folder's cocotb test, and the cycles that it measured."""

    tests: int
    failed: int
    frames: int
    mismatches: int
    latency_cycles: int
    interval_cycles: int
    log: str


class BulkSimulator:
    """The harness of one folder, compiled into ``build`` once and run as often as needed."""

    def __init__(self, folder: Path, build: Path, flags: Sequence[str] = (), optimise: str = "-O0"):
        build = build.resolve()
        self.program, self.source, self.sink = build / "simulator", build / "beats_in.bin", build / "beats_out.bin"
        self.manifest = read_streams(folder)
        self.input, self.output = (Stream.from_manifest(self.manifest[side]) for side in ("input", "output"))
        build.mkdir(parents=True, exist_ok=True)
        build_simulator(folder, self.program, flags, optimise)

    def run(self, codes: np.ndarray, seed: int = 1, idle_percent: int = 0, stall_percent: int = 0) -> BulkResult:
        """Send correct frames, back to back unless idle cycles are asked for."""
        return self.run_beats(beats_of(self.input, codes), len(codes), seed, idle_percent, stall_percent)

    def run_beats(
        self, beats: Sequence[Beat], frames: int, seed: int = 1, idle_percent: int = 0, stall_percent: int = 0
    ) -> BulkResult:
        """Send any beats; ``frames`` of the frames among them are correct."""
        self.source.write_bytes(beat_records(beats))
        expected = frames * self.output.beats
        numbers = (str(number) for number in (expected, seed, idle_percent, stall_percent))
        ended = run([self.program, self.source, self.sink, *numbers])
        if ended.code == _NO_FILE:
            raise CouldNotRun(f"the simulation: {telling_line(ended.log)}", ended.log)
        if ended.code:
            raise ProgramFailed(f"the simulation stopped with {ended.how}: {telling_line(ended.log)}")
        return self._result(json.loads(ended.out.splitlines()[-1]), self.sink.read_bytes(), frames)

    def _result(self, report: dict, data: bytes, frames: int) -> BulkResult:
        size = self.output.bus_bits // 8
        records = np.frombuffer(data, dtype=np.uint8).reshape(-1, size + 1)
        beats = self.output.beats
        whole = min(len(records) // beats, frames)
        marks = records[: whole * beats, size].reshape(whole, beats)
        surplus = len(records) - whole * beats + int((marks[:, -1] != 1).sum() + marks[:, :-1].sum())
        outputs = unpack_frames(self.output, records[: whole * beats, :size].tobytes())
        return BulkResult(
            outputs=outputs,
            latency_cycles=report["latency_cycles"],
            interval_cycles=report["interval_cycles"],
            err_frames=report["err_frames"],
            unstable=report["unstable"],
            flips=report.get("flips", 0),
            surplus_beats=surplus,
            cycles=report["cycles"],
        )


def simulate_cocotb(folder: Path, program: Path | None = None, frames: int | None = None) -> CocotbResult:
    """Run ``sim/run.py`` of the folder in a temporary directory.

    ``program``: the folder's simulator where it is there already; ``frames``: at most so many, but one in each test.

    Raises:
        CouldNotRun: it did not get as far as a report.
    """
    options: list[str | Path] = ["--simulator", program] if program else []
    options += ["--frames", str(frames)] if frames else []
    report, log = _run_script(folder / "sim" / "run.py", *options)
    return CocotbResult(**report, log=log)


def simulate_board(folder: Path) -> tuple[int, int]:
    """Run ``board/simulate.py`` of the folder in a temporary directory; the numbers of tests and of failures.

    Raises:
        CouldNotRun: it did not get as far as a report.
    """
    report, _ = _run_script(folder / "board" / "simulate.py")
    return report["tests"], report["failed"]


def _run_script(script: Path, *options: str | Path) -> tuple[dict, str]:
    """The report that a folder's own script leaves in a temporary build folder, and what it printed."""
    with scratch_folder() as scratch:
        ended = run([sys.executable, script.resolve(), "--build", scratch, *options])
        report = scratch / "report.json"
        if not report.exists():
            raise ToolFailed(f"{script.parent.name}/{script.name}: {telling_line(ended.log)}", ended.log)
        return json.loads(report.read_text(encoding="utf-8")), ended.out.decode(errors="replace")
