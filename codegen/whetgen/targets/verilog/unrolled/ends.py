"""Both ends of an unrolled network: the frame that comes in, and what is sent of the result."""

from __future__ import annotations

from dataclasses import replace

from whetgen.ir.integers import signed_bits
from whetgen.layers import Tensor
from whetgen.targets.streams.streams import Stream, describe_input, describe_output
from whetgen.targets.verilog.constants import concatenation
from whetgen.targets.verilog.sections import CLOCK, Wire
from whetgen.targets.verilog.unrolled.buses import Buses
from whetgen.targets.verilog.unrolled.slices import end_ports


def argmax_levels(count: int) -> int:
    """Rounds of a tournament of so many scores, a cycle each."""
    return (count - 1).bit_length()


def receive(tensor: Tensor, source: Stream, buses: Buses, sliced: bool) -> None:
    """The section of the input stream; ``sliced``: behind a register slice."""
    sections = buses.sections
    for name, width in ((tensor.name, tensor.bits), ("frame_valid", 1), ("frame_ready", 1)):
        sections.named_wire(name, width)
    shape = {"BUS_WIDTH": source.bus_bits, "BEATS": source.beats, "FRAME_WIDTH": tensor.bits}
    ports = {
        **CLOCK, **end_ports("s_axis", source, sliced, sections), "frame": tensor.name,
        "frame_valid": "frame_valid", "frame_ready": "frame_ready", "err_frames": "err_frames",
    }  # fmt: skip
    sections.instance("wg_frame_in", "receive", shape, ports)
    sections.close("Input stream", describe_input(source))
    buses.ready[tensor.name] = 0


def send(outputs: tuple[Tensor, ...], source: Stream, sink: Stream, buses: Buses, sliced: bool) -> int:
    """The section of the output stream, ``sliced``: in front of a register slice; returns the cycles from the frame to its result."""
    cycle, found = buses.meet(outputs)
    rank = sink.kind == "class" and outputs[0].count > 1
    width = max(signed_bits(t.lo, t.hi) for t in outputs) if rank else sink.element_bits
    parts = [
        buses.sections.resized(b, t, t.count, width, f"{t.name}_{k}_sent")
        for k, (b, t) in enumerate(zip(found, outputs, strict=True))
    ]
    payload = concatenation(parts)
    if rank:
        payload, cycle = _class(payload, outputs[0].count, width, sink, buses), cycle + argmax_levels(outputs[0].count)
    _leave(payload, cycle, source, sink, buses, sliced)
    buses.sections.close("Output stream", describe_output(sink))
    return cycle


def _class(scores: str, count: int, width: int, sink: Stream, buses: Buses) -> str:
    bits = sink.element_bits
    indices = buses.sections.constant("class_numbers", range(count), bits, "Class number of each score")
    winner = buses.sections.wire("winner", bits)
    shape = {"COUNT": count, "WIDTH": width, "INDEX_WIDTH": bits}
    buses.clocked_instance("wg_argmax", "argmax", shape, {"scores": scores, "indices": indices, "index": winner})
    return winner


def _leave(payload: str, depth: int, source: Stream, sink: Stream, buses: Buses, sliced: bool) -> None:
    sections, bits = buses.sections, sink.beats * sink.bus_bits
    room = bits - sink.frame_bits
    frame = sections.wire("result", bits, f"{{{room}'d0, {payload}}}" if room else payload)
    advance, first = "advance" if buses.clocked else "unused_advance", sections.closed[0]
    sections.closed[0] = replace(first, wires=(*first.wires, Wire(advance, 1)))
    for name in ("result_valid", "result_ready"):
        sections.named_wire(name, 1)
    shape = {"STAGES": depth, "INTERVAL": sink.beats if sink.beats > source.beats else 1}
    ports = {
        **CLOCK, "in_valid": "frame_valid", "in_ready": "frame_ready", "out_valid": "result_valid",
        "out_ready": "result_ready", "advance": advance,
    }  # fmt: skip
    sections.instance("wg_pipeline", "pipeline", shape, ports)
    ports = {
        **CLOCK, "frame": frame, "frame_valid": "result_valid", "frame_ready": "result_ready",
        **end_ports("m_axis", sink, sliced, sections),
    }  # fmt: skip
    sections.instance("wg_frame_out", "send", {"BUS_WIDTH": sink.bus_bits, "BEATS": sink.beats}, ports)
