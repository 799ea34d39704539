"""Logic depth of a netlist in Yosys' JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter


def logic_depth(cells: Iterable[Mapping], logic: str) -> int:
    """Cells on the longest path through cells whose type matches ``logic``; registers and memories end a path.

    ``cells``: of one flat module, each with its "type", "port_directions" and "connections" (lists of bit numbers).

    Raises:
        graphlib.CycleError: the logic holds a loop.
    """
    kept = [cell for cell in cells if re.fullmatch(logic, cell["type"])]
    driver = {bit: number for number, cell in enumerate(kept) for bit in _bits(cell, "output")}
    before = {n: {driver[b] for b in _bits(cell, "input") if b in driver} for n, cell in enumerate(kept)}
    depth: dict[int, int] = {}
    for number in TopologicalSorter(before).static_order():
        depth[number] = 1 + max((depth[b] for b in before[number]), default=0)
    return max(depth.values(), default=0)


def _bits(cell: Mapping, direction: str) -> list[int]:
    """Numbers of the bits at the ports of that direction; constants ("0", "1", "x") have none."""
    ports = (port for port, way in cell["port_directions"].items() if way == direction)
    return [bit for port in ports for bit in cell["connections"][port] if isinstance(bit, int)]
