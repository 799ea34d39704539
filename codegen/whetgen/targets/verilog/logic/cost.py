"""What a circuit takes of an FPGA whose LUTs have six inputs and whose carry chains come four bits at a time (CARRY4).

It is counted from the cells, before any synthesis.
"""

from __future__ import annotations

from dataclasses import dataclass

from whetgen.targets.verilog.logic.circuit import CHAIN_BITS, Add, Circuit, Literal, is_constant
from whetgen.targets.verilog.logic.stages import Staged


@dataclass(frozen=True)
class Cost:
    """``luts``, ``carries``: CARRY4 cells, ``ffs``: flip-flops."""

    luts: int
    carries: int
    ffs: int

    @property
    def room(self) -> int:
        """In quarters of a LUT: a slice holds four LUTs and one CARRY4. Of all strategies the one that takes the least is taken."""
        return CHAIN_BITS * self.luts + self.carries

    def __rmul__(self, copies: int) -> Cost:
        return Cost(copies * self.luts, copies * self.carries, copies * self.ffs)


@dataclass(frozen=True)
class StrategyChoice:
    """How a layer was built, what it takes, and what the other ways would have taken."""

    layer: str
    strategy: str
    cost: Cost
    others: dict[str, Cost]


def _takes_lut(left: Literal, right: Literal, absorbed: frozenset[int]) -> bool:
    """Whether a position of a chain does: one bit alone enters it as it is, but for a counter's that is made there."""
    return right >> 1 in absorbed or not (is_constant(left) or is_constant(right))


def cost_of(circuit: Circuit, made: Staged) -> Cost:
    """Counted cell by cell: a LUT a table, a LUT a bit of a counter or chain; counters that a chain absorbs are free."""
    luts = carries = 0
    for cell in (circuit.cells[n] for stage in made.cells for n in stage):
        if isinstance(cell, Add):
            luts += sum(_takes_lut(a, b, made.absorbed) for a, b in zip(cell.left, cell.right, strict=True))
            carries += -(-(len(cell.left) + 1) // CHAIN_BITS)
        else:
            luts += len(made.used.intersection(cell.outputs) - made.absorbed)
    return Cost(luts, carries, sum(made.delays.values()))
