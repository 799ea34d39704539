"""Compile a generated HLS folder with a C++ compiler and run frames through its testbench."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import numpy as np

from whetgen.backends.hardware.packing import unpack_frames
from whetgen.backends.hardware.streams import Stream
from whetgen.backends.hardware.vectors import vectors
from whetgen.errors import BadInput, ProgramFailed

DEFAULT_FLAGS = "-O1"  # as in the folder's Makefile: quickest to build, and as fast as -O3 to run
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
    codes: np.ndarray,
    outputs: np.ndarray | dict[str, np.ndarray],
    flags: str = DEFAULT_FLAGS,
) -> HlsResult:
    """Send ``codes`` through the compiled C++; ``outputs``: the reference's, for the testbench's own comparison.

    Raises:
        BadInput: make, a C++ compiler or hls4ml's headers are missing.
        ProgramFailed: the folder does not compile, or the program stops.
    """
    source, sink = (Stream.from_manifest(manifest["stream"][side]) for side in ("input", "output"))
    with tempfile.TemporaryDirectory(prefix="whetgen-hls-") as scratch:
        program = compile_testbench(folder, manifest["name"], Path(scratch), flags)
        recorded, results = Path(scratch) / "vectors.txt", Path(scratch) / "results.txt"
        recorded.write_text(vectors(source, sink, codes, outputs))
        done = subprocess.run([program, recorded, results], capture_output=True, text=True, check=False)
        summary = _SUMMARY.search(done.stdout)
        if summary is None:
            raise ProgramFailed(f"{folder}: the testbench stopped with code {done.returncode}: {_excerpt(done.stderr)}")
        lines = results.read_text().split()
    _, mismatches, dropped, malformed = map(int, summary.groups())
    return HlsResult(_unpacked(sink, lines), mismatches, dropped, malformed)


def compile_testbench(folder: Path, name: str, build: Path, flags: str = DEFAULT_FLAGS) -> Path:
    """Build the testbench with the folder's own Makefile into ``build``.

    Raises:
        BadInput: a tool or header is missing.
        ProgramFailed: the compiler refuses.
    """
    if find_spec("hls4ml") is None:
        raise BadInput(
            "the open ap_int and ac_int headers are missing; they come with hls4ml: pip install 'whetgen[hls]'"
        )
    for tool in ("make", "g++"):
        if which(tool) is None:
            raise BadInput(f"{tool} is not installed; on Debian: apt-get install {tool}")
    program = build / f"{name}_tb"
    settings = [f"BUILD={build}", f"PYTHON={sys.executable}", f"CXXFLAGS={flags}"]
    command = ["make", "-s", f"-j{os.cpu_count()}", "-C", str(folder), *settings, str(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProgramFailed(f"{folder}: the C++ compiler refuses it: {_excerpt(done.stderr)}")
    return program


def _unpacked(sink: Stream, lines: list[str]) -> np.ndarray:
    """(frames, elements) of the testbench's results; a frame that was not whole equals nothing."""
    size = sink.beats * sink.bus_bits // 8
    whole = [len(line) == 2 * size and not set(line) - set("0123456789abcdef") for line in lines]
    data = b"".join(bytes.fromhex(line) if good else bytes(size) for line, good in zip(lines, whole, strict=True))
    frames = unpack_frames(sink, data)
    frames[~np.array(whole)] = np.iinfo(np.int64).min
    return frames


def _excerpt(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in lines if "error" in line.lower()] or lines
    return told[0] if told else "no message"
