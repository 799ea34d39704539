"""What a user may choose about the Verilog."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from whetgen.assets import FPGA_BOARDS, hardware_boards, read_facts
from whetgen.errors import BadInput
from whetgen.option import option
from whetgen.targets.hardening import HardenedOptions
from whetgen.targets.streams.options import HardwareOptions

UNROLLED_LUTS = 16_000  # three quarters of a small FPGA: an xc7a35t has 20,800, an LFE5U-25F 24,288
LEVELS_PER_STAGE = 3
UNROLLED_WINDOWS = 1  # convolutions and pools; each is copied for every position
FOLDED_ENDS = "--register-slices: a folded network's buffers keep its streams apart already; leave it out, or choose --architecture unrolled"
BOARD_BUS_BITS = 8  # behind a UART


@dataclass(frozen=True, kw_only=True)
class VerilogOptions(HardwareOptions, HardenedOptions):
    """Options of the target; the defaults suit a first try.

    An unrolled network has no folding; "auto", which is None as well, unrolls what is small. ``solver``: whose sub-sums an
    unrolled layer tries as well.
    """

    architecture: Literal["auto", "unrolled", "folded"] | None = option(
        "auto (default), unrolled (a frame every beat) or folded (weights in ROM)."
    )
    max_luts: int | None = option("the fastest folding of at most that many LUTs by the estimate.")
    levels_per_stage: int | None = option(
        f"tables in a row between two registers of the unrolled form (default {LEVELS_PER_STAGE})."
    )
    solver: Literal["da4ml"] | None = option("da4ml, whose shared sums the unrolled form tries beside our own.")
    board: str | None = option(
        f"tops, pins and self-test for a board: {', '.join(hardware_boards())}.", words=hardware_boards
    )
    reset: Literal["active-high", "active-low"] | None = option(
        "active-high (default, port rst) or active-low (port rst_n); synchronous either way."
    )
    axi_names: bool = option("call clock and reset aclk and aresetn (active low), as AXI does.", default=False)
    register_slices: bool = option(
        "a register slice at both ends of the unrolled form: no path leads through it; 2 cycles more latency.",
        default=False,
    )
    wrapper: Literal["sv", "vhdl"] | None = option(
        "sv or vhdl, a top for designs in SystemVerilog (interfaces) or VHDL."
    )
    control: Literal["axi-lite"] | None = option("axi-lite, a top with registers beside the streams.")

    hardenings: ClassVar[tuple[str, ...]] = ("parity", "secded")

    def check(self) -> None:
        super().check()
        folded, unrolled = self.architecture == "folded", self.architecture == "unrolled"
        if self.levels_per_stage is not None and self.levels_per_stage < 1:
            raise BadInput(f"--levels-per-stage {self.levels_per_stage}: must be 1 or more")
        if self.levels_per_stage is not None and folded:
            raise BadInput("--levels-per-stage: a folded network has no such stages; leave it out")
        if self.solver is not None and folded:
            raise BadInput("--solver: a folded network shares no sums; leave it out")
        if unrolled and self.harden:
            raise BadInput(
                f"--harden {self.harden}: an unrolled network has no ROM, its weights are logic; choose --architecture folded"
            )
        if unrolled and self.folds:
            raise BadInput(
                "--fold, --max-luts, --reuse: an unrolled network has no folding; choose --architecture folded"
            )
        if self.register_slices and folded:
            raise BadInput(FOLDED_ENDS)
        if self.axi_names and self.reset == "active-high":
            raise BadInput("--axi-names: AXI's reset is active low; leave --reset active-high out")
        if self.board is not None and self.bus_bits not in (None, BOARD_BUS_BITS):
            raise BadInput(f"--bus-bits {self.bus_bits}: --board brings a byte at a time; leave it out")
        if self.board is not None and self.clock_mhz not in (None, _clock_of(self.board)):
            raise BadInput(
                f"--clock-mhz {self.clock_mhz:g}: --board {self.board} runs at {_clock_of(self.board):g} MHz; leave it out"
            )

    def on_board(self) -> VerilogOptions:
        """With the bus and the clock that a board brings, where one is asked for."""
        return replace(self, bus_bits=BOARD_BUS_BITS, clock_mhz=_clock_of(self.board)) if self.board else self

    @property
    def folds(self) -> bool:
        """Whether an option asks for a folding, or for what only a folded network has."""
        return self.harden is not None or bool(self.folding) or self.max_luts is not None or self.reuse is not None


def _clock_of(board: str) -> float:
    """MHz of a board of ``hdl/boards``."""
    mhz: float = read_facts(FPGA_BOARDS, board, "--board")["clock_hz"] / 1e6
    return mhz
