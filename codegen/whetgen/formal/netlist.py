"""A layer's generated Verilog, read back through Yosys: counters, adders and tables on literals.

The library's modules stay black boxes; they are proved by themselves (``hdl/formal``). Registers become wires: what is read is
one frame's way through the pipeline, which is that of every frame where all ways to the outputs have equally many registers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from whetgen.host.processes import call
from whetgen.host.scratch import scratch_folder
from whetgen.synth.tools import find_tool

CELLS = {"wg_add": "sum", "wg_count": "number", "wg_table": "value"}
_READ = "{libraries}read_verilog {source}\nproc\nwrite_json layer.json\n"
_WIRES = ("$not", "$dff")


class Unreadable(ValueError):
    """The file is no feed-forward pipeline of the library's cells; the message says why."""


@dataclass(frozen=True)
class YosysCell:
    """``sum(2**k * outputs[k]) == sum(weights[k] * inputs[k])``, or where ``truth`` is there the one output that it tells.

    ``inputs`` are literals, twice a net and 1 more where inverted (0 and 1 are the constants); ``outputs`` are nets.
    """

    inputs: tuple[int, ...]
    weights: tuple[int, ...]
    outputs: tuple[int, ...]
    truth: int | None = None


@dataclass(frozen=True)
class Netlist:
    """Cells in an order in which they can be evaluated. Nets 1 to ``inputs`` are the bits of x; ``outputs``: literals of y."""

    inputs: int
    cells: tuple[YosysCell, ...]
    outputs: tuple[int, ...]


def read_netlist(source: Path, cycles: int) -> Netlist:
    """The module in ``source``, which must be a pipeline of ``cycles`` registers on every way from x to y.

    Raises:
        CouldNotRun: Yosys is not installed, or was killed.
        ToolFailed: Yosys cannot read the file.
        Unreadable: it holds anything but a feed-forward pipeline of library cells.
    """
    cells = (source.parent / f"{cell}.v" for cell in CELLS)  # of which a folder has those that it uses
    libraries = "".join(f"read_verilog -lib {cell.resolve()}\n" for cell in cells if cell.exists())
    with scratch_folder() as work:
        (work / "read.ys").write_text(_READ.format(libraries=libraries, source=source.resolve()), encoding="utf-8")
        call([find_tool("yosys"), "-q", "read.ys"], work)
        modules = json.loads((work / "layer.json").read_text(encoding="utf-8"))["modules"]
    found = [module for name, module in modules.items() if name not in CELLS]
    if len(found) != 1:
        raise Unreadable(f"holds {len(found)} modules, not one")
    return _Reader(found[0]).netlist(cycles)


class _Reader:
    """Walks from y to x."""

    def __init__(self, module: dict):
        ports = {name: port["bits"] for name, port in module["ports"].items()}
        self.x, self.y = ports["x"], ports["y"]
        self.clk, self.advance = ports.get("clk"), ports.get("advance")
        self.driver: dict[int | str, tuple[dict, str, int]] = {}
        for cell in module["cells"].values():
            for port in (p for p, way in cell.get("port_directions", {}).items() if way == "output"):
                for k, bit in enumerate(cell["connections"][port]):
                    if bit in self.driver or bit in self.x:
                        raise Unreadable("a net has two drivers")
                    self.driver[bit] = cell, port, k
        self.literal: dict[int | str, int] = {"0": 0, "1": 1} | {bit: 2 * (k + 1) for k, bit in enumerate(self.x)}
        self.ways: dict[int | str, tuple[int, int] | None] = {"0": None, "1": None} | dict.fromkeys(self.x, (0, 0))
        self.nets = len(self.x) + 1
        self.cells: list[YosysCell] = []

    def netlist(self, cycles: int) -> Netlist:
        for bit in self.y:
            self._visit(bit)
            if self.ways[bit] not in (None, (cycles, cycles)):
                raise Unreadable(f"ways of {self.ways[bit]} registers lead to an output, not of {cycles}")
        return Netlist(len(self.x), tuple(self.cells), tuple(self.literal[bit] for bit in self.y))

    def _visit(self, wanted: int | str) -> None:
        """Post order without recursion."""
        stack, open_bits = [wanted], set()
        while stack:
            bit = stack[-1]
            missing = [] if bit in self.literal else [b for b in self._reads(bit) if b not in self.literal]
            if not missing:
                if bit not in self.literal:
                    self._enter(bit)
                open_bits.discard(stack.pop())
            elif bit in open_bits:
                raise Unreadable("there is a loop")
            else:
                open_bits.add(bit)
                stack += missing

    def _reads(self, bit: int | str) -> list[int | str]:
        if bit not in self.driver:
            raise Unreadable(f"a net has no driver, or an undefined value: {bit}")
        cell, _, k = self.driver[bit]
        if cell["type"] == "$dff":
            return [self._data(cell, bit, k)]
        if cell["type"] == "$not":
            return [cell["connections"]["A"][k]]
        if cell["type"] not in CELLS:
            raise Unreadable(f"there is a {cell['type']}")
        return [b for port, way in cell["port_directions"].items() if way == "input" for b in cell["connections"][port]]

    def _data(self, register: dict, bit: int | str, k: int) -> int | str:
        """What the register takes while ``advance`` is high."""
        wires = register["connections"]
        multiplexer, _, lane = self.driver.get(wires["D"][k], ({"type": ""}, "", 0))
        clocked = wires["CLK"] == self.clk and int(register["parameters"]["CLK_POLARITY"], 2) == 1
        held = multiplexer["type"] == "$mux" and multiplexer["connections"]["A"][lane] == bit
        if not (clocked and held and multiplexer["connections"]["S"] == self.advance):
            raise Unreadable("a register is not one of clk that holds unless advance is high")
        return multiplexer["connections"]["B"][lane]

    def _enter(self, bit: int | str) -> None:
        cell, _, _ = self.driver[bit]
        ways = [way for way in map(self.ways.get, self._reads(bit)) if way is not None]
        span = (min(w[0] for w in ways), max(w[1] for w in ways)) if ways else None
        if cell["type"] in _WIRES:
            (source,) = self._reads(bit)
            self.literal[bit] = self.literal[source] ^ (cell["type"] == "$not")
            self.ways[bit] = (span[0] + 1, span[1] + 1) if span and cell["type"] == "$dff" else span
            return
        outputs = cell["connections"][CELLS[cell["type"]]]
        nets = tuple(range(self.nets, self.nets + len(outputs)))
        self.nets += len(outputs)
        self.cells.append(_cell(cell, self.literal, nets))
        self.literal |= {b: 2 * net for b, net in zip(outputs, nets, strict=True)}
        self.ways |= dict.fromkeys(outputs, span)


def _cell(cell: dict, literal: dict[int | str, int], outputs: tuple[int, ...]) -> YosysCell:
    wires = {port: [literal.get(b, -1) for b in bits] for port, bits in cell["connections"].items()}
    number = {name: int(value, 2) for name, value in cell["parameters"].items()}
    if cell["type"] == "wg_add":
        width = number["WIDTH"]
        columns = tuple(1 << k for k in range(width))
        made = YosysCell((*wires["left"], *wires["right"], *wires["carry"]), (*columns, *columns, 1), outputs)
        sizes = len(wires["left"]), len(wires["right"]), len(wires["carry"]), len(outputs)
        fits = sizes == (width, width, 1, width + 1)
    elif cell["type"] == "wg_count":
        made = YosysCell(tuple(wires["bits"]), (1,) * number["INPUTS"], outputs)
        fits = 2 <= number["INPUTS"] <= 7 and (len(wires["bits"]), len(outputs)) == (
            number["INPUTS"],
            3 if number["INPUTS"] > 3 else 2,
        )
    else:
        inputs, truth = tuple(wires["bits"]), cell["parameters"]["TRUTH"]
        made = YosysCell(inputs, (), outputs, int(truth, 2))
        fits = len(inputs) == number["INPUTS"] <= 6 and (len(outputs), len(truth)) == (1, 1 << len(inputs))
    if not fits:
        raise Unreadable(f"a {cell['type']} has connections of other widths than its ports")
    return made
