"""What a user may choose about the HLS C++."""

from __future__ import annotations

from dataclasses import dataclass

from whetgen.targets.streams.options import HardwareOptions

MAX_WORD_BITS = 4096  # AP_INT_MAX_W, which Vitis HLS allows at most


@dataclass(frozen=True)
class HlsOptions(HardwareOptions):
    """Options of the target. ``tool``: whose types, pragmas and build script the folder uses."""

    tool: str = "vitis"
    max_word_bits: int | None = MAX_WORD_BITS
