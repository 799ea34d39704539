"""Flips bits of the real C: of its tables before a run, of its arena behind a layer."""

from __future__ import annotations

import re
import signal
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whetgen.assets import assets
from whetgen.errors import ProgramFailed
from whetgen.host.processes import call, run, telling_line
from whetgen.ir import Graph
from whetgen.verification.c_runner import find_compiler, output_dtype, pack_codes

_ARENA = 0xFFFFFFFF
_TABLE = re.compile(r"^static const (\w+ WG_FLASH (\w+)\[\d+\] = \{|\w+ (\w+_layer) = \{)", re.MULTILINE)
_FIRST = '#include "faults.h"\n#define WG_AFTER_LAYER(number) fault_after_layer(number)\n'


@dataclass(frozen=True)
class CFlip:
    """Bit ``bit`` of byte ``byte`` of ``table``; of the arena where that is None: in ``frame``, when ``layer`` is done."""

    table: str | None
    byte: int
    bit: int
    frame: int = 0
    layer: int = 0


@dataclass(frozen=True, eq=False)
class CFate:
    """What became of a run. ``ended``: "ran", "crashed" or "hung"; ``outputs``: (frames that were done, elements).

    ``check``: what ``NAME_check`` returned, None where the network has none.
    """

    ended: str
    check: int | None
    outputs: np.ndarray


class CInjector:
    """A generated C folder, compiled in ``scratch`` with tables that can be written to."""

    def __init__(self, folder: Path, name: str, graph: Graph, scratch: Path) -> None:
        """
        Raises:
            CouldNotRun: there is no C compiler, or it refuses the folder.
        """
        self.graph = graph
        self.program = (scratch / "faults").resolve()
        text = (folder / "src" / f"{name}.c").read_text(encoding="utf-8")
        names = [found[2] or found[3] for found in _TABLE.finditer(text)]
        copy = scratch / f"{name}.c"
        copy.write_text(_FIRST + _TABLE.sub(r"\1", text) + _listed(names), encoding="utf-8")
        self.checked = f"{name}_check(" in (folder / "include" / f"{name}.h").read_text(encoding="utf-8")
        runtime = [path.resolve() for path in sorted((folder / "src").glob("*.c")) if path.name != copy.name]
        drivers = assets() / "templates" / "c"
        call(
            [
                find_compiler(), "-std=gnu99", "-D_GNU_SOURCE", "-O2", "-no-pie", f"-DNET={name}", *(["-DCHECKED"] if self.checked else []), "-include", f"{name}.h",
                f"-I{(folder / 'include').resolve()}", f"-I{(folder / 'src').resolve()}", f"-I{drivers}",
                copy.resolve(), *runtime, drivers / "faults.c", "-o", self.program,
            ]
        )  # fmt: skip
        lines = run([self.program]).out.decode().splitlines()
        self.bytes = {table: int(size) for table, size in (line.split() for line in lines)}

    def run(self, faults: Sequence[Sequence[CFlip]], codes: np.ndarray) -> list[CFate]:
        """Each fault, a set of flips, on all of the codes (frames, *input shape).

        Raises:
            CouldNotRun: the program cannot be started.
            ProgramFailed: it stops before the last fault.
        """
        frames = pack_codes(np.asarray(codes), self.graph.input.type)
        data = frames.tobytes() + b"".join(self._record(fault) for fault in faults)
        ended = run([self.program, str(len(frames))], data=data)
        if ended.code:
            raise ProgramFailed(f"the network with faults stopped with {ended.how}: {telling_line(ended.log)}")
        return self._fates(ended.out, len(frames), len(faults))

    def _record(self, fault: Sequence[CFlip]) -> bytes:
        places = {table: number for number, table in enumerate(self.bytes)}
        rows = ((_ARENA if f.table is None else places[f.table], f.byte, f.bit, f.frame, f.layer) for f in fault)
        return struct.pack("=I", len(fault)) + b"".join(struct.pack("=5I", *row) for row in rows)

    def _fates(self, data: bytes, frames: int, faults: int) -> list[CFate]:
        length = int(np.frombuffer(data[4:8], np.uint32)[0])
        row = np.dtype([("told", np.int32, (3,)), ("outputs", output_dtype(self.graph), (frames, length))])
        return [self._fate(*record) for record in np.frombuffer(data, row, faults, 8)]

    def _fate(self, told: np.ndarray, outputs: np.ndarray) -> CFate:
        ended, check, done = told.tolist()
        how = {0: "ran", signal.SIGVTALRM: "hung"}.get(ended, "crashed")
        return CFate(how, check if self.checked else None, outputs[: max(done, 0)].astype(np.int64))


def _listed(names: Sequence[str]) -> str:
    """C text: where each table is, for the driver."""
    rows = "".join(f'    {{"{name}", (unsigned char *)&{name}, sizeof {name}}},\n' for name in names)
    return (
        f"\nconst struct fault_table fault_tables[] = {{\n{rows}}};\nconst uint32_t fault_table_count = {len(names)};\n"
    )
