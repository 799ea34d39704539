"""Runs generated RTL in Icarus: a second simulator that knows x, and needs no compiler."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tests.targets.written import write

from whetgen.targets.streams.packing import pack_frames, unpack_frames
from whetgen.targets.verilog import target as verilog
from whetgen.targets.verilog.plan import VerilogPlan
from whetgen.verification.rtl_runner import Beat

BENCH = Path(__file__).with_name("icarus_bench.v")


@dataclass(frozen=True)
class IcarusResult:
    """What one run gave; ``outputs`` is (frames, elements). An x on the output stream is a ValueError."""

    outputs: np.ndarray
    latency_cycles: int
    interval_cycles: int
    err_frames: int
    unstable: int
    surplus_beats: int


class IcarusSimulator:
    """One plan, compiled in ``folder`` and run as often as needed."""

    def __init__(self, plan: VerilogPlan, folder: Path):
        self.plan, self.folder = plan, folder
        sources = sorted(str(p.relative_to(folder)) for p in (write(verilog.render(plan), folder) / "rtl").glob("*.v"))
        macros = {
            "TOP": plan.name, "IN_BITS": plan.input.bus_bits, "OUT_BITS": plan.output.bus_bits,
            "QUIET": 100 + 2 * plan.latency_cycles + 2 * plan.initiation_interval_cycles,
        }  # fmt: skip
        defines = [f"-D{name}={value}" for name, value in macros.items()]
        self._call("iverilog", "-g2005", "-s", "bench", "-o", "bench.vvp", *defines, *sources, str(BENCH))

    def run(self, codes: np.ndarray, seed: int = 1, idle_percent: int = 0, stall_percent: int = 0) -> IcarusResult:
        """Send correct frames, back to back unless idle cycles are asked for."""
        size = self.plan.input.bus_bits // 8
        beats = [
            Beat(frame[k : k + size], k + size == len(frame))
            for frame in pack_frames(self.plan.input, codes)
            for k in range(0, len(frame), size)
        ]
        return self.run_beats(beats, len(codes), seed, idle_percent, stall_percent)

    def run_beats(
        self, beats: list[Beat], frames: int, seed: int = 1, idle_percent: int = 0, stall_percent: int = 0
    ) -> IcarusResult:
        """Send any beats; ``frames`` of the frames among them are correct."""
        lines = [f"{int(beat.last)}{beat.data[::-1].hex()}" for beat in beats]
        (self.folder / "beats.hex").write_text("\n".join(lines) + "\n")
        options = {"beats": len(beats), "seed": seed, "idle": idle_percent, "stall": stall_percent}
        log = self._call("vvp", "-n", "bench.vvp", *(f"+{name}={value}" for name, value in options.items()))
        return _result(self.plan.output, log.splitlines(), frames)

    def _call(self, *command: str) -> str:
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder)
        assert done.returncode == 0 and not done.stderr, (done.stdout + done.stderr)[-3000:]
        return done.stdout


def _result(stream, log: list[str], frames: int) -> IcarusResult:
    rows = [line.split() for line in log]
    out = [(int(r[0]), int(r[2]), int(r[3], 16)) for r in rows if r[1:2] == ["out"]]
    first_in = next(int(r[0]) for r in rows if r[1:2] == ["in"])
    beats = stream.beats
    whole = min(len(out) // beats, frames)
    surplus = (
        len(out)
        - whole * beats
        + sum(last != (k % beats == beats - 1) for k, (_, last, _) in enumerate(out[: whole * beats]))
    )
    data = b"".join(word.to_bytes(stream.bus_bits // 8, "little") for _, _, word in out[: whole * beats])
    begun = [cycle for cycle, _, _ in out[: whole * beats : beats]]
    latency = begun[0] - first_in if begun else -1
    interval = begun[-1] - begun[-2] if whole > 1 else -1
    err = next(int(r[1]) for r in rows if r[0] == "err")
    return IcarusResult(unpack_frames(stream, data), latency, interval, err, rows.count(["unstable"]), surplus)
