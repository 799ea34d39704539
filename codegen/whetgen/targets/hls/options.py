"""What a user may choose about the HLS C++."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from whetgen.option import option
from whetgen.targets.streams.options import HardwareOptions

SCRIPT_CLOCK_NS = 5  # that the build script asks for where no --clock-mhz is given
MAX_WORD_BITS = 4096  # AP_INT_MAX_W, which Vitis HLS allows at most


@dataclass(frozen=True, kw_only=True)
class HlsOptions(HardwareOptions):
    """``hls_tool``: whose types, pragmas and build script the folder uses."""

    hls_tool: Literal["vitis", "catapult"] | None = option("vitis (default) or catapult.")

    max_word_bits: ClassVar[int | None] = MAX_WORD_BITS
