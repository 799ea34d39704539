"""Stages of a circuit: as many tables in a row as a stage may hold, and the registers in between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from whetgen.backends.verilog.logic.circuit import Add, Circuit, Literal, add_levels, is_constant


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
    """Each cell in the first stage that has room for it; outputs are read one stage after the last."""
    alive = _alive(circuit, outputs)
    place: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))  # net: stage, tables in a row within it
    by_stage: dict[int, list[int]] = defaultdict(list)
    for number in alive:
        cell = circuit.cells[number]
        stage, depth = max(place[i >> 1] for i in cell.inputs)
        cost = add_levels(len(cell.left)) if isinstance(cell, Add) else 1
        if depth and depth + cost > levels_per_stage:
            stage, depth = stage + 1, 0
        by_stage[stage].append(number)
        for net in cell.nets:
            place[net] = stage, depth + cost
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


def _alive(circuit: Circuit, outputs: Iterable[Literal]) -> list[int]:
    """Cells that an output depends on, in order."""
    wanted, alive = {o >> 1 for o in outputs}, []
    for number in range(len(circuit.cells) - 1, -1, -1):
        cell = circuit.cells[number]
        if wanted.intersection(cell.nets):
            alive.append(number)
            wanted.update(i >> 1 for i in cell.inputs)
    return alive[::-1]
