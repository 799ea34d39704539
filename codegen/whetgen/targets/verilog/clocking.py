"""``--reset`` and ``--axi-names``: what the top calls its clock and its reset. All below it knows ``clk`` and ``rst``, active high."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Clocking:
    """Ports of the top. ``active``: the level at which it is reset, "high" or "low"."""

    clock: str
    reset: str
    active: str

    @property
    def on(self) -> int:
        """What the reset is while the network is reset."""
        return int(self.active == "high")

    @property
    def off(self) -> int:
        return 1 - self.on

    @property
    def invert(self) -> str:
        """What stands in front of an active-high reset where this one is connected to it, and the other way round."""
        return "" if self.active == "high" else "!"

    @property
    def aliases(self) -> tuple[tuple[str, str], ...]:
        """The wires ``clk`` and ``rst``, where the ports are called otherwise, and their values."""
        found = (("clk", self.clock), ("rst", f"{self.invert}{self.reset}"))
        return tuple((name, value) for name, value in found if name != value)

    @property
    def defines(self) -> tuple[str, ...]:
        """For a harness in C++ that drives the ports."""
        return f"CLOCK={self.clock}", f"RESET={self.reset}", f"RESET_ON={self.on}"


def clocking(reset: str | None, axi_names: bool) -> Clocking:
    """As ``--reset`` and ``--axi-names`` say; AXI's own reset is active low."""
    if axi_names:
        return Clocking("aclk", "aresetn", "low")
    return Clocking("clk", "rst_n", "low") if reset == "active-low" else Clocking("clk", "rst", "high")


def clocking_of(manifest: Mapping[str, Any]) -> Clocking:
    """Of a generated folder; ``manifest``: its ``whetgen.json``."""
    options = manifest["options"]
    return clocking(options.get("reset"), options.get("axi_names", False))
