"""Many generated networks in one program: a compiler call for a chunk of them, one run for all."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from tests.targets.written import write

from whetgen.ir import Graph
from whetgen.reference import run
from whetgen.targets.c.target import COptions, plan, render
from whetgen.verification.c_runner import SANITIZERS, WARNINGS, find_compiler, pack_codes

_DTYPES = {"uint8_t": np.uint8, "int32_t": np.int32, "int64_t": np.int64}
_MAIN = """
#include <stdio.h>
#include <stdlib.h>
{includes}
/* The arena is at an odd address and ends with the allocation, as the frame does: the sanitizers see every byte. */
#define RUN(net) for (int frame = 0; frame < FRAMES; frame++) {{ \\
    unsigned char *input = malloc(net##_INPUT_BYTES), *arena = malloc(net##_ARENA_BYTES + 1); \\
    net##_output_t *output = malloc(sizeof(net##_output_t) * net##_OUTPUT_LEN); \\
    if (fread(input, net##_INPUT_BYTES, 1, stdin) != 1) return 1; \\
    for (int k = 0; k <= net##_ARENA_BYTES; k++) arena[k] = (unsigned char)(frame ? 0xA5 : 0); \\
    net##_infer_r(arena + 1, (const net##_input_t *)(void *)input, output); \\
    if (fwrite(output, sizeof *output, net##_OUTPUT_LEN, stdout) != net##_OUTPUT_LEN) return 1; \\
    free(input); free(arena); free(output); }}

int main(void)
{{
{runs}
    return 0;
}}
"""


def run_batch(
    cases: list[tuple[Graph, np.ndarray]],
    folder: Path,
    flags: tuple[str, ...] = SANITIZERS,
    options: COptions | None = None,
) -> list[np.ndarray]:
    """(frames, output length) of the generated C for each graph; all cases have equally many frames."""
    plans = [plan(graph, f"net{k}", options) for k, (graph, _) in enumerate(cases)]
    for each in plans:
        write(render(each), folder)
    names = [each.name for each in plans]
    main = _MAIN.format(
        includes="\n".join(f'#include "{n}.h"' for n in names), runs="\n".join(f"    RUN({n})" for n in names)
    )
    (folder / "src" / "main.c").write_text(main)
    program = _build(folder, (*flags, f"-DFRAMES={len(cases[0][1])}"))
    frames = b"".join(pack_codes(codes, graph.input.type).tobytes() for graph, codes in cases)
    done = subprocess.run([program], input=frames, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[:3000]
    return _split(done.stdout, plans, len(cases[0][1]))


def expected(graph: Graph, codes: np.ndarray) -> np.ndarray:
    """The same from the reference."""
    results = run(graph, codes)
    parts = [results[o.name] for o in graph.outputs] if isinstance(results, dict) else [results]
    return np.concatenate([p.reshape(len(codes), -1).astype(np.int64) for p in parts], axis=1)


def compile_strictly(folder: Path, *flags: str) -> None:
    """Every file of ``src`` as C99 without a single warning."""
    sources = sorted(map(str, (folder / "src").glob("*.c")))
    command = [find_compiler(), "-std=c99", *flags, *WARNINGS, f"-I{folder / 'include'}", "-c", *sources]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[:3000]


def _build(folder: Path, flags: tuple[str, ...]) -> Path:
    sources = sorted(p.name for p in (folder / "src").glob("*.c"))
    objects = folder / "objects"
    objects.mkdir()
    chunks = [sources[k::4] for k in range(4)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda chunk: _compile(folder, objects, chunk, flags), chunks))
    program = folder / "all"
    _checked([find_compiler(), *flags, *sorted(map(str, objects.glob("*.o"))), "-o", str(program)], folder)
    return program


def _compile(folder: Path, objects: Path, sources: list[str], flags: tuple[str, ...]) -> None:
    paths = [str(folder / "src" / source) for source in sources]
    _checked([find_compiler(), "-std=c99", *flags, f"-I{folder / 'include'}", "-c", *paths], objects)


def _checked(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[:3000]


def _split(data: bytes, plans, frames: int) -> list[np.ndarray]:
    results, at = [], 0
    for each in plans:
        dtype = np.dtype(_DTYPES[each.output_ctype])
        count = frames * each.output_len
        results.append(np.frombuffer(data, dtype, count, at).reshape(frames, -1).astype(np.int64))
        at += count * dtype.itemsize
    assert at == len(data)
    return results
