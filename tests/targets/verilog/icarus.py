"""Runs generated RTL in Icarus: a second simulator that knows x, and needs no compiler."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from whetgen.fuzz.rtl import RtlResult, RtlSimulation, Sent, correct_frames
from whetgen.targets.verilog.plan import VerilogPlan
from whetgen.verification.beats import Beat


class IcarusSimulator:
    """One plan, compiled in ``folder`` and run as often as needed."""

    def __init__(self, plan: VerilogPlan, folder: Path):
        self.plan, self.simulation = plan, RtlSimulation([plan], folder)

    def run(self, codes: np.ndarray, seed: int = 1, idle_percent: int = 0, stall_percent: int = 0) -> RtlResult:
        """Send correct frames, back to back unless idle cycles are asked for."""
        sent = correct_frames(self.plan, codes)
        return self.run_beats(list(sent.beats), sent.frames, seed, idle_percent, stall_percent)

    def run_beats(
        self, beats: list[Beat], frames: int, seed: int = 1, idle_percent: int = 0, stall_percent: int = 0
    ) -> RtlResult:
        """Send any beats; ``frames`` of the frames among them are correct."""
        (found,) = self.simulation.run([Sent(beats, frames)], seed, idle_percent, stall_percent)
        return found
