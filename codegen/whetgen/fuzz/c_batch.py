"""Many generated networks in one C program: a compiler call and a run for all, on this machine or an emulated one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whetgen.errors import ProgramFailed
from whetgen.fuzz.files import write
from whetgen.host.processes import call, find_program, run
from whetgen.ir import Graph, Word
from whetgen.targets.c.plan import CPlan
from whetgen.targets.c.target import COptions, plan, render
from whetgen.targets.output.templating import template_environment
from whetgen.verification.c_runner import SANITIZERS, find_compiler, pack_codes

_DTYPES = {"uint8_t": "u1", "int32_t": "i4", "int64_t": "i8"}
_SECONDS = 600


@dataclass(frozen=True)
class Machine:
    """``compiler``: its command, none for the usual one of this machine; ``emulator``: what runs its programs.

    ``package``: of Debian, by command. ``order``: of the bytes of a number, as NumPy writes it.
    """

    compiler: str | None = None
    emulator: str | None = None
    order: str = "<"
    flags: tuple[str, ...] = ()

    def tools(self) -> tuple[str, list[str]]:
        """The compiler's path, and the command that a program's path follows.

        Raises:
            CouldNotRun: one is not installed.
        """
        compiler = find_compiler() if self.compiler is None else _found(self.compiler)
        return compiler, [_found(self.emulator)] if self.emulator else []


HOST = Machine()
_PACKAGES = {"s390x-linux-gnu-gcc": "gcc-s390x-linux-gnu", "qemu-s390x": "qemu-user"}


def _found(command: str) -> str:
    return find_program(command, hint=f"on Debian: apt-get install {_PACKAGES.get(command, command)}")


def run_batch(
    cases: Sequence[tuple[Graph, np.ndarray]],
    folder: Path,
    flags: Sequence[str] = SANITIZERS,
    options: COptions | None = None,
    machine: Machine = HOST,
) -> list[np.ndarray]:
    """(frames, output length) of the generated C for each graph; all cases have equally many frames.

    Raises:
        CouldNotRun: the compiler or the emulator is not installed, or it refuses the sources.
        ProgramFailed: the program stops.
    """
    compiler, emulator = machine.tools()
    plans = [plan(graph, f"net{k}", options) for k, (graph, _) in enumerate(cases)]
    for each in plans:
        write(render(each), folder)
    main = template_environment("fuzz").get_template("batch.c.j2").render(names=[each.name for each in plans])
    (folder / "src" / "batch.c").write_text(main, encoding="utf-8")
    sources = sorted(str(path.relative_to(folder)) for path in (folder / "src").glob("*.c"))
    settings = [*machine.flags, *flags, f"-DFRAMES={len(cases[0][1])}", "-Iinclude"]
    call([compiler, "-std=c99", *settings, *sources, "-o", "all"], folder)
    frames = b"".join(_stored(codes, graph.input.type, machine.order) for graph, codes in cases)
    ended = run([*emulator, folder / "all"], folder, frames, seconds=_SECONDS)
    if ended.code:
        raise ProgramFailed(f"the compiled networks stopped with {ended.how}: {ended.log[:3000]}")
    return _split(ended.out, plans, len(cases[0][1]), machine.order)


def _stored(codes: np.ndarray, kind: Word, order: str) -> bytes:
    if kind.name == "int16":
        return codes.astype(f"{order}i2").tobytes()
    return pack_codes(codes, kind).tobytes()


def _split(data: bytes, plans: Sequence[CPlan], frames: int, order: str) -> list[np.ndarray]:
    results, at = [], 0
    for each in plans:
        dtype = np.dtype(order + _DTYPES[each.output_ctype])
        count = frames * each.output_len
        if len(data) < at + count * dtype.itemsize:
            raise ProgramFailed("the compiled networks wrote too few results")
        results.append(np.frombuffer(data, dtype, count, at).reshape(frames, -1).astype(np.int64))
        at += count * dtype.itemsize
    if at != len(data):
        raise ProgramFailed("the compiled networks wrote too many results")
    return results
