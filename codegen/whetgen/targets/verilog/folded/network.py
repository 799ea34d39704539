"""The folded network: edges, schedule and sections in one go.

Layers run side by side on streams; see ``schedule`` for the cycles. Convolutions and pools keep the rows that their
windows still need, dense layers that read each word once keep nothing, element-wise sums wait in buffers as deep as
the schedule asks for. Three things wait for whole frames: the input (a malformed frame must leave no trace),
layers that only move elements, and windows that lie wholly below the map.
"""

from __future__ import annotations

import numpy as np

from whetgen.layers.graph import Move, Step, Steps, Tensor, with_joined_outputs
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.cost import ENDS, luts
from whetgen.targets.streams.describe import describe, describe_input, describe_output
from whetgen.targets.streams.folding import CostModel, choose_settings, total_luts
from whetgen.targets.streams.setting import cycles, in_order, read_elements
from whetgen.targets.streams.streams import Stream
from whetgen.targets.verilog.folded.edges import FRAMES, IN_ORDER, RANDOM, Edge
from whetgen.targets.verilog.folded.layers import Layer, delay, draw
from whetgen.targets.verilog.folded.schedule import Times, available, busy_times, depth
from whetgen.targets.verilog.folded.sheet import CLOCK, Sheet
from whetgen.targets.verilog.folded.walk import in_order_walk, walk
from whetgen.targets.verilog.options import VerilogOptions
from whetgen.wording import counted

COSTS = CostModel(cycles, luts, ENDS)
SEND_DELAY, CLASS_DELAY, CLASS_CYCLES = 2, 3, 4
_OUTPUT = ""  # in the place of a layer's name


class Folded:
    """``sections``, ``roms``, ``sums``, ``cycles``, ``latency`` and ``interval`` of one folded network."""

    logic = choices = ()

    def __init__(
        self, steps: Steps, source: Stream, sink: Stream, identifiers: Identifiers, name: str, options: VerilogOptions
    ):
        self.source, self.sink = source, sink
        steps, self._last = with_joined_outputs(steps, identifiers)
        self._rank = sink.kind == "class" and self._last.count > 1
        self.settings = choose_settings(steps, source.bus_bits, options, COSTS)
        self._sheet = Sheet(identifiers, name)
        self._edges: dict[str, Edge] = {}
        self._from: dict[str, list[str]] = {}
        self._into: dict[str, list[str]] = {}
        self._plan_edges(steps)
        self.interval = max(
            source.beats, self.sink_cycles(), *(cycles(s, self.settings[s.layer]) for s in steps.steps), 1
        )
        self._plan_times(steps)
        self._receive(steps.input)
        for step in steps.steps:
            self._draw(step)
        self._send()
        self.estimates = {"luts_estimated": total_luts(steps, source.bus_bits, self.settings, COSTS)}
        self.sections, self.roms, self.sums = self._sheet.sections, self._sheet.roms, self._sheet.sums
        self.cycles = [
            (s.layer, cycles(s, self.settings[s.layer]), *self.settings[s.layer].folding) for s in steps.steps
        ]
        self.cycles.append((sink.kind, self.sink_cycles()))

    def sink_cycles(self) -> int:
        return max(self._last.count, CLASS_CYCLES) if self._rank else self.sink.beats

    # ---- edges and times ----

    def _plan_edges(self, steps: Steps) -> None:
        for step in steps.steps:
            setting = self.settings[step.layer]
            reader = IN_ORDER if in_order(step, setting) else FRAMES if isinstance(step, Move) else RANDOM
            for t in step.sources:
                each = read_elements(step, setting)
                name = f"{t.name}_to_{step.result.name}"
                self._add_edge(steps, step.layer, t, name, each * t.width, t.count // each, reader)
        spikes, last = self.sink.kind == "spikes", self._last
        bits, reads = (self.sink.bus_bits, self.sink.beats) if spikes else (last.width, last.count)
        self._add_edge(steps, _OUTPUT, last, f"{last.name}_to_output", bits, reads, IN_ORDER)

    def _add_edge(
        self, steps: Steps, layer: str, tensor: Tensor, prefix: str, bits: int, reads: int, reader: int
    ) -> None:
        if tensor is steps.input:
            write_bits, writes = self.source.bus_bits, self.source.beats
        else:
            maker = next(s for s in steps.steps if s.result is tensor)
            pe = self.settings[maker.layer].pe
            write_bits, writes = pe * tensor.width, tensor.count // pe
        name = self._sheet.identifiers.unique(prefix)
        self._edges[name] = Edge(tensor, name, write_bits, writes, bits, reads, reader, tensor is steps.input)
        self._from.setdefault(tensor.name, []).append(name)
        self._into.setdefault(layer, []).append(name)

    def _plan_times(self, steps: Steps) -> None:
        """Depths of the buffers and the latency."""
        beats = np.arange(self.source.beats)
        written = {steps.input.name: Times(beats, beats)}
        taken = dict(written)
        for step in steps.steps:
            setting, edges = self.settings[step.layer], self._reads(step.layer)
            walks = [walk(step, setting, e) for e in edges]
            busy = busy_times(walks, [available(e, written[e.tensor.name]) for e in edges], self.interval)
            for e, w in zip(edges, walks, strict=True):
                self._deepen(e, taken[e.tensor.name], busy.at(w.free_at), w.cover)
            taken[step.result.name] = busy.at(walks[0].result_at)
            written[step.result.name] = taken[step.result.name].shifted(delay(step, setting))
        (edge,) = self._reads(_OUTPUT)
        ends = in_order_walk(edge, self.sink_cycles(), 1 if self._rank else edge.reads)
        busy = busy_times([ends], [available(edge, written[edge.tensor.name])], self.interval)
        self._deepen(edge, taken[edge.tensor.name], busy.at(ends.free_at), ends.cover)
        wait = CLASS_DELAY if self._rank else SEND_DELAY
        self.latency = int(busy.at(ends.result_at[:1]).first[0]) + wait

    def _reads(self, layer: str) -> tuple[Edge, ...]:
        """The edges that the layer reads, in the order of its sources."""
        return tuple(self._edges[name] for name in self._into[layer])

    def _written(self, tensor: Tensor) -> list[Edge]:
        """The edges that take the tensor."""
        return [self._edges[name] for name in self._from[tensor.name]]

    def _deepen(self, edge: Edge, taken: Times, freed: Times, cover: bool) -> None:
        self._edges[edge.prefix] = edge.with_depth(depth(edge, taken, freed, self.interval), cover)

    # ---- sections ----

    def _draw(self, step: Step) -> None:
        setting = self.settings[step.layer]
        draw(step, Layer(step, setting, self._reads(step.layer)), self._sheet)
        self._sheet.buffers(step.result.name, self._written(step.result))
        note = f"{setting}: {counted(cycles(step, setting), 'cycle')} a frame."
        self._sheet.close(f"{step.layer}: {describe(step)}", note)

    def _receive(self, tensor: Tensor) -> None:
        sheet, stem = self._sheet, tensor.name
        sheet.produced(stem, self.source.bus_bits)
        drop = sheet.wire(f"{stem}_drop", 1)
        sheet.assigns.append((f"{stem}_take", f"{stem}_valid"))
        sheet.buffers(stem, self._written(tensor), drop)
        ports = {
            **CLOCK, **{f"s_axis_{p}": f"s_axis_{p}" for p in ("tdata", "tvalid", "tready", "tlast")},
            "out_free": f"{stem}_room", "out_valid": f"{stem}_valid", "out_data": f"{stem}_data", "out_last": f"{stem}_last",
            "out_drop": drop, "err_frames": "err_frames",
        }  # fmt: skip
        sheet.instance("wg_receive", "receive", {"BUS_WIDTH": self.source.bus_bits, "BEATS": self.source.beats}, ports)
        sheet.close("Input stream", describe_input(self.source))

    def _send(self) -> None:
        sheet, sink, last = self._sheet, self.sink, self._last
        (edge,) = self._reads(_OUTPUT)
        e, wide = edge.prefix, {"WIDTH": edge.read_bits, "BUS_WIDTH": sink.bus_bits}
        ports = {
            **CLOCK, "in_available": f"{e}_available", "rd_next": f"{e}_next", "rd_data": f"{e}_data",
            **{f"m_axis_{p}": f"m_axis_{p}" for p in ("tdata", "tvalid", "tready", "tlast")},
        }  # fmt: skip
        if self._rank:
            sheet.assigns.append((f"{e}_enable", "1'b1"))
            sheet.instance("wg_fold_argmax", "send", {"COUNT": last.count, "SIGNED": int(last.signed), **wide}, ports)
        else:
            signed = int(last.signed and sink.kind != "spikes")
            ports["rd_enable"] = f"{e}_enable"
            sheet.instance("wg_fold_send", "send", {"BEATS": sink.beats, "SIGNED": signed, **wide}, ports)
        about = describe_output(sink)
        sheet.close("Output stream", about)
