"""What a circuit takes on LUTs of six inputs with carry chains, before any synthesis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from whetgen.backends.verilog.logic.circuit import CHAIN_BITS, Add, Circuit, Literal, is_constant
from whetgen.backends.verilog.logic.pipeline import Staged, absorbed


@dataclass(frozen=True)
class Cost:
    """Cells: ``luts``, ``carries`` (CARRY4), ``ffs``."""

    luts: int
    carries: int
    ffs: int

    @property
    def cells(self) -> int:
        """What a strategy is chosen by."""
        return self.luts + self.carries

    def __rmul__(self, copies: int) -> Cost:
        return Cost(copies * self.luts, copies * self.carries, copies * self.ffs)


@dataclass(frozen=True)
class Choice:
    """How a layer was built, what it takes, and what the other ways would have taken."""

    layer: str
    strategy: str
    cost: Cost
    others: dict[str, Cost]


def cost_of(circuit: Circuit, outputs: Sequence[Literal], made: Staged) -> Cost:
    """Counted cell by cell: a LUT a table, a LUT a bit of a counter or chain; counters that a chain absorbs are free."""
    numbers = [n for stage in made.cells for n in stage]
    at = {n: k for k, stage in enumerate(made.cells) for n in stage}
    hosts = absorbed(circuit, numbers, outputs)
    read = {i >> 1 for n in numbers for i in circuit.cells[n].inputs} | {o >> 1 for o in outputs}
    luts = carries = 0
    for number in numbers:
        cell = circuit.cells[number]
        if isinstance(cell, Add):
            luts += sum(not (is_constant(a) and is_constant(b)) for a, b in zip(cell.left, cell.right, strict=True))
            carries += -(-(len(cell.left) + 1) // CHAIN_BITS)
        else:
            luts += sum(net in read and at.get(hosts.get(net)) != at[number] for net in cell.outputs)
    return Cost(luts, carries, sum(made.delays.values()))
