"""The folded network: layers side by side on streams, PE neurons and SIMD inputs of each in a cycle.

See ``schedule`` for the cycles. Convolutions and pools keep the rows that their windows still need, dense layers that read each
word once keep nothing, element-wise sums wait in buffers as deep as the schedule asks for. Three things wait for whole frames: the
input (a malformed frame must leave no trace), layers that only move elements, and windows that lie wholly below the map.
"""

from __future__ import annotations

from whetgen.layers import Layer, LayerGraph, Tensor
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.folding import choose_settings, layer_luts, total_luts
from whetgen.targets.streams.network import with_joined_outputs
from whetgen.targets.streams.setting import LayerCycles, Setting, cycles
from whetgen.targets.streams.streams import Stream, describe_input, describe_output
from whetgen.targets.verilog.folded.flow import OUTPUT, Ends, Flow, flow
from whetgen.targets.verilog.folded.hardened import HardenedSections
from whetgen.targets.verilog.folded.instances import draw
from whetgen.targets.verilog.folded.layer import FoldedLayer
from whetgen.targets.verilog.folded.sections import FoldedSections
from whetgen.targets.verilog.network import Network
from whetgen.targets.verilog.options import VerilogOptions
from whetgen.targets.verilog.sections import CLOCK, axis_ports
from whetgen.wording import counted


def folded_network(
    graph: LayerGraph, source: Stream, sink: Stream, identifiers: Identifiers, name: str, options: VerilogOptions
) -> Network:
    """Every layer in the setting that the options ask for, or that the cost model chooses."""
    graph, last = with_joined_outputs(graph, identifiers)
    settings, ends = (
        choose_settings(graph, source.bus_bits, options, cycles, options.max_luts),
        Ends(source, sink, last),
    )
    busy = {layer.name: cycles(layer, settings[layer.name]) for layer in graph.layers}
    interval = max(source.beats, ends.sending, *busy.values(), 1)
    planned = flow(graph, settings, ends, interval, identifiers)
    plain = (identifiers, name)
    sections = HardenedSections(*plain, options.harden, sink) if options.harden else FoldedSections(*plain)
    _receive(graph.input, ends.source, planned, sections)
    for layer in graph.layers:
        _draw(layer, settings[layer.name], planned, sections)
    _send(ends, planned, sections)
    sections.end(graph.input.name)
    own = (LayerCycles(name, busy[name], *settings[name].folding) for name in busy)
    return Network(
        latency_cycles=planned.latency,
        initiation_interval_cycles=interval,
        cycles=(*own, LayerCycles(sink.kind, ends.sending)),
        sections=tuple(sections.closed),
        estimates={"luts_estimated": total_luts(graph, source.bus_bits, settings)},
        spans=tuple(planned.spans),
        luts_by_layer=layer_luts(graph, source.bus_bits, settings),
        roms=tuple(sections.roms),
        adders=tuple(sections.adders),
    )


def _draw(layer: Layer, setting: Setting, planned: Flow, sections: FoldedSections) -> None:
    draw(layer, FoldedLayer(layer, setting, planned.into(layer.name)), sections)
    sections.buffers(layer.result.name, planned.out_of(layer.result))
    note = f"{setting}: {counted(cycles(layer, setting), 'cycle')} a frame."
    sections.close(f"{layer.name}: {layer.summary}", note)


def _receive(tensor: Tensor, source: Stream, planned: Flow, sections: FoldedSections) -> None:
    prefix = tensor.name
    sections.produced(prefix, source.bus_bits)
    drop = sections.wire(f"{prefix}_drop", 1)
    sections.assign(f"{prefix}_take", f"{prefix}_valid")
    sections.buffers(prefix, planned.out_of(tensor), drop)
    ports = {
        **CLOCK, **axis_ports("s_axis"),
        "out_free": f"{prefix}_room", "out_valid": f"{prefix}_valid", "out_data": f"{prefix}_data", "out_last": f"{prefix}_last",
        "out_drop": drop, "err_frames": "err_frames",
    }  # fmt: skip
    sections.instance("wg_receive", "receive", {"BUS_WIDTH": source.bus_bits, "BEATS": source.beats}, ports)
    sections.close("Input stream", describe_input(source))


def _send(ends: Ends, planned: Flow, sections: FoldedSections) -> None:
    (buffer,), sink, last = planned.into(OUTPUT), ends.sink, ends.last
    b, wide = buffer.prefix, {"WIDTH": buffer.read_bits, "BUS_WIDTH": sink.bus_bits}
    ports = {
        **CLOCK, "in_available": f"{b}_available", "rd_next": f"{b}_next", "rd_data": f"{b}_data",
        **axis_ports("m_axis"),
    }  # fmt: skip
    if ends.ranks:
        sections.assign(f"{b}_enable", "1'b1")
        sections.instance("wg_fold_argmax", "send", {"COUNT": last.count, "SIGNED": int(last.signed), **wide}, ports)
    else:
        shape = {"BEATS": sink.beats, "SIGNED": int(last.signed and sink.kind != "spikes"), **wide}
        sections.instance("wg_fold_send", "send", shape, {**ports, "rd_enable": f"{b}_enable"})
    sections.close("Output stream", describe_output(sink))
