"""The unrolled architecture: every tensor is a bus, every layer a pipeline, one enable for all.

Latency in cycles, closed formula: ``input beats + sum of the layers on the longest path + 1``.

==========  ======================================================
layer       cycles
==========  ======================================================
Linear      2 + ceil(log4(ceil(taps * channels / 4)))
Pool        ceil(log4(taps))
Blend       2
Move        0
class       ceil(log2(scores))
==========  ======================================================

Interval: ``max(input beats, output beats)``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatchmethod

import numpy as np

from whetgen.backends.hardware.describe import describe
from whetgen.backends.hardware.steps import Blend, Geometry, Linear, Move, Pool, Step, Steps, Tensor
from whetgen.backends.hardware.streams import Stream
from whetgen.backends.hardware.widths import blend_widths, layer_widths
from whetgen.backends.identifiers import Identifiers
from whetgen.backends.verilog.netlist import Constant, Instance, Section, Wire, concatenation, literal, packed, pairs
from whetgen.ir.integers import signed_bits, unsigned_bits

MAX_WORD_BITS = 1 << 16  # Verilator's longest constant


def tree_levels(terms: int) -> int:
    """Levels of a four-to-one reduction tree: ``ceil(log4(terms))``."""
    levels = 0
    while terms > 1:
        terms, levels = -(-terms // 4), levels + 1
    return levels


def linear_cycles(inputs: int) -> int:
    return 2 + tree_levels(-(-inputs // 4))


def argmax_levels(count: int) -> int:
    return (count - 1).bit_length()


def multiply_adds(steps: Steps) -> int:
    """Multiply-adds of one frame, zero weights of grouped convolutions included."""
    return sum(step.multiply_adds for step in steps.steps if isinstance(step, Linear))


def sliding_windows(steps: Steps) -> int:
    """Layers whose window moves over a map."""
    return sum(isinstance(step, Linear | Pool) and not step.geometry.trivial for step in steps.steps)


def widest_word(steps: Steps) -> int:
    """Bits of the widest bus or constant that unrolling would make."""
    return max([steps.input.bits, *(b for s in steps.steps for b in _word_bits(s))])


def _word_bits(step: Step) -> list[int]:
    bits = [step.result.bits, sum(t.count for t in step.sources) * step.result.width]
    if isinstance(step, Linear):
        g, (weight, total) = step.geometry, layer_widths(step)
        bits += [
            g.positions * len(step.weights) * step.source.width,
            step.weights.size * weight,
            g.positions * step.neurons * -(-len(step.weights) // 4) * total,
        ]
    elif isinstance(step, Pool):
        bits += [step.geometry.positions * step.geometry.taps * step.geometry.channels * step.result.width]
    elif isinstance(step, Blend):
        factor, total = blend_widths(step)
        bits += [step.result.count * len(step.factors) * max(factor, total)]
    else:
        bits += [step.result.count * 20]
    return bits


class Unrolled:
    """Builds the sections of one unrolled network."""

    def __init__(self, steps: Steps, source: Stream, sink: Stream, identifiers: Identifiers):
        self.identifiers, self.source, self.sink = identifiers, source, sink
        self.sections: list[Section] = []
        self.cycles: list[tuple[str, int]] = []
        self._ready = {steps.input.name: 0}
        self._delayed: dict[tuple[str, int], str] = {}
        self._advances = False
        self._receive(steps.input)
        for step in steps.steps:
            self._begin()
            self._ready[step.result.name] = self._build(step)
            self._end(step)
        self.depth = self._send(steps.outputs)

    @property
    def latency(self) -> int:
        return self.source.beats + self.depth + 1

    @property
    def interval(self) -> int:
        return max(self.source.beats, self.sink.beats)

    # ---- one section ----

    def _begin(self) -> None:
        self.constants: list[Constant] = []
        self.wires: list[Wire] = []
        self.instances: list[Instance] = []

    def _close(self, title: str, *notes: str) -> None:
        self.sections.append(Section(title, notes, tuple(self.constants), tuple(self.wires), tuple(self.instances)))

    def _end(self, step: Step) -> None:
        ready = self._ready[step.result.name]
        cycles = ready - max(self._ready[t.name] for t in step.sources)
        self.cycles.append((step.layer, cycles))
        self._close(f"{step.layer}: {describe(step)}", f"{cycles} cycles, ready {ready} cycles after the frame.")

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
    def _build(self, step: Step) -> int:
        raise TypeError(f"no unrolled form of {type(step).__name__}")

    @_build.register
    def _(self, step: Linear) -> int:
        name, geometry = step.result.name, step.geometry
        taps = self._windows(step.source.name, step.source.width, geometry, 0, name)
        width = 1 if step.fire else step.result.width
        weight_width, sum_width = layer_widths(step)
        weights = self._constant(
            f"{name}_weights", step.weights.T.reshape(-1), weight_width, f"neuron by neuron, {weight_width} bits each"
        )
        role = "thresholds" if step.fire else "biases"
        levels = self._constant(
            f"{name}_{role}",
            step.levels.reshape(-1),
            sum_width,
            f"{role} in the order of the neurons, {sum_width} bits each",
        )
        self.wires.append(Wire(name, step.result.bits))
        self._clocked(
            "wg_neuron",
            f"{name}_{'fire' if step.fire else 'sum'}",
            {
                "POSITIONS": geometry.positions,
                "NEURONS": step.neurons,
                "INPUTS": len(step.weights),
                "IN_WIDTH": step.source.width,
                "IN_SIGNED": int(step.source.signed),
                "WEIGHT_WIDTH": weight_width,
                "SUM_WIDTH": sum_width,
                "OUT_WIDTH": width,
                "FIRE": int(step.fire),
                "LEVEL_COUNT": len(step.levels),
                "WEIGHTS": weights,
                "LEVELS": levels,
            },
            {"taps": taps, "results": name},
        )
        return self._ready[step.source.name] + linear_cycles(len(step.weights))

    def _constant(self, name: str, values, width: int, comment: str) -> str:
        name = self.identifiers.unique(name.upper())
        self.constants.append(Constant(name, width * len(values), packed(values, width), comment))
        return name

    def _windows(self, bus: str, width: int, geometry: Geometry, fill: int, name: str) -> str:
        if geometry.trivial:
            return bus
        g = geometry
        windows = self._wire(f"{name}_windows", g.positions * g.taps * g.channels * width)
        self._instance(
            "wg_window",
            f"{name}_window",
            {
                "HEIGHT": g.height,
                "WIDTH": g.width,
                "CHANNELS": g.channels,
                **g.sliding(),
                "ELEMENT_WIDTH": width,
                "FILL": literal(fill, width),
            },
            {"map": bus, "windows": windows},
        )
        return windows

    @_build.register
    def _(self, step: Pool) -> int:
        name, g, width = step.result.name, step.geometry, step.result.width
        bus = self._resized(step.source.name, step.source, width, f"for_{name}")
        windows = self._windows(bus, width, g, step.fill, name)
        by_channel = self._wire(f"{name}_by_channel", g.positions * g.taps * g.channels * width)
        shape = {"BLOCKS": g.positions, "ROWS": g.taps, "COLUMNS": g.channels, "WIDTH": width}
        self._instance("wg_transpose", f"{name}_order", shape, {"data": windows, "transposed": by_channel})
        self.wires.append(Wire(name, step.result.bits))
        self._clocked(
            "wg_tree",
            f"{name}_{'largest' if step.largest else 'sum'}",
            {
                "LANES": g.positions * g.channels,
                "TERMS": g.taps,
                "WIDTH": width,
                "LARGEST": int(step.largest),
                "SIGNED": int(step.result.signed),
            },
            {"terms": by_channel, "results": name},
        )
        return self._ready[step.source.name] + tree_levels(g.taps)

    @_build.register
    def _(self, step: Blend) -> int:
        name, count = step.result.name, step.result.count
        cycle, buses = self._meet(step.sources)
        operands = [
            self._resized(b, t, step.operand_width, f"{k}_for_{name}")
            for k, (b, t) in enumerate(zip(buses, step.sources, strict=True))
        ]
        factor_width, sum_width = blend_widths(step)
        repeat = count // len(step.levels)
        role = "thresholds" if step.fire else "biases"
        factors = self._constant(
            f"{name}_factors",
            np.tile(step.factors, repeat).reshape(-1),
            factor_width,
            f"{step.layer}: factors, {factor_width} bits each",
        )
        levels = self._constant(
            f"{name}_{role}", np.tile(step.levels, repeat), sum_width, f"{step.layer}: {role}, {sum_width} bits each"
        )
        self.wires.append(Wire(name, step.result.bits))
        self._clocked(
            "wg_blend",
            f"{name}_blend",
            {
                "OPERANDS": len(operands),
                "COUNT": count,
                "IN_WIDTH": step.operand_width,
                "FACTOR_WIDTH": factor_width,
                "SUM_WIDTH": sum_width,
                "OUT_WIDTH": 1 if step.fire else step.result.width,
                "FIRE": int(step.fire),
            },
            {"factors": factors, "levels": levels, "operands": concatenation(operands), "results": name},
        )
        return cycle + 2

    @_build.register
    def _(self, step: Move) -> int:
        name, width = step.result.name, step.result.width
        cycle, buses = self._meet(step.sources)
        parts = [
            self._resized(b, t, width, f"{k}_for_{name}")
            for k, (b, t) in enumerate(zip(buses, step.sources, strict=True))
        ]
        if step.in_order:
            self.wires.append(Wire(name, step.result.bits, concatenation(parts)))
            return cycle
        total = sum(t.count for t in step.sources)
        bits = unsigned_bits(total)
        indices = np.where(step.indices < 0, total, step.indices)
        table = self._constant(
            f"{name}_indices",
            indices,
            bits,
            f"{step.layer}: where each element comes from, {bits} bits each, {total} is zero",
        )
        self.wires.append(Wire(name, step.result.bits))
        shape = {"SOURCES": total, "COUNT": step.result.count, "WIDTH": width, "INDEX_WIDTH": bits, "INDICES": table}
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
        self._close("Input stream", f"{self.source.count} {self.source.kind} elements in {self.source.beats} beats.")

    def _send(self, outputs: tuple[Tensor, ...]) -> int:
        self._begin()
        cycle, buses = self._meet(outputs)
        width = max(signed_bits(t.lo, t.hi) for t in outputs) if self.sink.kind == "class" else self.sink.element_bits
        parts = [self._resized(b, t, width, f"{k}_sent") for k, (b, t) in enumerate(zip(buses, outputs, strict=True))]
        payload = concatenation(parts)
        if self.sink.kind == "class":
            payload, cycle = self._class(payload, outputs[0].count, width, cycle)
        self._leave(payload, cycle)
        self._close(
            "Output stream",
            f"{self.sink.kind}: {self.sink.count} elements of {self.sink.element_bits} bits in {self.sink.beats} beats.",
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
