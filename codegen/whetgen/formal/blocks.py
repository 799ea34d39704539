"""A netlist's cells in blocks: what a relation takes as one.

A counter or an adder is a block by itself: its inputs and outputs are the same number. A table is not, but several tables of
the same bits may be: the parity and the majority of three bits are the two digits of their number. So tables whose inputs are
all among those of another table are one block, unless a cell between them keeps them apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from whetgen.formal.netlist import Netlist, YosysCell

Block = tuple[YosysCell, ...]


class Blocks:
    """The blocks in an order in which they can be evaluated, and by net who drives and who reads it: numbers of blocks."""

    def __init__(self, netlist: Netlist):
        self.netlist = netlist
        self.blocks = _ordered(netlist, _homes(netlist))
        self.driver = {net: k for k, block in enumerate(self.blocks) for cell in block for net in cell.outputs}
        self.readers: dict[int, set[int]] = defaultdict(set)
        for k, block in enumerate(self.blocks):
            for cell in block:
                for net in _nets(cell):
                    self.readers[net].add(k)

    def cone(self, nets: Iterable[int]) -> list[int]:
        """Blocks that the nets depend on, the last first."""
        waiting = [self.driver[n] for n in nets if n in self.driver]
        found = set(waiting)
        while waiting:
            for cell in self.blocks[waiting.pop()]:
                new = {self.driver[n] for n in _nets(cell) if n in self.driver} - found
                found |= new
                waiting += new
        return sorted(found, reverse=True)

    def table(self, net: int) -> YosysCell | None:
        """The table that drives the net, None where something else does."""
        block = self.blocks[self.driver[net]] if net in self.driver else ()
        return next((cell for cell in block if cell.truth is not None and net in cell.outputs), None)


def _nets(cell: YosysCell) -> set[int]:
    return {i >> 1 for i in cell.inputs}


def _homes(netlist: Netlist) -> dict[int, frozenset[int]]:
    """For each table, by its output: the largest set of nets, inputs of some table, that its own inputs are among."""
    support = {cell.outputs[0]: frozenset(_nets(cell)) for cell in netlist.cells if cell.truth is not None}
    by_net: dict[int, list[frozenset[int]]] = defaultdict(list)

    def home(mine: frozenset[int]) -> frozenset[int] | None:
        return next((h for h in by_net[min(mine, default=0)] if mine <= h), None)

    for mine in sorted(set(support.values()), key=lambda s: (-len(s), sorted(s))):
        if home(mine) is None:
            for net in mine:
                by_net[net].append(mine)
    return {net: home(mine) or mine for net, mine in support.items()}


def _ordered(netlist: Netlist, homes: Mapping[int, frozenset[int]]) -> list[Block]:
    """LookupTables wait until all nets of their home are there, unless one of these needs one of them."""
    placed, waiting = set(range(netlist.inputs + 1)), list(netlist.cells)
    blocks: list[Block] = []
    while waiting:
        made = _ready_numbers(waiting, placed) or _ready_homes(waiting, placed, homes) or _ready_table(waiting, placed)
        blocks += made
        gone = {cell.outputs for block in made for cell in block}
        placed.update(n for outputs in gone for n in outputs)
        waiting = [cell for cell in waiting if cell.outputs not in gone]
    return blocks


def _ready_numbers(waiting: list[YosysCell], placed: set[int]) -> list[Block]:
    there = set(placed)
    found: list[Block] = []
    for cell in waiting:
        if cell.truth is None and _nets(cell) <= there:
            there.update(cell.outputs)
            found.append((cell,))
    return found


def _ready_homes(waiting: list[YosysCell], placed: set[int], homes: Mapping[int, frozenset[int]]) -> list[Block]:
    found: dict[frozenset[int], list[YosysCell]] = defaultdict(list)
    for cell in waiting:
        if cell.truth is not None and homes[cell.outputs[0]] <= placed:
            found[homes[cell.outputs[0]]].append(cell)
    return [tuple(block) for block in found.values()]


def _ready_table(waiting: list[YosysCell], placed: set[int]) -> list[Block]:
    return [(next(cell for cell in waiting if cell.truth is not None and _nets(cell) <= placed),)]
