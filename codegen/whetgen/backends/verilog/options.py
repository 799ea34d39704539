"""What a user may choose about the Verilog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Architecture = Literal["auto", "unrolled", "folded"]

DEFAULT_BUS_BITS = 64
MAX_BUS_BITS = 4096
UNROLLED_BUDGET = 20_000
UNROLLED_WINDOWS = 1  # convolutions and pools; each is copied for every position
TARGET_CYCLES = 1_024
MAX_LANES = 1_024


@dataclass(frozen=True)
class VerilogOptions:
    """Options of the target; the defaults suit a first try.

    ``bus_bits``: width of the input's tdata, a multiple of 8, or "full" for one beat a frame;
    None is 64 or the whole frame where that is narrower. ``output``: class, scores, spikes or
    accumulators; None chooses by the network. ``unrolled_budget``: largest number of
    multiply-adds in a frame that "auto" unrolls, with at most one sliding window among the layers.
    ``folding``: by layer name, (PE, SIMD) of the folded architecture; a layer not named is balanced
    to ``target_cycles`` a frame.
    """

    bus_bits: int | Literal["full"] | None = None
    output: str | None = None
    architecture: Architecture = "auto"
    unrolled_budget: int = UNROLLED_BUDGET
    target_cycles: int = TARGET_CYCLES
    folding: Mapping[str, tuple[int, int]] = field(default_factory=dict)
