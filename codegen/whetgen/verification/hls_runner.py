"""Compile a generated HLS folder with a C++ compiler and run frames through its testbench."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from whetgen.errors import CouldNotRun, ProgramFailed
from whetgen.host.processes import call, find_program, run, telling_line
from whetgen.host.scratch import scratch_folder
from whetgen.ir import Graph
from whetgen.targets.streams.packing import unpack_frames
from whetgen.targets.streams.streams import Stream
from whetgen.targets.streams.vectors import vectors
from whetgen.verification.frames import Frames
from whetgen.verification.runners import Progress, Ran, Runner

EXACT_TYPE_VECTORS = 32
DEFAULT_FLAGS = "-O1"  # as in the folder's Makefile: quickest to build, and as fast as -O3 to run
_NO_FILE = 2  # the testbench's exit code where it cannot read or write its files
_SUMMARY = re.compile(r"(\d+) frames, (\d+) mismatches, (\d+) of (\d+) malformed frames dropped")


@dataclass(frozen=True)
class HlsResult:
    """What came out. ``outputs``: (frames, elements) int64, the lowest int64 for a frame that did not come out whole.

    ``mismatches``: as the testbench counted them; ``dropped`` of ``malformed``: wrong frames between the right ones.
    """

    outputs: np.ndarray
    mismatches: int
    dropped: int
    malformed: int


def run_hls(
    folder: Path,
    manifest: dict,
    graph: Graph,
    codes: np.ndarray,
    outputs: np.ndarray | dict[str, np.ndarray],
    flags: str = DEFAULT_FLAGS,
) -> HlsResult:
    """Send ``codes`` through the compiled C++; ``outputs``: the reference's, for the testbench's own comparison.

    Raises:
        CouldNotRun: make, a C++ compiler or hls4ml's headers are missing, or the compiler refuses the folder.
        ProgramFailed: the program stops.
    """
    source, sink = (Stream.from_manifest(manifest["stream"][side]) for side in ("input", "output"))
    with scratch_folder() as scratch:
        recorded, results = scratch / "vectors.txt", scratch / "results.txt"
        recorded.write_text(vectors(graph, source, sink, codes, outputs), encoding="utf-8")
        program = compile_testbench(folder, manifest["name"], scratch, flags)
        ended = run([program, recorded, results])
        summary = _SUMMARY.search(ended.out.decode(errors="replace"))
        if ended.code == _NO_FILE:
            raise CouldNotRun(f"the testbench: {telling_line(ended.log)}", ended.log)
        if summary is None:
            raise ProgramFailed(f"the testbench stopped with {ended.how}: {telling_line(ended.log)}")
        lines = results.read_text(encoding="utf-8").split()
    _, mismatches, dropped, malformed = map(int, summary.groups())
    return HlsResult(_unpacked(sink, lines), mismatches, dropped, malformed)


def compile_testbench(folder: Path, name: str, build: Path, flags: str = DEFAULT_FLAGS) -> Path:
    """Build the testbench with the folder's own Makefile into ``build``.

    Raises:
        CouldNotRun: a tool or header is missing, or the compiler refuses.
    """
    if find_spec("hls4ml") is None:
        raise CouldNotRun(
            "the open ap_int and ac_int headers are missing; they come with hls4ml: pip install 'whetgen[hls]'"
        )
    make, _ = (find_program(tool, hint=f"on Debian: apt-get install {tool}") for tool in ("make", "g++"))
    program = build / f"{name}_tb"
    settings = [f"BUILD={build}", f"PYTHON={sys.executable}", f"CXXFLAGS={flags}"]
    call([make, "-s", f"-j{os.cpu_count()}", *settings, str(program)], folder)
    return program


def _unpacked(sink: Stream, lines: list[str]) -> np.ndarray:
    """(frames, elements) of the testbench's results; a frame that was not whole equals nothing."""
    size = sink.beats * sink.bus_bits // 8
    whole = [len(line) == 2 * size and not set(line) - set("0123456789abcdef") for line in lines]
    data = b"".join(bytes.fromhex(line) if good else bytes(size) for line, good in zip(lines, whole, strict=True))
    frames = unpack_frames(sink, data)
    frames[~np.array(whole)] = np.iinfo(np.int64).min
    return frames


def check(folder: Path, manifest: dict[str, Any], graph: Graph, frames: Frames, progress: Progress) -> Ran:
    """Outputs, and that malformed frames are dropped."""
    few = frames.codes[:EXACT_TYPE_VECTORS]
    progress("compile the C++ and send the frames through its testbench")
    result = run_hls(folder, manifest, graph, frames.codes, graph.run(frames.codes))
    progress("run the C++ with the exact types of the hardware")
    exact = run_hls(folder, manifest, graph, few, graph.run(few), flags="-O0 -DWG_EXACT_TYPES")
    found = (
        []
        if np.array_equal(exact.outputs, result.outputs[: len(few)])
        else ["the C++ computes something else with exact types"]
    )
    wrong = result.malformed - result.dropped + exact.malformed - exact.dropped
    found += [f"malformed frames that were not dropped: {wrong}"] if wrong else []
    return Ran(result.outputs, {"malformed_frames_dropped": result.dropped + exact.dropped}, found)


RUNNER = Runner(check, check)
