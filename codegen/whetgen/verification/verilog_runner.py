"""The check of a generated Verilog folder: frames through the compiled RTL, its cocotb test, its cycles."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from whetgen.host.scratch import scratch_folder
from whetgen.ir import Graph
from whetgen.verification.frames import Frames
from whetgen.verification.rtl_runner import BulkResult, BulkSimulator, CocotbResult, simulate_board, simulate_cocotb
from whetgen.verification.runners import BUDGET_SECONDS, Progress, Ran, Runner
from whetgen.verification.simulators import optimisation

# Measured on one core: of a folded network little moves in a cycle, of an unrolled one everything.
_SECONDS_A_CYCLE, _SECONDS_A_LUT = 6e-6, 2e-8
_COCOTB_SLOWER, _COCOTB_TESTS = 3, 7
_BUILD_SECONDS, _BUILD_SECONDS_A_BYTE = 5, {"folded": 7e-6, "unrolled": 45e-6}
_FEW = 4
_CYCLES = ("latency_cycles", "initiation_interval_cycles")


def frames_within(manifest: dict, seconds: float) -> int:
    """Frames that are simulated in about ``seconds``, a few at least."""
    return max(_FEW, int(seconds / _seconds(manifest, manifest["initiation_interval_cycles"])))


def cocotb_frames_within(manifest: dict, seconds: float) -> int:
    """Frames of the cocotb test, whose tests each wait until nothing more can follow."""
    latency, interval = (manifest[key] for key in _CYCLES)
    waits = _COCOTB_TESTS * _seconds(manifest, 2 * latency + interval)
    return max(_FEW, int((seconds / _COCOTB_SLOWER - waits) / _seconds(manifest, interval)))


def _seconds(manifest: dict, cycles: int) -> float:
    """About what the simulation of so many cycles takes."""
    luts = manifest["resources"].get("luts_estimated", 0) if manifest["architecture"] == "unrolled" else 0
    return cycles * (_SECONDS_A_CYCLE + luts * _SECONDS_A_LUT)


def check(folder: Path, manifest: dict, graph: Graph, frames: Frames, progress: Progress) -> Ran:
    """Outputs, cycles, the cocotb test of the stream protocol, and the tops for a board."""
    count = len(frames.codes)
    with scratch_folder() as scratch:
        simulator = _compiled(folder, manifest, count, scratch / "build", progress)
        few = min(count, cocotb_frames_within(manifest, BUDGET_SECONDS))
        progress("cocotb test of the stream protocol")
        protocol = simulate_cocotb(folder, simulator.program, few)
        bulk = _streamed(simulator, frames, progress)
    if (folder / "board").is_dir():
        progress("board tops from pin to pin")
    board_tests, board_failed = simulate_board(folder) if (folder / "board").is_dir() else (0, 0)
    measured = {
        "latency_cycles": bulk.latency_cycles,
        **({"initiation_interval_cycles": bulk.interval_cycles} if count > 1 else {}),
        "cocotb_tests": protocol.tests,
        "cocotb_frames": protocol.frames,
        **({"board_tests": board_tests} if board_tests else {}),
    }
    return Ran(bulk.outputs, measured, _failures(manifest, measured, protocol, bulk, board_failed))


def stream_frames(folder: Path, manifest: dict, graph: Graph, frames: Frames, progress: Progress) -> Ran:
    """The outputs only."""
    with scratch_folder() as scratch:
        simulator = _compiled(folder, manifest, len(frames.codes), scratch / "build", progress)
        return Ran(_streamed(simulator, frames, progress).outputs)


def _compiled(folder: Path, manifest: dict, count: int, build: Path, progress: Progress) -> BulkSimulator:
    size = sum(path.stat().st_size for path in (folder / "rtl").glob("*.v"))
    progress("compile the RTL", by_time(_BUILD_SECONDS + size * _BUILD_SECONDS_A_BYTE[manifest["architecture"]]))
    return BulkSimulator(folder, build, optimise=optimisation(count * manifest["initiation_interval_cycles"]))


def _streamed(simulator: BulkSimulator, frames: Frames, progress: Progress) -> BulkResult:
    whole = len(frames.codes) * simulator.output.beats * (simulator.output.bus_bits // 8 + 1)
    progress("stream the frames through the RTL", lambda: _size(simulator.sink) / whole)
    return simulator.run(frames.codes)


def _failures(manifest: dict, measured: dict, protocol: CocotbResult, bulk: BulkResult, board_failed: int) -> list[str]:
    found = [
        f"{key}: {manifest[key]} promised in whetgen.json, {measured[key]} measured"
        for key in _CYCLES
        if measured.get(key, manifest[key]) != manifest[key]
    ]
    counts = {
        "cocotb tests failed": protocol.failed,
        "mismatches in the cocotb test": protocol.mismatches,
        "frames counted as malformed": bulk.err_frames,
        "breaches of the stream protocol": bulk.unstable,
        "cycles with a flipped bit told, without one": bulk.flips,
        "surplus output beats": bulk.surplus_beats,
        "board tests failed": board_failed,
    }
    return found + [f"{what}: {count}" for what, count in counts.items() if count]


def by_time(seconds: float) -> Callable[[], float]:
    """The share that is done of what takes about so long."""
    began = time.monotonic()
    return lambda: min((time.monotonic() - began) / seconds, 0.99)


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0


RUNNER = Runner(check, stream_frames, lambda manifest: frames_within(manifest, BUDGET_SECONDS))
