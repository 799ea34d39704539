"""Compile a generated C folder with the host's compiler and run frames through it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from whetgen.assets import assets
from whetgen.backends.c.tensors import Tensors
from whetgen.errors import ProgramFailed
from whetgen.host.processes import call, find_program, run, telling_line
from whetgen.host.scratch import scratch_folder
from whetgen.ir import ElementType, Graph

WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror")
SANITIZERS = ("-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
_OUTPUT_DTYPES = {1: np.uint8, 4: np.int32, 8: np.int64}
_CTYPES = {"uint8_t": np.uint8, "int32_t": np.int32, "int64_t": np.int64}


def run_c(folder: Path, name: str, graph: Graph, codes: np.ndarray, sanitize: bool = False) -> np.ndarray:
    """Outputs of the generated C for a batch of frames.

    ``codes``: (frames, *input shape) integers. Returns (frames, output length) int64: the outputs of
    the network one after the other, each row-major. Odd frames use the static arena, even ones their own.

    Raises:
        CouldNotRun: there is no C compiler, or it refuses the folder.
        ProgramFailed: the program stops.
    """
    frames = pack_codes(np.asarray(codes), graph.input.type)
    with scratch_folder() as scratch:
        ended = run([compile_folder(folder, name, scratch / "network", sanitize)], data=frames.tobytes())
    if ended.code:
        told = telling_line(ended.err.decode(errors="replace"))
        raise ProgramFailed(f"the compiled network stopped with {ended.how}: {told}")
    return _outputs(ended.out)


def compile_folder(folder: Path, name: str, program: Path, sanitize: bool = False) -> Path:
    """Build ``program`` from the folder and the host driver.

    Raises:
        CouldNotRun: there is no C compiler, or it refuses the folder.
    """
    sources = sorted(f"src/{path.name}" for path in (Path(folder) / "src").glob("*.c"))
    command = [
        find_compiler(), "-std=c99", *(SANITIZERS if sanitize else ("-O2", *WARNINGS)), f"-DNET={name}",
        "-Iinclude", "-include", f"{name}.h", *sources,
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


def pack_codes(codes: np.ndarray, kind: ElementType) -> np.ndarray:
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
    return _CTYPES[Tensors(graph).output_elements.ctype]


def _outputs(data: bytes) -> np.ndarray:
    size, length = np.frombuffer(data, dtype=np.uint32, count=2).tolist()
    return np.frombuffer(data, dtype=_OUTPUT_DTYPES[size], offset=8).reshape(-1, length).astype(np.int64)
