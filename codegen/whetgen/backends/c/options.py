"""Options of the C target."""

from __future__ import annotations

from dataclasses import dataclass, field

from whetgen.backends.c.choose import Limits


@dataclass(frozen=True)
class COptions:
    """``mcu``: a name of ``mcus.MCUS``; ``limits``: of flash and RAM."""

    mcu: str = "generic"
    limits: Limits = field(default_factory=Limits)
