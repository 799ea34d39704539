"""What a user may choose about any hardware."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

DEFAULT_BUS_BITS = 64
MAX_BUS_BITS = 4096
TARGET_CYCLES = 1_024
DEFAULT_LANES = 1_024  # of a layer, where no pace asks for more


@dataclass(frozen=True)
class HardwareOptions:
    """Streams and folding; the defaults suit a first try.

    ``bus_bits``: width of the input's tdata, a multiple of 8, or "full" for one beat a frame;
    None is 64 or the whole frame where that is narrower. ``output``: class, scores, spikes or
    accumulators; None chooses by the network. ``folding``: by layer name, (PE, SIMD); a layer not named is
    balanced to ``target_cycles`` a frame. ``most_cycles``: a frame must not take longer than that, None for what
    ``DEFAULT_LANES`` reach in the slowest layer. ``max_luts``: the fastest balanced folding of that size by the cost
    model. ``reuse``: how often each multiplier of each layer works for one position of its window. ``max_word_bits``:
    widest word between two layers, None for any. A folding may have a third number: the bits of an input that come one
    by one.
    """

    bus_bits: int | Literal["full"] | None = None
    output: str | None = None
    target_cycles: int = TARGET_CYCLES
    folding: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    most_cycles: int | None = None
    max_luts: int | None = None
    reuse: int | None = None
    max_word_bits: int | None = None
