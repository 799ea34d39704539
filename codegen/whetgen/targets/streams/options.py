"""What a user may choose about any hardware."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from whetgen.errors import BadInput
from whetgen.option import option
from whetgen.targets.base import TargetOptions

DEFAULT_BUS_BITS = 64
MAX_BUS_BITS = 4096
DEFAULT_LANES = 1_024  # of a layer, where no pace asks for more
DEFAULT_CLOCK_MHZ = 100.0

GivenFolding = tuple[int, ...]  # PE and SIMD; a third number: the bits of an input that come one by one


def check_bus(asked: int | str | None) -> None:
    """Refuse what no network's input bus can be.

    Raises:
        BadInput: not "full" and no multiple of 8 in range.
    """
    if asked in (None, "full") or (isinstance(asked, int) and asked % 8 == 0 and 8 <= asked <= MAX_BUS_BITS):
        return
    raise BadInput(f"--bus-bits {asked}: choose a multiple of 8 from 8 to {MAX_BUS_BITS}, or full")


def _read_bus(text: str) -> int | str:
    asked = int(text) if text.isascii() and text.isdecimal() else text
    check_bus(asked)
    return asked


def _read_foldings(texts: list[str]) -> dict[str, GivenFolding]:
    """By layer, of ``LAYER=PExSIMD`` or ``LAYER=PExSIMDxBITS`` each."""
    found = {}
    for text in texts:
        parts = re.fullmatch(r"(.+)=(\d+)x(\d+)(?:x(\d+))?", text, re.ASCII)
        if parts is None:
            raise BadInput(f"--fold {text}: write LAYER=PExSIMD, for example dense=4x8")
        found[parts[1]] = tuple(int(n) for n in parts.groups()[1:] if n is not None)
    return found


@dataclass(frozen=True, kw_only=True)
class HardwareOptions(TargetOptions):
    """Streams and folding; the defaults suit a first try.

    ``bus_bits``: None is 64, or the whole frame where that is narrower; "full" is one beat a frame. ``folding``: by layer
    name; a layer not named is balanced with the others. ``target_fps``: None for what ``DEFAULT_LANES`` reach in the
    slowest layer, but no faster than a frame in ``target_cycles``. ``max_word_bits``: widest word between two layers.
    """

    bus_bits: int | Literal["full"] | None = option(
        "width of the input tdata, a multiple of 8, or full.", written=str, read=_read_bus
    )
    folding: Mapping[str, GivenFolding] | None = option(
        "LAYER=PExSIMD, or LAYER=PExSIMDxBITS for inputs bit by bit, once a layer; inspect lists the legal ones.",
        flag="--fold",
        written=list[str],
        read=_read_foldings,
    )
    reuse: int | None = option("times that each multiplier of each layer is used for a position.")
    target_fps: float | None = option("frames a second that the folding must reach.")
    clock_mhz: float | None = option(
        f"clock of --target-fps, and of the constraint files (default {DEFAULT_CLOCK_MHZ:g})."
    )

    target_cycles: ClassVar[int] = 1_024
    max_word_bits: ClassVar[int | None] = None

    def __post_init__(self) -> None:
        if isinstance(self.folding, Mapping):
            plain = {layer: tuple(f) if isinstance(f, list) else f for layer, f in self.folding.items()}
            object.__setattr__(self, "folding", plain)
        super().__post_init__()

    def check(self) -> None:
        super().check()
        check_bus(self.bus_bits)
        for flag, value in (("--target-fps", self.target_fps), ("--clock-mhz", self.clock_mhz)):
            if value is not None and not 0 < value < float("inf"):
                raise BadInput(f"{flag} {value:g}: must be a number above 0")

    @property
    def most_cycles(self) -> int | None:
        """Cycles that a frame may take; None for any."""
        if self.target_fps is None:
            return None
        return int(self.clock * 1e6 // self.target_fps)

    @property
    def clock(self) -> float:
        """In MHz: the one that is given, or the default."""
        return self.clock_mhz or DEFAULT_CLOCK_MHZ
