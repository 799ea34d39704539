"""Compile a generated C folder with the host's compiler and run frames through it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from whetgen.assets import assets
from whetgen.errors import ProgramFailed
from whetgen.host.processes import call, find_program, run, telling_line
from whetgen.host.scratch import scratch_folder
from whetgen.ir import Graph, Word
from whetgen.reference import classify
from whetgen.targets.c.storage import output_elements
from whetgen.verification.frames import Frames
from whetgen.verification.runners import Progress, Ran, Runner

SANITIZED_VECTORS = 32
WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror")
SANITIZERS = ("-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
PREDICTED = 256  # frames whose class is asked for as well
_OUTPUT_DTYPES = {1: np.uint8, 4: np.int32, 8: np.int64}
_CTYPES = {"uint8_t": np.uint8, "int32_t": np.int32, "int64_t": np.int64}


@dataclass(frozen=True, eq=False)
class CRun:
    """``outputs``: (frames, output length) int64, those of the network one after the other, each row-major.

    ``classes``: what ``NAME_predict`` says of the first ``PREDICTED`` frames, none where it does not exist.
    """

    outputs: np.ndarray
    classes: np.ndarray


def run_c(folder: Path, name: str, graph: Graph, codes: np.ndarray, sanitize: bool = False) -> CRun:
    """The generated C on a batch of frames. Odd frames use the static arena, even ones their own.

    ``codes``: (frames, *input shape) integers.

    Raises:
        CouldNotRun: there is no C compiler, or it refuses the folder.
        ProgramFailed: the program stops.
    """
    frames = pack_codes(np.asarray(codes), graph.input.type)
    with scratch_folder() as scratch:
        program = compile_folder(folder, name, scratch / "network", sanitize, graph.is_classifier)
        ended = run([program], data=frames.tobytes())
    if ended.code:
        told = telling_line(ended.err.decode(errors="replace"))
        raise ProgramFailed(f"the compiled network stopped with {ended.how}: {told}")
    return _parsed(ended.out, len(frames), graph.is_classifier)


def compile_folder(folder: Path, name: str, program: Path, sanitize: bool, predicts: bool) -> Path:
    """Build ``program`` from the folder and the host driver. ``predicts``: it has ``NAME_predict``.

    Raises:
        CouldNotRun: there is no C compiler, or it refuses the folder.
    """
    sources = sorted(f"src/{path.name}" for path in (Path(folder) / "src").glob("*.c"))
    command = [
        find_compiler(), "-std=c99", *(SANITIZERS if sanitize else ("-O2", *WARNINGS)), f"-DNET={name}",
        *([f"-DPREDICTED={PREDICTED}"] if predicts else []), "-Iinclude", "-include", f"{name}.h", *sources,
        str(assets() / "templates" / "c" / "driver.c"), "-o", str(Path(program).resolve()),
    ]  # fmt: skip
    call(command, folder)
    return program


def find_compiler() -> str:
    """Path of cc, gcc or clang.

    Raises:
        CouldNotRun: none is installed.
    """
    return find_program("cc", "gcc", "clang", hint="on Debian: apt-get install gcc")


def pack_codes(codes: np.ndarray, kind: Word) -> np.ndarray:
    """Frames as the generated C reads them: (frames, ...) codes -> (frames, bytes) uint8.

    Bits: eight a byte, the first in the lowest; uint4: two a byte, the first in the low nibble.
    """
    flat = codes.reshape(len(codes), -1)
    if kind.name == "bit":
        return np.packbits(flat.astype(np.uint8), axis=1, bitorder="little")
    if kind.name == "uint4":
        even = np.pad(flat.astype(np.uint8), ((0, 0), (0, flat.shape[1] % 2)))
        return even[:, ::2] | even[:, 1::2] << 4
    return np.ascontiguousarray(flat.astype(kind.name)).view(np.uint8)


def output_dtype(graph: Graph) -> type:
    """Of ``NAME_output_t``."""
    return _CTYPES[output_elements(graph).ctype]


def _parsed(data: bytes, frames: int, predicts: bool) -> CRun:
    """What the driver writes: sizes, then a record a frame.

    Raises:
        ProgramFailed: the program ended before the last frame, or the network wrote something itself.
    """
    size, length = np.frombuffer(data[:8].ljust(8, b"\0"), dtype=np.uint32).tolist()
    if size not in _OUTPUT_DTYPES:
        raise ProgramFailed("the compiled network wrote no results that can be read")
    layout = np.dtype([("outputs", _OUTPUT_DTYPES[size], (length,)), *([("class", np.int32)] if predicts else [])])
    expected = 8 + frames * layout.itemsize
    if len(data) != expected:
        raise ProgramFailed(f"the compiled network wrote {len(data):,} bytes of results, not {expected:,}")
    records = np.frombuffer(data, dtype=layout, offset=8)
    classes = records["class"][:PREDICTED] if predicts else np.empty(0, dtype=np.int32)
    return CRun(records["outputs"].astype(np.int64).reshape(len(records), length), classes.astype(np.int64))


def check(folder: Path, manifest: dict[str, Any], graph: Graph, frames: Frames, progress: Progress) -> Ran:
    """Outputs, and the class that ``predict`` tells."""
    few = frames.codes if frames.complete else frames.codes[:SANITIZED_VECTORS]
    progress("compile and run the C")
    ran = run_c(folder, manifest["name"], graph, frames.codes)
    progress("run the C with sanitizers")
    same = np.array_equal(run_c(folder, manifest["name"], graph, few, sanitize=True).outputs, ran.outputs[: len(few)])
    found = [] if same else ["the C computes something else under the sanitizers"]
    wrong = int(np.sum(ran.classes != classify(graph.outputs[0], ran.outputs[: len(ran.classes)])))
    found += [f"predict tells another class than the outputs of {wrong} frames"] if wrong else []
    return Ran(ran.outputs, failures=found)


RUNNER = Runner(check, check)
