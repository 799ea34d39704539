"""``--harden``: the option of the targets that can guard what they store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from whetgen.errors import BadInput
from whetgen.option import option
from whetgen.targets.base import TargetOptions


@dataclass(frozen=True, kw_only=True)
class HardenedOptions(TargetOptions):
    """``harden``: the code that guards stored bits; ``hardenings``: those that the target knows."""

    harden: Literal["crc", "parity", "secded"] | None = option(
        "notice bits that flip in the field: crc (C, of all tables), parity or secded (Verilog, of each word of a ROM)."
    )

    hardenings: ClassVar[tuple[str, ...]] = ()

    def check(self) -> None:
        super().check()
        if self.harden not in (None, *self.hardenings):
            raise BadInput(
                f"--harden {self.harden}: this target has no such code; choose {' or '.join(self.hardenings)}"
            )
