"""A layer's circuit as the text fields of its Verilog module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from whetgen.targets.verilog.logic.circuit import Add, Cell, Count, Literal, LookupTable, is_constant
from whetgen.targets.verilog.logic.layer_circuits import LayerCircuit
from whetgen.targets.verilog.logic.stages import Staged

# Cycles that a bit waits in flip-flops: synthesis would make a shift register of three, which takes a LUT, the scarcer part here.
MAX_WAIT = 5


@dataclass(frozen=True)
class CellText:
    """``wire [width-1:0] signal`` and the instance of ``module`` that drives it; ``ports`` all but the driving one, ``drives``."""

    signal: str
    width: int
    module: str
    parameters: tuple[tuple[str, str], ...]
    ports: tuple[tuple[str, str], ...]
    drives: str


@dataclass(frozen=True)
class Group:
    """What was built for one neuron or shared sum."""

    title: str
    cells: tuple[CellText, ...]


@dataclass(frozen=True)
class Registers:
    """``values``: (name, what it takes). ``kept``: synthesis shall not join them to shift registers."""

    values: tuple[tuple[str, str], ...]
    kept: bool


@dataclass(frozen=True)
class Stage:
    """Logic and the registers at its end."""

    groups: tuple[Group, ...]
    registers: tuple[Registers, ...]


@dataclass(frozen=True)
class LogicModule:
    """A module with ports clk, advance, ``x`` and ``y``."""

    name: str
    title: str
    counts: str
    in_bits: int
    stages: tuple[Stage, ...]
    outputs: tuple[str, ...]
    unused: tuple[str, ...]


def logic_module(name: str, title: str, logic: LayerCircuit, made: Staged) -> LogicModule:
    """Names, registers and unused bits, decided; ``made``: the circuit's stages."""
    return _Namer(logic, made).module(name, title)


class _Namer:
    """Names every net after its owner and the cell's kind: ``n3_count0[1]``, delayed by two cycles ``n3_count0_1_d2``."""

    def __init__(self, logic: LayerCircuit, made: Staged):
        self.logic, self.circuit, self.made = logic, logic.circuit, made
        self.signal: dict[int, str] = {net: f"x[{net - 1}]" for net in range(1, self.circuit.inputs + 1)}
        self.cell_name: dict[int, str] = {}
        taken: dict[str, int] = {}
        for number in (n for stage in made.cells for n in stage):
            cell = self.circuit.cells[number]
            base = f"{self.circuit.owners[number]}_{_KIND[type(cell)]}"
            taken[base] = taken.get(base, -1) + 1
            self.cell_name[number] = signal = f"{base}{taken[base]}"
            bits = _bits_of(cell)
            self.signal |= {
                net: f"{signal}[{k}]" if len(bits) > 1 else signal for k, net in enumerate(bits) if net is not None
            }

    def module(self, name: str, title: str) -> LogicModule:
        cells = [self.circuit.cells[n] for stage in self.made.cells for n in stage]
        kinds = [f"{sum(isinstance(c, kind) for c in cells)} {word}" for kind, word in _PLURAL.items()]
        return LogicModule(
            name,
            title,
            ", ".join(kinds),
            self.circuit.inputs,
            tuple(self._stage(k) for k in range(self.made.cycles)),
            tuple(self._text(o, self.made.cycles) for o in self.logic.outputs),
            tuple(self._unused()),
        )

    def _stage(self, stage: int) -> Stage:
        groups: dict[str, list[CellText]] = {}
        for number in self.made.cells[stage]:
            groups.setdefault(self.circuit.owners[number], []).append(self._cell(number, stage))
        titled = (Group(f"{owner}: {self.circuit.told[owner]}", tuple(cells)) for owner, cells in groups.items())
        return Stage(tuple(titled), tuple(self._registers(stage)))

    def _registers(self, stage: int) -> Iterator[Registers]:
        waits = {net: stage - self.made.stage.get(net, 0) for net in sorted(self.made.delays)}
        held = {net: wait for net, wait in waits.items() if 0 <= wait < self.made.delays[net]}
        for kept in (False, True):
            nets = [net for net, wait in held.items() if (wait > 0 and self.made.delays[net] <= MAX_WAIT) == kept]
            if nets:
                yield Registers(tuple((self._delayed(n, held[n] + 1), self._delayed(n, held[n])) for n in nets), kept)

    def _delayed(self, net: int, wait: int) -> str:
        signal = self.signal[net]
        return f"{signal.replace('[', '_').replace(']', '')}_d{wait}" if wait else signal

    def _text(self, literal: Literal, stage: int) -> str:
        if is_constant(literal):
            return f"1'b{literal}"
        net = literal >> 1
        return "~" * (literal & 1) + self._delayed(net, stage - self.made.stage.get(net, 0))

    def _word(self, literals: tuple[Literal, ...], stage: int) -> str:
        texts = [self._text(i, stage) for i in reversed(literals)]
        return texts[0] if len(texts) == 1 else "{" + ", ".join(texts) + "}"

    def _cell(self, number: int, stage: int) -> CellText:
        cell, signal = self.circuit.cells[number], self.cell_name[number]
        if isinstance(cell, Count):
            size = (("INPUTS", str(len(cell.inputs))),)
            return CellText(
                signal, len(cell.outputs), "wg_count", size, (("bits", self._word(cell.inputs, stage)),), "number"
            )
        if isinstance(cell, LookupTable):
            table = ("INPUTS", str(len(cell.inputs))), ("TRUTH", f"{1 << len(cell.inputs)}'h{cell.truth:x}")
            return CellText(signal, 1, "wg_table", table, (("bits", self._word(cell.inputs, stage)),), "value")
        ports = {"left": cell.left, "right": cell.right, "carry": (cell.carry,)}
        named = tuple((port, self._word(word, stage)) for port, word in ports.items())
        return CellText(signal, len(cell.left) + 1, "wg_add", (("WIDTH", str(len(cell.left))),), named, "sum")

    def _unused(self) -> Iterator[str]:
        for net in range(1, self.circuit.inputs + 1):
            if net not in self.made.used:
                yield self.signal[net]
        for number in (n for stage in self.made.cells for n in stage):
            cell, signal = self.circuit.cells[number], self.cell_name[number]
            for k, bit in enumerate(_bits_of(cell)):
                if bit is None or bit not in self.made.used:
                    yield f"{signal}[{k}]"


_KIND = {Count: "count", Add: "sum", LookupTable: "table"}
_PLURAL = {Count: "counters", Add: "carry chains", LookupTable: "tables"}


def _bits_of(cell: Cell) -> tuple[int | None, ...]:
    """The nets of the cell's output vector; None where the circuit has no name for a bit."""
    if isinstance(cell, Add):
        return (*(cell.outputs or [None] * len(cell.left)), cell.top)
    return cell.outputs
