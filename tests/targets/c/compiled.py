"""What the tests of the C share: the reference's outputs, and a compiler that takes no warning."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np

from whetgen.ir import Graph
from whetgen.verification.c_runner import WARNINGS, find_compiler
from whetgen.verification.frames import flat_outputs


def expected(graph: Graph, codes: np.ndarray) -> np.ndarray:
    """(frames, output length) of the reference."""
    return flat_outputs(graph, codes).astype(np.int64)


def compile_strictly(folder: Path, *flags: str) -> None:
    """Every file of ``src`` as C99 without a single warning."""
    sources = sorted(map(str, (folder / "src").glob("*.c")))
    command = [find_compiler(), "-std=c99", *flags, *WARNINGS, f"-I{folder / 'include'}", "-c", *sources]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[:3000]
