"""What a circuit of counters and adders says about a sum, as one exact linear relation.

Every cell is an identity over the integers, ``sum(2**k out_k) == sum(w_i in_i)``. Written backwards from the nets of interest,
each cell multiplied by what its readers need, they add up to ``sum(a_n n) + rest == sum(c_i x_i) + constant``. The multipliers are a
choice: whatever they are, the relation holds. What does not cancel stays in ``rest``, with the bounds of a bit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import gcd

from whetgen.formal.netlist import Cell, Netlist

SCALE = 1 << 96  # numbers are multiples of 1 / SCALE: a cell's column may lie below that of the cell that reads it


class NoRelation(ValueError):
    """The cells do not add up to one."""


@dataclass
class Relation:
    """``sum(leaves * n) + rest == sum(x * x_i) + constant``, all times SCALE.

    ``rest``: by name, lowest and highest value of a term and the step in between; a name says the same term, but for a factor, in
    every relation of the netlist.
    """

    leaves: dict[int, int] = field(default_factory=dict)
    rest: dict[Hashable, tuple[int, int, int]] = field(default_factory=dict)
    x: dict[int, int] = field(default_factory=dict)
    constant: int = 0


class Circuit:
    """Netlist with what relations need to know: drivers, readers, and tables that belong together."""

    def __init__(self, netlist: Netlist):
        self.netlist = netlist
        self.blocks = _blocks(netlist)
        self.driver = {net: k for k, block in enumerate(self.blocks) for cell in block for net in cell.outputs}
        self.readers: dict[int, set[int]] = defaultdict(set)
        for k, block in enumerate(self.blocks):
            for net in {i >> 1 for cell in block for i in cell.inputs}:
                self.readers[net].add(k)

    def cone(self, nets: Iterable[int]) -> list[int]:
        """Blocks that the nets depend on, the last first."""
        waiting = [self.driver[n] for n in nets if n in self.driver]
        found = set(waiting)
        while waiting:
            for cell in self.blocks[waiting.pop()]:
                new = {self.driver[i >> 1] for i in cell.inputs if i >> 1 in self.driver} - found
                found |= new
                waiting += new
        return sorted(found, reverse=True)

    def relation(
        self,
        given: Mapping[int, int],
        leaves: Iterable[int] = (),
        root: int | None = None,
        read: frozenset[int] | None = None,
    ) -> Relation:
        """The relation in which the nets have the coefficients ``given``, ``leaves`` what suits, and the block ``root`` its number.

        A cell's highest output among ``read``, by default those that this relation reads, decides what it is multiplied by.
        """
        leaves = set(leaves)
        wanted = defaultdict(int, {net: value * SCALE for net, value in given.items()})
        made = Relation()
        outputs = [n for cell in self.blocks[root] for n in cell.outputs] if root is not None else []
        for k in self.cone([*given, *leaves, *outputs]):
            block = self.blocks[k]
            if block[0].truth is None:
                here = {n for n in block[0].outputs if (wanted.get(n) if read is None else n in read)}
                self._number(block[0], wanted, leaves, here, SCALE if k == root else None, made)
            else:
                _tables(block, wanted, made)
            for net in (n for cell in block for n in cell.outputs):
                wanted.pop(net, None)
        made.x = {net: value for net, value in wanted.items() if value}
        if any(net > self.netlist.inputs for net in made.x):
            raise NoRelation("a net is read by what it depends on")
        return made

    def _number(self, cell: Cell, wanted, leaves, read, multiplier: int | None, made: Relation) -> None:
        fixed = [k for k, n in enumerate(cell.outputs) if n in read and n not in leaves] or [
            k for k, n in enumerate(cell.outputs) if n in read
        ]
        if multiplier is None:
            if not fixed:
                return
            multiplier, odd = divmod(wanted.get(cell.outputs[fixed[-1]], 0), 1 << fixed[-1])
            if odd:
                raise NoRelation("columns below the smallest that is possible")
            if not multiplier and not any(wanted.get(n) for n in cell.outputs):
                return
        for k, net in enumerate(cell.outputs):
            over = (multiplier << k) - wanted.get(net, 0)
            if net in leaves:
                made.leaves[net] = over
            elif over:
                made.rest[net] = (min(over, 0), max(over, 0), abs(over))
        for literal, weight in zip(cell.inputs, cell.weights, strict=True):
            _add(literal, multiplier * weight, wanted, made)


def _add(literal: int, value: int, wanted, made: Relation) -> None:
    """``value * literal`` on the side of the inputs."""
    if literal & 1:
        made.constant += value
        value = -value
    if literal > 1:
        wanted[literal >> 1] += value


def _tables(block: tuple[Cell, ...], wanted, made: Relation) -> None:
    """Tables of the same bits, when their weighted sum is a weighted sum of these bits but for a multiple of one bit."""
    nets = sorted({i >> 1 for cell in block for i in cell.inputs} - {0})
    coefficients = [wanted.get(cell.outputs[0], 0) for cell in block]
    first = next((c for c in coefficients if c), 0)
    if not first:
        return
    values = [
        sum(c for cell, c in zip(block, coefficients, strict=True) if c and _value(cell, nets, i))
        for i in range(1 << len(nets))
    ]
    weights = [
        _most(values[i | 1 << k] - values[i] for i in range(len(values)) if not i >> k & 1) for k in range(len(nets))
    ]
    left = [v - sum(w for k, w in enumerate(weights) if i >> k & 1) for i, v in enumerate(values)]
    base = (
        max(left) if first > 0 else min(left)
    )  # a sum that is too large by itself: what is missing is a bit that was dropped
    made.constant += base
    if min(left) != max(left):
        shape = tuple(
            sorted((cell.outputs[0], c * SCALE // first) for cell, c in zip(block, coefficients, strict=True))
        )
        made.rest[shape] = (base - max(left), base - min(left), gcd(*(v - base for v in left)))
    for net, weight in zip(nets, weights, strict=True):
        wanted[net] += weight


def _most(values: Iterable[int]) -> int:
    return Counter(values).most_common(1)[0][0]


@lru_cache(maxsize=1 << 16)
def _column(cell: Cell, nets: tuple[int, ...]) -> tuple[int, ...]:
    place = {net: k for k, net in enumerate(nets)}
    found = []
    for i in range(1 << len(nets)):
        bits = [(i >> place[lit >> 1] & 1 if lit > 1 else 0) ^ (lit & 1) for lit in cell.inputs]
        found.append(cell.truth >> sum(bit << k for k, bit in enumerate(bits)) & 1)
    return tuple(found)


def _value(cell: Cell, nets: list[int], index: int) -> int:
    return _column(cell, tuple(nets))[index]


def _blocks(netlist: Netlist) -> list[tuple[Cell, ...]]:
    """Cells in order; tables whose bits are among those of another are together where nothing lies between them."""
    support = {cell.outputs[0]: frozenset(_nets(cell)) for cell in netlist.cells if cell.truth is not None}
    homes: dict[frozenset[int], list[Cell]] = {}
    by_net: dict[int, list[frozenset[int]]] = defaultdict(list)
    for mine in sorted(set(support.values()), key=lambda s: (-len(s), sorted(s))):
        home = next((h for h in by_net[min(mine, default=0)] if mine <= h), None)
        if home is None:
            homes[mine] = []
            for net in mine:
                by_net[net].append(mine)
    home_of = {net: next((h for h in by_net[min(mine, default=0)] if mine <= h), mine) for net, mine in support.items()}
    return _ordered(netlist, home_of)


def _ordered(netlist: Netlist, home_of: Mapping[int, frozenset[int]]) -> list[tuple[Cell, ...]]:
    """Tables wait until all bits of their home are there, unless a bit of it needs one of them."""
    placed, waiting = set(range(netlist.inputs + 1)), list(netlist.cells)
    blocks: list[tuple[Cell, ...]] = []
    while waiting:
        made = (
            _ready_numbers(waiting, placed) or _ready_homes(waiting, placed, home_of) or _ready_table(waiting, placed)
        )
        blocks += made
        gone = {cell.outputs for block in made for cell in block}
        placed.update(n for outputs in gone for n in outputs)
        waiting = [cell for cell in waiting if cell.outputs not in gone]
    return blocks


def _nets(cell: Cell) -> set[int]:
    return {i >> 1 for i in cell.inputs}


def _ready_numbers(waiting: list[Cell], placed: set[int]) -> list[tuple[Cell, ...]]:
    there, found = set(placed), []
    for cell in waiting:
        if cell.truth is None and _nets(cell) <= there:
            there.update(cell.outputs)
            found.append((cell,))
    return found


def _ready_homes(
    waiting: list[Cell], placed: set[int], home_of: Mapping[int, frozenset[int]]
) -> list[tuple[Cell, ...]]:
    found: dict[frozenset[int], list[Cell]] = defaultdict(list)
    for cell in waiting:
        if cell.truth is not None and home_of[cell.outputs[0]] <= placed:
            found[home_of[cell.outputs[0]]].append(cell)
    return [tuple(block) for block in found.values()]


def _ready_table(waiting: list[Cell], placed: set[int]) -> list[tuple[Cell, ...]]:
    return [next((cell,) for cell in waiting if cell.truth is not None and _nets(cell) <= placed)]
