"""Stages of a circuit: as many tables in a row as a stage may hold, and the registers in between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from whetgen.backends.verilog.logic.circuit import Add, Cell, Circuit, Count, Literal, add_levels, is_constant

CHAIN_ROOM = 5  # inputs that fit into a chain's LUT beside its plain bit


@dataclass(frozen=True)
class Staged:
    """The cells that matter by stage, and how many cycles each net is needed after its own stage.

    ``cells``: (number of the cell in the circuit) by stage. ``stage``: of each net. ``delays``: of each net that is delayed, its longest
    delay. ``used``: all nets that somebody reads.
    """

    cells: tuple[tuple[int, ...], ...]
    stage: dict[int, int]
    delays: dict[int, int]
    used: frozenset[int]

    @property
    def cycles(self) -> int:
        return len(self.cells)


def staged(circuit: Circuit, outputs: Sequence[Literal], levels_per_stage: int) -> Staged:
    """Each cell in the first stage that has room for it; outputs are read one stage after the last.

    Counters that a chain absorbs stand in its stage and take no time of their own.
    """
    alive = _alive(circuit, outputs)
    hosts = _guests(circuit, alive, outputs)
    guests: dict[int, list[int]] = defaultdict(list)
    place: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))  # net: stage, tables in a row within it
    by_stage: dict[int, list[int]] = defaultdict(list)
    for number in alive:
        cell = circuit.cells[number]
        stage, depth = max(place[i >> 1] for i in cell.inputs)
        cost = _levels(cell)
        if number in hosts:
            guests[hosts[number]].append(number)
            place |= dict.fromkeys(cell.nets, (stage, depth))
            continue
        if depth and depth + cost > levels_per_stage:
            stage, depth = stage + 1, 0
        for guest in guests[number]:
            place |= dict.fromkeys(circuit.cells[guest].nets, (stage, depth))
        by_stage[stage] += [*guests[number], number]
        place |= dict.fromkeys(cell.nets, (stage, depth + cost))
    count = max(by_stage, default=-1) + 1
    readers = [(s, i) for s in by_stage for n in by_stage[s] for i in circuit.cells[n].inputs] + [
        (count, o) for o in outputs
    ]
    delays: dict[int, int] = defaultdict(int)
    for stage, literal in readers:
        wait = stage - place[literal >> 1][0]
        if wait and not is_constant(literal):
            delays[literal >> 1] = max(delays[literal >> 1], wait)
    used = frozenset(literal >> 1 for _, literal in readers)
    return Staged(
        tuple(tuple(by_stage[s]) for s in range(count)), {n: p[0] for n, p in place.items()}, dict(delays), used
    )


def _levels(cell: Cell) -> int:
    return add_levels(len(cell.left)) if isinstance(cell, Add) else 1


def absorbed(circuit: Circuit, alive: Iterable[int], outputs: Iterable[Literal]) -> dict[int, int]:
    """Nets that a chain's LUTs make from a counter's inputs, and that chain's number: it alone reads them."""
    readers: dict[int, list[int]] = defaultdict(list)
    alive = list(alive)
    for number in alive:
        for literal in circuit.cells[number].inputs:
            readers[literal >> 1].append(number)
    for output in outputs:
        readers[output >> 1].append(-1)
    found = {}
    for number in alive:
        cell = circuit.cells[number]
        if isinstance(cell, Count) and sum(not is_constant(i) for i in cell.inputs) <= CHAIN_ROOM:
            once = {net: readers[net][0] for net in cell.outputs if len(readers[net]) == 1 and readers[net] != [-1]}
            hosts = {net: circuit.cells[reader] for net, reader in once.items()}
            found |= {n: once[n] for n, h in hosts.items() if isinstance(h, Add) and n in {b >> 1 for b in h.right}}
    return found


def _guests(circuit: Circuit, alive: Sequence[int], outputs: Sequence[Literal]) -> dict[int, int]:
    """Counters that one chain absorbs whole, and that chain: numbers of cells."""
    inside = absorbed(circuit, alive, outputs)
    read = {i >> 1 for n in alive for i in circuit.cells[n].inputs} | {o >> 1 for o in outputs}
    found = {}
    for number in alive:
        cell = circuit.cells[number]
        hosts = {inside.get(net) for net in cell.nets if net in read} if isinstance(cell, Count) else set()
        if len(hosts) == 1 and None not in hosts:
            found[number] = hosts.pop()
    return found


def _alive(circuit: Circuit, outputs: Iterable[Literal]) -> list[int]:
    """Cells that an output depends on, in order."""
    wanted, alive = {o >> 1 for o in outputs}, []
    for number in range(len(circuit.cells) - 1, -1, -1):
        cell = circuit.cells[number]
        if wanted.intersection(cell.nets):
            alive.append(number)
            wanted.update(i >> 1 for i in cell.inputs)
    return alive[::-1]
