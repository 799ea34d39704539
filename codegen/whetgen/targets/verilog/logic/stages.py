"""Stages of a circuit: as many tables in a row as a stage may hold, and the registers in between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from whetgen.targets.verilog.logic.circuit import (
    CHAIN_ROOM,
    Add,
    Cell,
    Circuit,
    Count,
    Literal,
    add_levels,
    is_constant,
)


@dataclass(frozen=True)
class Staged:
    """The cells that matter by stage, and how many cycles each net is needed after its own stage.

    ``cells``: (number of the cell in the circuit) by stage. ``stage``: of each net. ``delays``: of each net that is delayed, its longest
    delay. ``used``: all nets that somebody reads. ``absorbed``: nets of counters that the LUTs of a chain make.
    """

    cells: tuple[tuple[int, ...], ...]
    stage: dict[int, int]
    delays: dict[int, int]
    used: frozenset[int]
    absorbed: frozenset[int]

    @property
    def cycles(self) -> int:
        return len(self.cells)


def staged(circuit: Circuit, outputs: Sequence[Literal], levels_per_stage: int) -> Staged:
    """Each cell in the first stage that has room for it; outputs are read one stage after the last.

    Counters that a chain absorbs stand in its stage and take no time of their own.
    """
    alive = _alive(circuit, outputs)
    used = frozenset(i >> 1 for n in alive for i in circuit.cells[n].inputs) | {o >> 1 for o in outputs}
    chains = _chains(circuit, alive, outputs)
    hosts = _hosts(circuit, alive, used, chains)
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
    absorbed = frozenset(
        net for net, chain in chains.items() if place[net][0] == place[circuit.cells[chain].nets[-1]][0]
    )
    cells = tuple(tuple(by_stage[s]) for s in range(count))
    return Staged(cells, {n: p[0] for n, p in place.items()}, dict(delays), used, absorbed)


def _levels(cell: Cell) -> int:
    return add_levels(len(cell.left)) if isinstance(cell, Add) else 1


def _chains(circuit: Circuit, alive: Sequence[int], outputs: Sequence[Literal]) -> dict[int, int]:
    """Nets of counters that fit into a chain's LUTs, read by it alone, and the chain: the number of its cell."""
    readers: dict[int, list[int | None]] = defaultdict(list)
    for number in alive:
        for literal in circuit.cells[number].inputs:
            readers[literal >> 1].append(number)
    for output in outputs:
        readers[output >> 1].append(None)
    small = {
        net
        for cell in (circuit.cells[n] for n in alive)
        if isinstance(cell, Count) and sum(not is_constant(i) for i in cell.inputs) <= CHAIN_ROOM
        for net in cell.outputs
    }
    added = {(n, b >> 1) for n in alive if isinstance(c := circuit.cells[n], Add) for b in c.right}
    alone = {net: who[0] for net, who in readers.items() if net in small and len(who) == 1}
    return {net: chain for net, chain in alone.items() if chain is not None and (chain, net) in added}


def _hosts(circuit: Circuit, alive: Sequence[int], used: frozenset[int], chains: dict[int, int]) -> dict[int, int]:
    """Counters that one chain absorbs whole, and that chain: numbers of cells."""
    found = {}
    for number in alive:
        cell = circuit.cells[number]
        hosts = {chains.get(net) for net in cell.nets if net in used} if isinstance(cell, Count) else set()
        host = hosts.pop() if len(hosts) == 1 else None
        if host is not None:
            found[number] = host
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
