"""``--register-slices``: what stands between a stream of the top and the module at its end."""

from __future__ import annotations

from whetgen.targets.streams.streams import Stream
from whetgen.targets.verilog.sections import CLOCK, Sections, axis_ports


def slice_bits(source: Stream, sink: Stream) -> int:
    """Bits of an item, tdata and tlast, of both register slices."""
    return source.bus_bits + sink.bus_bits + 2


def end_ports(side: str, stream: Stream, sliced: bool, sections: Sections) -> dict[str, str]:
    """Connections of the module at the end ``side``, ``s_axis`` or ``m_axis``: to the top's ports, or to a register slice that is made here."""
    outer = axis_ports(side)
    if not sliced:
        return outer
    widths = {"tdata": stream.bus_bits, "tvalid": 1, "tready": 1, "tlast": 1}
    inner = {f"{side}_{name}": sections.wire(f"{side}_{name}_sliced", width) for name, width in widths.items()}
    into, out = (outer, inner) if side == "s_axis" else (inner, outer)
    ports = {**CLOCK, **_sides(side, "in", into), **_sides(side, "out", out)}
    sections.instance("wg_slice", f"{side}_slice", {"WIDTH": stream.bus_bits + 1}, ports)
    return inner


def _sides(stream: str, side: str, wires: dict[str, str]) -> dict[str, str]:
    """Ports of one side of a slice."""
    item = f"{{{wires[f'{stream}_tlast']}, {wires[f'{stream}_tdata']}}}"
    return {
        f"{side}_item": item,
        f"{side}_valid": wires[f"{stream}_tvalid"],
        f"{side}_ready": wires[f"{stream}_tready"],
    }
