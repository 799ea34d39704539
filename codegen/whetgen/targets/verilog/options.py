"""What a user may choose about the Verilog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from whetgen.targets.streams.options import HardwareOptions

Architecture = Literal["auto", "unrolled", "folded"]

UNROLLED_LUTS = 16_000  # three quarters of a small FPGA: an xc7a35t has 20,800, an LFE5U-25F 24,288
LEVELS_PER_STAGE = 3
UNROLLED_WINDOWS = 1  # convolutions and pools; each is copied for every position


@dataclass(frozen=True)
class VerilogOptions(HardwareOptions):
    """Options of the target; the defaults suit a first try.

    ``unrolled_luts``: the most LUTs, as expected before anything is built, that "auto" unrolls to, with at most one sliding
    window among the layers. ``levels_per_stage``: tables in a row between two registers of the unrolled form, None for ``LEVELS_PER_STAGE``. Folding concerns the
    folded architecture only. ``solver``: da4ml, whose sub-sums an unrolled layer then tries as well.
    """

    architecture: Architecture = "auto"
    unrolled_luts: int = UNROLLED_LUTS
    levels_per_stage: int | None = None
    solver: str | None = None
