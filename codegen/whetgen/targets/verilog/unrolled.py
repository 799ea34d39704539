"""The unrolled architecture: every tensor is a bus, every layer a module of counters and carry chains, one enable for all.

Latency in cycles: ``input beats + sum of the layers on the longest path + 1``. A layer takes as many cycles as its logic has stages
of ``levels_per_stage`` tables (``logic/pipeline.py``), a Move none, the class ``ceil(log2(scores))``.

Interval: ``max(input beats, output beats)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import singledispatchmethod

import numpy as np

from whetgen.ir.integers import signed_bits, unsigned_bits
from whetgen.layers import Layer, LayerGraph, Linear, Move, Pool, Tensor, describe
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.streams import Stream, describe_input, describe_output
from whetgen.targets.verilog.logic.cones import Tables, unread
from whetgen.targets.verilog.logic.cost import Choice, cost_of
from whetgen.targets.verilog.logic.digits import signed_digits
from whetgen.targets.verilog.logic.layers import logic_of, without
from whetgen.targets.verilog.logic.module import LogicModule, logic_module
from whetgen.targets.verilog.logic.pipeline import staged
from whetgen.targets.verilog.logic.share import Finder
from whetgen.targets.verilog.logic.windows import beside_windows, module_suffix, one_window, slides, windows
from whetgen.targets.verilog.netlist import Constant, Instance, Section, Wire, concatenation, packed, pairs
from whetgen.wording import counted

_LUTS_PER_LITERAL = 0.63  # built: 0.62 of digits-mlp's 23,692, 0.57 of mnist-mlp-small's 32,169
_END_LUTS = 190  # streams, valid bits and the class of ten scores, as synthesised
MAX_WORD_BITS = 1 << 16  # Verilator's longest constant


def _told(layer: Layer | Tables) -> str:
    return counted(layer.result.count, "lookup table") if isinstance(layer, Tables) else describe(layer)


def _slice(bus: str, number: int, width: int, bits: int) -> str:
    """Part of a bus of ``bits`` bits: the ``number``-th of ``width`` bits."""
    return bus if width == bits else f"{bus}[{(number + 1) * width - 1}:{number * width}]"


def argmax_levels(count: int) -> int:
    return (count - 1).bit_length()


def expected_luts(graph: LayerGraph) -> int:
    """LUTs of the unrolled network, about, before anything of it is built."""
    tables = sum(len(s.truths) for s in graph.layers if isinstance(s, Tables))
    return round(_literals(graph) * _LUTS_PER_LITERAL) + tables + _END_LUTS


def _literals(graph: LayerGraph) -> int:
    """Single bits that the layers' sums would add, before anything is shared."""
    return sum(
        s.window.positions * s.source.width * int(np.count_nonzero(signed_digits(s.weights)))
        for s in graph.layers
        if isinstance(s, Linear)
    )


def sliding_windows(graph: LayerGraph) -> int:
    """Layers whose window moves over a map."""
    return sum(isinstance(layer, Linear | Pool) and not layer.window.trivial for layer in graph.layers)


def widest_word(graph: LayerGraph) -> int:
    """Bits of the widest bus or constant that unrolling would make."""
    return max([graph.input.bits, *(b for s in graph.layers for b in _word_bits(s))])


def _word_bits(layer: Layer) -> list[int]:
    bits = [layer.result.bits, sum(t.count for t in layer.sources) * layer.result.width]
    return (
        [*bits, layer.result.count * unsigned_bits(sum(t.count for t in layer.sources))]
        if isinstance(layer, Move)
        else bits
    )


class Unrolled:
    """Builds the sections of one unrolled network."""

    roms = sums = ()

    def __init__(
        self,
        graph: LayerGraph,
        source: Stream,
        sink: Stream,
        identifiers: Identifiers,
        name: str,
        levels_per_stage: int,
        strategies: Mapping[str, Finder | None],
    ):
        self.identifiers, self.source, self.sink = identifiers, source, sink
        self.name, self.levels_per_stage, self.strategies = name, levels_per_stage, strategies
        self.logic: list[LogicModule] = []
        self.choices: list[Choice] = []
        self.sections: list[Section] = []
        self.cycles: list[tuple[str, int]] = []
        self._unread = unread(graph)
        self._ready = {graph.input.name: 0}
        self._delayed: dict[tuple[str, int], str] = {}
        self._advances = False
        self._receive(graph.input)
        for layer in graph.layers:
            self._begin()
            self._ready[layer.result.name] = self._build(layer)
            self._end(layer)
        self.depth = self._send(graph.outputs)

    @property
    def latency(self) -> int:
        return self.source.beats + self.depth + 1

    @property
    def interval(self) -> int:
        return max(self.source.beats, self.sink.beats)

    @property
    def estimates(self) -> dict[str, int]:
        """Cells of the layers' logic, counted, with those of both ends."""
        costs = [choice.cost for choice in self.choices]
        names = {"luts_estimated": "luts", "carries_estimated": "carries", "ffs_estimated": "ffs"}
        ends = {"luts_estimated": _END_LUTS, "ffs_estimated": self.source.frame_bits}
        return {name: sum(getattr(c, kind) for c in costs) + ends.get(name, 0) for name, kind in names.items()}

    # ---- one section ----

    def _begin(self) -> None:
        self.constants: list[Constant] = []
        self.wires: list[Wire] = []
        self.instances: list[Instance] = []

    def _close(self, title: str, *notes: str) -> None:
        self.sections.append(Section(title, notes, tuple(self.constants), tuple(self.wires), tuple(self.instances)))

    def _end(self, layer: Layer) -> None:
        ready = self._ready[layer.result.name]
        cycles = ready - max(self._ready[t.name] for t in layer.sources)
        self.cycles.append((layer.name, cycles))
        self._close(
            f"{layer.name}: {_told(layer)}",
            f"{counted(cycles, 'cycle')}, ready {counted(ready, 'cycle')} after the frame.",
        )

    def _wire(self, name: str, width: int, value: str = "") -> str:
        name = self.identifiers.unique(name)
        self.wires.append(Wire(name, width, value))
        return name

    def _instance(self, module: str, name: str, parameters: dict, ports: dict) -> None:
        self.instances.append(Instance(module, self.identifiers.unique(name), pairs(**parameters), pairs(**ports)))

    def _clocked(self, module: str, name: str, parameters: dict, ports: dict) -> None:
        self._advances = True
        self._instance(module, name, parameters, {"clk": "clk", "advance": "advance"} | ports)

    def _at(self, tensor: Tensor, cycle: int) -> str:
        """The tensor's bus as it is ``cycle`` cycles after the frame, delayed where needed."""
        wait = cycle - self._ready[tensor.name]
        if wait == 0:
            return tensor.name
        if (tensor.name, wait) not in self._delayed:
            name = self._wire(f"{tensor.name}_delayed_{wait}", tensor.bits)
            self._clocked(
                "wg_delay", f"{name}_by", {"WIDTH": tensor.bits, "CYCLES": wait}, {"data": tensor.name, "delayed": name}
            )
            self._delayed[tensor.name, wait] = name
        return self._delayed[tensor.name, wait]

    def _meet(self, sources: tuple[Tensor, ...]) -> tuple[int, list[str]]:
        cycle = max(self._ready[t.name] for t in sources)
        return cycle, [self._at(t, cycle) for t in sources]

    def _resized(self, bus: str, tensor: Tensor, width: int, role: str) -> str:
        if width == tensor.width:
            return bus
        name = self._wire(f"{tensor.name}_{role}", tensor.count * width)
        parameters = {"COUNT": tensor.count, "IN_WIDTH": tensor.width, "OUT_WIDTH": width, "SIGNED": int(tensor.signed)}
        self._instance("wg_resize", f"{name}_resize", parameters, {"data": bus, "widened": name})
        return name

    # ---- layers: each drives its result's bus and says when it is ready ----

    @singledispatchmethod
    def _build(self, layer: Layer) -> int:
        """Counters and chains in a module of the layer's own, or of one window of it with an instance for each position."""
        name = layer.result.name
        cycle, buses = self._meet(layer.sources)
        module = self.identifiers.unique(f"{self.name}_{name}_{module_suffix(layer)}")
        made = self._cheapest(layer, module)
        self.logic.append(made)
        self.wires.append(Wire(name, layer.result.bits))
        instance = self._clocked if made.stages else self._instance
        if slides(layer):
            for position, parts in enumerate(windows(layer, buses[0])):
                y = _slice(name, position, len(made.outputs), layer.result.bits)
                instance(module, f"{name}_p{position}", {}, {"x": concatenation(parts), "y": y})
            if unread_parts := beside_windows(layer, buses[0]):
                self._wire(f"unused_by_{name}", 1, f"&{{1'b0, {', '.join(unread_parts)}}}")
        else:
            instance(module, f"{name}_layer", {}, {"x": concatenation(buses), "y": name})
        return cycle + len(made.stages)

    def _cheapest(self, given: Layer | Tables, module: str) -> LogicModule:
        """The layer, or a window of it, in each strategy that makes a difference; the one of fewest cells."""
        layer, copies = one_window(given), given.window.positions if slides(given) else 1
        ignored = self._unread.get(layer.result.name)
        if ignored is not None:
            ignored = ignored.reshape(copies, -1).all(axis=0)
        strategies = (
            self.strategies if isinstance(layer, Linear) else {"tables" if isinstance(layer, Tables) else "sums": None}
        )
        made, costs = {}, {}
        for strategy, find in strategies.items():
            logic = without(logic_of(layer, find), ignored)
            stages = staged(logic.circuit, logic.outputs, self.levels_per_stage)
            made[strategy], costs[strategy] = (logic, stages), copies * cost_of(logic.circuit, stages)
        chosen = min(costs, key=lambda strategy: costs[strategy].cells)
        cost = costs.pop(chosen)
        self.choices.append(Choice(layer.name, chosen, cost, costs))
        told = f"{layer.name}: {_told(layer)}" + (f", of one window among {copies}" if copies > 1 else "")
        return logic_module(module, told, *made[chosen])

    def _constant(self, name: str, values, width: int, comment: str) -> str:
        name = self.identifiers.unique(name.upper())
        self.constants.append(Constant(name, width * len(values), packed(values, width), comment))
        return name

    @_build.register
    def _(self, layer: Move) -> int:
        name, width = layer.result.name, layer.result.width
        cycle, buses = self._meet(layer.sources)
        parts = [
            self._resized(b, t, width, f"{k}_for_{name}")
            for k, (b, t) in enumerate(zip(buses, layer.sources, strict=True))
        ]
        if layer.in_order:
            self.wires.append(Wire(name, layer.result.bits, concatenation(parts)))
            return cycle
        total = sum(t.count for t in layer.sources)
        bits = unsigned_bits(total)
        indices = np.where(layer.indices < 0, total, layer.indices)
        table = self._constant(
            f"{name}_indices",
            indices,
            bits,
            f"{layer.name}: where each element comes from, {counted(bits, 'bit')} each, {total} is zero",
        )
        self.wires.append(Wire(name, layer.result.bits))
        shape = {"SOURCES": total, "COUNT": layer.result.count, "WIDTH": width, "INDEX_WIDTH": bits, "INDICES": table}
        self._instance("wg_gather", f"{name}_gather", shape, {"data": concatenation(parts), "gathered": name})
        return cycle

    # ---- the two ends ----

    def _receive(self, tensor: Tensor) -> None:
        self._begin()
        self.wires += [Wire(tensor.name, tensor.bits), Wire("frame_valid", 1), Wire("frame_ready", 1)]
        self._instance(
            "wg_frame_in",
            "receive",
            {
                "BUS_WIDTH": self.source.bus_bits,
                "BEATS": self.source.beats,
                "FRAME_WIDTH": tensor.bits,
            },
            {
                "clk": "clk",
                "rst": "rst",
                "s_axis_tdata": "s_axis_tdata",
                "s_axis_tvalid": "s_axis_tvalid",
                "s_axis_tready": "s_axis_tready",
                "s_axis_tlast": "s_axis_tlast",
                "frame": tensor.name,
                "frame_valid": "frame_valid",
                "frame_ready": "frame_ready",
                "err_frames": "err_frames",
            },
        )
        self._close("Input stream", describe_input(self.source))

    def _send(self, outputs: tuple[Tensor, ...]) -> int:
        self._begin()
        cycle, buses = self._meet(outputs)
        rank = self.sink.kind == "class" and outputs[0].count > 1
        width = max(signed_bits(t.lo, t.hi) for t in outputs) if rank else self.sink.element_bits
        parts = [self._resized(b, t, width, f"{k}_sent") for k, (b, t) in enumerate(zip(buses, outputs, strict=True))]
        payload = concatenation(parts)
        if rank:
            payload, cycle = self._class(payload, outputs[0].count, width, cycle)
        self._leave(payload, cycle)
        self._close(
            "Output stream",
            describe_output(self.sink),
        )
        return cycle

    def _class(self, scores: str, count: int, width: int, cycle: int) -> tuple[str, int]:
        bits = self.sink.element_bits
        indices = self._constant("class_numbers", range(count), bits, "Class number of each score")
        winner = self._wire("winner", bits)
        shape = {"COUNT": count, "WIDTH": width, "INDEX_WIDTH": bits}
        self._clocked("wg_argmax", "argmax", shape, {"scores": scores, "indices": indices, "index": winner})
        self.cycles.append(("class", argmax_levels(count)))
        return winner, cycle + argmax_levels(count)

    def _leave(self, payload: str, depth: int) -> None:
        room = self.sink.beats * self.sink.bus_bits - self.sink.frame_bits
        frame = self._wire(
            "result", self.sink.beats * self.sink.bus_bits, f"{{{room}'d0, {payload}}}" if room else payload
        )
        advance = "advance" if self._advances else "unused_advance"
        self.sections[0] = replace(self.sections[0], wires=(*self.sections[0].wires, Wire(advance, 1)))
        self.wires += [Wire("result_valid", 1), Wire("result_ready", 1)]
        self._instance(
            "wg_pipeline",
            "pipeline",
            {"STAGES": depth, "INTERVAL": self.sink.beats if self.sink.beats > self.source.beats else 1},
            {
                "clk": "clk",
                "rst": "rst",
                "in_valid": "frame_valid",
                "in_ready": "frame_ready",
                "out_valid": "result_valid",
                "out_ready": "result_ready",
                "advance": advance,
            },
        )
        self._instance(
            "wg_frame_out",
            "send",
            {"BUS_WIDTH": self.sink.bus_bits, "BEATS": self.sink.beats},
            {
                "clk": "clk",
                "rst": "rst",
                "frame": frame,
                "frame_valid": "result_valid",
                "frame_ready": "result_ready",
                "m_axis_tdata": "m_axis_tdata",
                "m_axis_tvalid": "m_axis_tvalid",
                "m_axis_tready": "m_axis_tready",
                "m_axis_tlast": "m_axis_tlast",
            },
        )
