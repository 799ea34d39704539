"""Compile a generated C folder with the host's compiler and run frames through it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from whetgen.assets import assets
from whetgen.backends.c.tensors import Tensors
from whetgen.errors import BadInput, ProgramFailed
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
        BadInput: there is no C compiler.
        ProgramFailed: the folder does not compile, or the program stops.
    """
    frames = pack_codes(np.asarray(codes), graph.input.type)
    with tempfile.TemporaryDirectory(prefix="whetgen-c-") as scratch:
        program = compile_folder(folder, name, Path(scratch) / "network", sanitize)
        done = subprocess.run([program], input=frames.tobytes(), capture_output=True, check=False)
    if done.returncode:
        raise ProgramFailed(
            f"{folder}: the compiled network stopped with code {done.returncode}: {_excerpt(done.stderr)}"
        )
    return _outputs(done.stdout)


def compile_folder(folder: Path, name: str, program: Path, sanitize: bool = False) -> Path:
    """Build ``program`` from the folder and the host driver.

    Raises:
        BadInput: there is no C compiler.
        ProgramFailed: it refuses the folder.
    """
    sources = sorted(map(str, (Path(folder) / "src").glob("*.c")))
    command = [
        find_compiler(), "-std=c99", *(SANITIZERS if sanitize else ("-O2", *WARNINGS)), f"-DNET={name}",
        f"-I{Path(folder) / 'include'}", "-include", f"{name}.h", *sources,
        str(assets() / "templates" / "c" / "driver.c"), "-o", str(program),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise ProgramFailed(f"{folder}: the C compiler refuses it: {_excerpt(done.stderr)}")
    return program


def find_compiler() -> str:
    """Path of cc or gcc.

    Raises:
        BadInput: neither is installed.
    """
    for command in ("cc", "gcc", "clang"):
        if path := shutil.which(command):
            return path
    raise BadInput("no C compiler found (cc, gcc or clang); install one, for example with: apt-get install gcc")


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


def _excerpt(text: bytes) -> str:
    lines = [line.strip() for line in text.decode(errors="replace").splitlines() if line.strip()]
    told = [line for line in lines if "error" in line.lower()] or lines
    return told[0] if told else "no message"
