"""Flips bits of a simulated design: of its ROMs before a run, of its registers and memories at any cycle."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whetgen.assets import assets
from whetgen.errors import ProgramFailed
from whetgen.host.processes import run, telling_line
from whetgen.targets.output.folder import read_streams
from whetgen.targets.streams.packing import unpack_frames
from whetgen.targets.streams.streams import Stream
from whetgen.targets.verilog.clocking import clocking_of
from whetgen.verification.beats import beat_records, beats_of
from whetgen.verification.faults.roms import public_settings, rom_instances, rtl_files
from whetgen.verification.simulators import Harness, build_simulator


@dataclass(frozen=True)
class Variable:
    """A register, or a memory of ``elements`` of ``bits`` each. ``rom``: the module whose ROM it is."""

    scope: str
    name: str
    bits: int
    elements: int
    rom: str | None


@dataclass(frozen=True)
class RtlFlip:
    """Behind the clock edge of ``cycle``, the first after the reset being 0. ``variable``: its number."""

    variable: int
    element: int
    bit: int
    cycle: int = 0


@dataclass(frozen=True, eq=False)
class RtlFate:
    """What became of a run. ``outputs``: (frames that came out, elements).

    ``framed``: as many beats came as there should be, and their ends where they belong; ``told``: an error flag or counter rose;
    ``entered``: frames of which something had come in when the last bit flipped.
    """

    outputs: np.ndarray
    framed: bool
    told: bool
    entered: int
    cycles: int


class RtlInjector:
    """A generated Verilog folder, compiled into ``build`` once."""

    def __init__(self, folder: Path, manifest: dict, build: Path, optimise: str = "-O0") -> None:
        """
        Raises:
            CouldNotRun: Verilator, the compiler or cocotb is not installed, or refuses.
        """
        streams = read_streams(folder)
        self.input, self.output = (Stream.from_manifest(streams[side]) for side in ("input", "output"))
        build = build.resolve()
        build.mkdir(parents=True, exist_ok=True)
        self.program, self.source, self.sink = build / "faults", build / "in.bin", build / "out.bin"
        files = rtl_files(folder)
        cycles = manifest["latency_cycles"] + manifest["initiation_interval_cycles"]
        flag = ["ERR_FAULT"] if "err_fault" in files[streams["top"]] else []
        defines = (
            f"IN_BYTES={self.input.bus_bits // 8}", f"OUT_BYTES={self.output.bus_bits // 8}",
            f"QUIET_CYCLES={300 + 2 * cycles}", f"STUCK_CYCLES={300 + 4 * cycles}", *flag, *clocking_of(manifest).defines,
        )  # fmt: skip
        harness = Harness(assets() / "templates" / "verilog" / "faults.cpp", public_settings(files), defines)
        build_simulator(folder, self.program, optimise=optimise, harness=harness)
        roms = rom_instances(files[streams["top"]])
        self.variables = [_variable(line, roms) for line in run([self.program]).out.decode().splitlines()]

    def run(self, faults: Sequence[Sequence[RtlFlip]], codes: np.ndarray) -> list[RtlFate]:
        """Each fault, a set of flips, on all of the codes (frames, *input shape), sent back to back.

        Raises:
            CouldNotRun: the program cannot be started.
            ProgramFailed: it stops before the last fault.
        """
        beats = beats_of(self.input, codes)
        self.source.write_bytes(beat_records(beats) + b"".join(map(_record, faults)))
        expected = len(codes) * self.output.beats
        ended = run([self.program, self.source, self.sink, str(len(beats)), str(expected)])
        if ended.code:
            raise ProgramFailed(f"the simulation with faults stopped with {ended.how}: {telling_line(ended.log)}")
        row = np.dtype([("told", np.uint32, (5,)), ("beats", np.uint8, (expected, self.output.bus_bits // 8 + 1))])
        return [self._fate(*record) for record in np.frombuffer(self.sink.read_bytes(), row)]

    def _fate(self, told: np.ndarray, beats: np.ndarray) -> RtlFate:
        came, malformed, fault, cycles, entered = told.tolist()
        marks = beats[:, -1].reshape(-1, self.output.beats)
        framed = came == len(beats) and bool(np.all(marks[:, -1] == 1) and not marks[:, :-1].any())
        whole = min(came, len(beats)) // self.output.beats * self.output.beats
        outputs = unpack_frames(self.output, beats[:whole, :-1].tobytes())
        return RtlFate(outputs, framed, bool(malformed or fault), entered, cycles)


def _record(fault: Sequence[RtlFlip]) -> bytes:
    rows = (struct.pack("=4I", flip.variable, flip.element, flip.bit, flip.cycle) for flip in fault)
    return struct.pack("=I", len(fault)) + b"".join(rows)


def _variable(line: str, roms: Mapping[str, str]) -> Variable:
    """``roms``: instance -> module."""
    scope, name, bits, elements = line.split()
    return Variable(
        scope, name, int(bits), int(elements), roms.get(scope.rpartition(".")[2]) if name == "words" else None
    )
