"""The folded network: edges, schedule and sections in one go.

Layers run side by side on streams; see ``schedule`` for the cycles. Convolutions and pools keep the rows that their
windows still need, dense layers that read each word once keep nothing, element-wise sums wait in buffers as deep as
the schedule asks for. Three things wait for whole frames: the input (a malformed frame must leave no trace),
layers that only move elements, and windows that lie wholly below the map.
"""

from __future__ import annotations

import numpy as np

from whetgen.layers import Layer, LayerGraph, Move, Tensor, describe
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.folding import choose_settings, total_luts
from whetgen.targets.streams.network import with_joined_outputs
from whetgen.targets.streams.setting import cycles, in_order, read_elements
from whetgen.targets.streams.streams import Stream, describe_input, describe_output
from whetgen.targets.verilog.folded.edges import FRAMES, IN_ORDER, RANDOM, Edge
from whetgen.targets.verilog.folded.layers import FoldedLayer, delay, draw
from whetgen.targets.verilog.folded.schedule import Times, available, busy_times, depth
from whetgen.targets.verilog.folded.sheet import CLOCK, Sheet
from whetgen.targets.verilog.folded.walk import in_order_walk, walk
from whetgen.targets.verilog.options import VerilogOptions
from whetgen.wording import counted

SEND_DELAY, CLASS_DELAY, CLASS_CYCLES = 2, 3, 4
_OUTPUT = ""  # in the place of a layer's name


class Folded:
    """``sections``, ``roms``, ``sums``, ``cycles``, ``latency`` and ``interval`` of one folded network."""

    logic = choices = ()

    def __init__(
        self,
        graph: LayerGraph,
        source: Stream,
        sink: Stream,
        identifiers: Identifiers,
        name: str,
        options: VerilogOptions,
    ):
        self.source, self.sink = source, sink
        graph, self._last = with_joined_outputs(graph, identifiers)
        self._rank = sink.kind == "class" and self._last.count > 1
        self.settings = choose_settings(graph, source.bus_bits, options, cycles, options.max_luts)
        self._sheet = Sheet(identifiers, name)
        self._edges: dict[str, Edge] = {}
        self._from: dict[str, list[str]] = {}
        self._into: dict[str, list[str]] = {}
        self._plan_edges(graph)
        self.interval = max(
            source.beats, self.sink_cycles(), *(cycles(s, self.settings[s.name]) for s in graph.layers), 1
        )
        self._plan_times(graph)
        self._receive(graph.input)
        for layer in graph.layers:
            self._draw(layer)
        self._send()
        self.estimates = {"luts_estimated": total_luts(graph, source.bus_bits, self.settings)}
        self.sections, self.roms, self.sums = self._sheet.sections, self._sheet.roms, self._sheet.sums
        self.cycles = [(s.name, cycles(s, self.settings[s.name]), *self.settings[s.name].folding) for s in graph.layers]
        self.cycles.append((sink.kind, self.sink_cycles()))

    def sink_cycles(self) -> int:
        return max(self._last.count, CLASS_CYCLES) if self._rank else self.sink.beats

    # ---- edges and times ----

    def _plan_edges(self, graph: LayerGraph) -> None:
        for layer in graph.layers:
            setting = self.settings[layer.name]
            reader = IN_ORDER if in_order(layer, setting) else FRAMES if isinstance(layer, Move) else RANDOM
            for t in layer.sources:
                each = read_elements(layer, setting)
                name = f"{t.name}_to_{layer.result.name}"
                self._add_edge(graph, layer.name, t, name, each * t.width, t.count // each, reader)
        spikes, last = self.sink.kind == "spikes", self._last
        bits, reads = (self.sink.bus_bits, self.sink.beats) if spikes else (last.width, last.count)
        self._add_edge(graph, _OUTPUT, last, f"{last.name}_to_output", bits, reads, IN_ORDER)

    def _add_edge(
        self, graph: LayerGraph, layer: str, tensor: Tensor, prefix: str, bits: int, reads: int, reader: int
    ) -> None:
        if tensor is graph.input:
            write_bits, writes = self.source.bus_bits, self.source.beats
        else:
            maker = next(s for s in graph.layers if s.result is tensor)
            pe = self.settings[maker.name].pe
            write_bits, writes = pe * tensor.width, tensor.count // pe
        name = self._sheet.identifiers.unique(prefix)
        self._edges[name] = Edge(tensor, name, write_bits, writes, bits, reads, reader, tensor is graph.input)
        self._from.setdefault(tensor.name, []).append(name)
        self._into.setdefault(layer, []).append(name)

    def _plan_times(self, graph: LayerGraph) -> None:
        """Depths of the buffers and the latency."""
        beats = np.arange(self.source.beats)
        written = {graph.input.name: Times(beats, beats)}
        taken = dict(written)
        for layer in graph.layers:
            setting, edges = self.settings[layer.name], self._reads(layer.name)
            walks = [walk(layer, setting, e) for e in edges]
            busy = busy_times(walks, [available(e, written[e.tensor.name]) for e in edges], self.interval)
            for e, w in zip(edges, walks, strict=True):
                self._deepen(e, taken[e.tensor.name], busy.at(w.free_at), w.cover)
            taken[layer.result.name] = busy.at(walks[0].result_at)
            written[layer.result.name] = taken[layer.result.name].shifted(delay(layer, setting))
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

    def _draw(self, layer: Layer) -> None:
        setting = self.settings[layer.name]
        draw(layer, FoldedLayer(layer, setting, self._reads(layer.name)), self._sheet)
        self._sheet.buffers(layer.result.name, self._written(layer.result))
        note = f"{setting}: {counted(cycles(layer, setting), 'cycle')} a frame."
        self._sheet.close(f"{layer.name}: {describe(layer)}", note)

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
