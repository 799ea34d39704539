"""Options of the C target."""

from __future__ import annotations

from dataclasses import dataclass, field

from whetgen.targets.c.choose import Limits


@dataclass(frozen=True)
class COptions:
    """``mcu``: what ``find_mcu`` takes; ``single_header``: one more file with everything in it;
    ``constant_time``: the same instructions for any input;
    ``limits``: of flash and RAM; without one of flash, that of the ``mcu``'s board holds."""

    mcu: str = "generic"
    single_header: bool = False
    constant_time: bool = False
    limits: Limits = field(default_factory=Limits)
