"""What a circuit takes on LUTs of six inputs with carry chains, before any synthesis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from whetgen.backends.verilog.logic.circuit import CHAIN_BITS, Add, Circuit, Count, Literal, is_constant
from whetgen.backends.verilog.logic.pipeline import Staged

_ROOM = 5  # inputs that fit into a chain's LUT beside its plain bit


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


@dataclass(frozen=True)
class Choice:
    """How a layer was built, what it takes, and what the other ways would have taken."""

    layer: str
    strategy: str
    cost: Cost
    others: dict[str, Cost]


def cost_of(circuit: Circuit, outputs: Sequence[Literal], made: Staged) -> Cost:
    """Counted cell by cell: a LUT a table, a LUT a bit of a counter or chain; counters that a chain absorbs are free."""
    cells = [circuit.cells[n] for stage in made.cells for n in stage]
    readers = Counter(i >> 1 for cell in cells for i in cell.inputs) + Counter(o >> 1 for o in outputs)
    small = {
        net
        for cell in cells
        if isinstance(cell, Count) and sum(not is_constant(i) for i in cell.inputs) <= _ROOM
        for net in cell.outputs
        if readers[net] == 1
    }
    luts = carries = 0
    for cell in cells:
        if isinstance(cell, Add):
            luts += sum(not (is_constant(a) and is_constant(b)) for a, b in zip(cell.left, cell.right, strict=True))
            luts -= len({b >> 1 for b in cell.right} & small)
            carries += -(-(len(cell.left) + 1) // CHAIN_BITS)
        else:
            luts += sum(readers[net] > 0 for net in cell.outputs)
    return Cost(luts, carries, sum(made.delays.values()))
