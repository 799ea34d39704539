"""``whetgen bench soak``: a generated folder for long, each result compared, with everything that may go wrong on purpose."""

from __future__ import annotations

import json
import resource
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from whetgen.assets import assets
from whetgen.errors import BadInput, ProgramFailed
from whetgen.host.processes import call, run, telling_line
from whetgen.host.scratch import scratch_folder
from whetgen.ir import Graph, load_graph
from whetgen.targets.output.folder import read_manifest, read_streams
from whetgen.targets.output.snapshot import snapshot
from whetgen.targets.streams.packing import pack_frames
from whetgen.targets.streams.streams import Stream
from whetgen.targets.verilog.clocking import clocking_of
from whetgen.verification.c_runner import find_compiler, output_dtype, pack_codes
from whetgen.verification.checks import target_outputs
from whetgen.verification.frames import default_frames, load_frames
from whetgen.verification.runners import Progress
from whetgen.verification.simulators import Harness, build_simulator, own_harness
from whetgen.wording import counted

_MAY_GROW_KB = 256  # of memory after the first tenth: what an allocator keeps
_BAD = ("mismatches", "unstable", "wrong_errors", "stuck", "spoilt")


@dataclass(frozen=True, kw_only=True)
class Soak:
    """``counts``: what the program counted, by name; ``memory_kb`` after a tenth and ``memory_end_kb`` at the end;
    ``cpu_seconds``: of the program; ``failures``: a line for each thing that is wrong."""

    target: str
    name: str
    frames: int
    pool: int
    seed: int
    counts: dict[str, int]
    memory_kb: int
    memory_end_kb: int
    cpu_seconds: float
    failures: tuple[str, ...]


@dataclass(frozen=True)
class Program:
    """``path``: of the compiled harness; ``inputs`` and ``results``: the pool, as its target reads and writes frames."""

    path: Path
    inputs: bytes
    results: bytes


def soak(folder: Path, frames: int, pool: int, data: Path | None, seed: int, progress: Progress) -> Soak:
    """Run ``frames`` frames, drawn from a ``pool`` of those of ``data``, or of edges and random codes.

    Raises:
        BadInput: not a folder of ours that can run for long.
        CouldNotRun: a tool is missing.
    """
    manifest, graph = read_manifest(folder), load_graph(folder)
    if manifest["target"] not in _PROGRAMS:
        raise BadInput(
            f"{folder} holds {manifest['target']}; folders of --target {' and '.join(_PROGRAMS)} run for long"
        )
    given = load_frames(data, graph, pool) if data else default_frames(graph, pool, seed)
    progress("what the reference makes of the pool")
    wanted = target_outputs(graph, manifest, given.codes)
    with scratch_folder() as scratch, snapshot(folder, manifest) as copy:
        progress("compile")
        program = _PROGRAMS[manifest["target"]](copy, manifest, graph, given.codes, wanted, scratch)
        began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        lines = _run(program, len(given.codes), frames, seed, scratch, progress)
        spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began
    return _result(manifest, lines, len(given.codes), seed, spent)


def _run(
    program: Program, pool: int, frames: int, seed: int, scratch: Path, progress: Progress
) -> list[dict[str, int]]:
    """What the program told on the way, the end last."""
    lines: list[dict[str, int]] = []
    progress("run", lambda: lines[-1]["frames"] / frames if lines else 0)
    (scratch / "inputs.bin").write_bytes(program.inputs)
    (scratch / "results.bin").write_bytes(program.results)
    command: list[str | Path] = [
        program.path,
        scratch / "inputs.bin",
        scratch / "results.bin",
        str(pool),
        str(frames),
        str(seed),
    ]
    ended = run(command, on_line=lambda line: lines.append(json.loads(line)))
    if ended.code or not lines or not lines[-1]["done"]:
        raise ProgramFailed(f"the program stopped with {ended.how}: {telling_line(ended.log)}")
    return lines


def _result(manifest: dict[str, Any], lines: list[dict[str, int]], pool: int, seed: int, spent: float) -> Soak:
    counts = {key: value for key, value in lines[-1].items() if key not in ("frames", "memory_kb", "done")}
    early, late = lines[len(lines) // 10]["memory_kb"], lines[-1]["memory_kb"]
    failures = [f"{key.replace('_', ' ')}: {counts[key]:,}" for key in _BAD if counts.get(key)]
    if late - early > _MAY_GROW_KB:
        failures.append(f"memory grew by {late - early:,} kB after the first tenth")
    return Soak(
        target=manifest["target"],
        name=manifest["name"],
        frames=lines[-1]["frames"],
        pool=pool,
        seed=seed,
        counts=counts,
        memory_kb=early,
        memory_end_kb=late,
        cpu_seconds=round(spent, 1),
        failures=tuple(failures),
    )


def _of_rtl(
    folder: Path, manifest: dict[str, Any], graph: Graph, codes: np.ndarray, wanted: np.ndarray, scratch: Path
) -> Program:
    streams = read_streams(folder)
    into, out = (Stream.from_manifest(streams[side]) for side in ("input", "output"))
    cycles = manifest["latency_cycles"] + manifest["initiation_interval_cycles"]
    defines = {
        "IN_BITS": into.bus_bits, "IN_BEATS": into.beats, "OUT_BITS": out.bus_bits, "OUT_BEATS": out.beats,
        "QUIET": 20_000 + 40 * cycles,
    }  # fmt: skip
    program = scratch / "build" / "soak"
    program.parent.mkdir()
    harness = assets() / "templates" / "soak" / "stream.cpp"
    settings = tuple(f"{name}={value}u" for name, value in defines.items())
    settings += clocking_of(manifest).defines
    build_simulator(folder, program, optimise="-O1", harness=Harness(harness, own_harness(folder).public, settings))
    return Program(program, b"".join(pack_frames(into, codes)), b"".join(pack_frames(out, wanted)))


def _of_c(
    folder: Path, manifest: dict[str, Any], graph: Graph, codes: np.ndarray, wanted: np.ndarray, scratch: Path
) -> Program:
    name, program = manifest["name"], scratch / "soak"
    sources = sorted((folder / "src").glob("*.c"))
    harness = assets() / "templates" / "soak" / "inference.c"
    call(
        [find_compiler(), "-std=gnu99", "-O2", f"-DNET={name}", f"-I{folder / 'include'}", "-include", f"{name}.h", *sources, harness, "-o", program]
    )  # fmt: skip
    return Program(program, pack_codes(codes, graph.input.type).tobytes(), wanted.astype(output_dtype(graph)).tobytes())


_PROGRAMS: dict[str, Callable[..., Program]] = {"verilog": _of_rtl, "c": _of_c}


def lines_of(result: Soak) -> list[str]:
    """What is told to people."""
    counts = ", ".join(f"{value:,} {key.replace('_', ' ')}" for key, value in result.counts.items())
    return [
        f"{result.target} {result.name}: {counted(result.frames, 'frame')} of a pool of {result.pool:,}, seed {result.seed}: {counts}",
        f"memory {result.memory_kb:,} kB after a tenth, {result.memory_end_kb:,} kB at the end; {result.cpu_seconds:,} CPU seconds",
    ]
