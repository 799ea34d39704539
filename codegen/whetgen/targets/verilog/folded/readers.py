"""Who reads a layer's sources: an instance that asks for the words and says what each of them is for the result."""

from __future__ import annotations

from collections.abc import Iterable

from whetgen.layers import Blend, Linear, Pool, Window
from whetgen.targets.streams.setting import in_order, slides, sliding, walk_words
from whetgen.targets.verilog.folded.layer import FoldedLayer
from whetgen.targets.verilog.folded.sections import FoldedSections, address_bits
from whetgen.targets.verilog.folded.timetable import rows_free_early
from whetgen.targets.verilog.sections import CLOCK

Flags = dict[str, str]  # by port, the wire

# What a reader tells about the words, as far as the layer wants to know.
_USED = {
    Linear: (
        "tap_soon", "soon_end", "soon_last", "tap_valid", "tap_inside", "tap_first", "tap_shift", "tap_last", "tap_frame",
        "tap_plane",
    ),
    Pool: ("tap_valid", "tap_inside", "tap_first", "tap_last", "tap_frame"),
    Blend: ("tap_soon", "tap_valid", "tap_frame"),
}  # fmt: skip


def reader(folded: FoldedLayer, sections: FoldedSections) -> Flags:
    """The instance that reads the layer's sources; returns the flags that it drives."""
    for buffer in folded.buffers:
        sections.assign(f"{buffer.prefix}_enable", "1'b1")
    layer = folded.layer
    if isinstance(layer, Linear) and slides(layer, folded.setting):
        return _slide(layer, folded, sections)
    if isinstance(layer, Linear | Pool) and not in_order(layer, folded.setting):
        return _windows(layer, folded, sections)
    return _sequence(folded, sections)


def _flags(folded: FoldedLayer, sections: FoldedSections, ports: Iterable[str]) -> Flags:
    """A wire for each port, named as unused where the layer does not want to know."""
    used, bits = _USED[type(folded.layer)], {"tap_plane": address_bits(folded.setting.planes)}
    return {
        port: sections.wire(f"{'' if port in used else 'unused_'}{folded.prefix}_{port}", bits.get(port, 1))
        for port in ports
    }


def _sequence(folded: FoldedLayer, sections: FoldedSections) -> Flags:
    results = folded.layer.result.count // folded.setting.pe
    told = ("tap_soon", "soon_last", "tap_valid", "tap_first", "tap_last", "tap_frame")
    flags, following = _flags(folded, sections, told), sections.wire(f"{folded.prefix}_next", 1)
    for buffer in folded.buffers:
        sections.assign(f"{buffer.prefix}_next", following)
    shape = {"WINDOW": folded.buffers[0].reads // results, "RESULTS": results}
    ports = {**CLOCK, "in_available": folded.available, "rd_next": following, **folded.room, **flags}
    sections.instance("wg_fold_sequence", f"{folded.prefix}_reader", shape, ports)
    return {**flags, "soon_end": flags["soon_last"], "tap_inside": "1'b1", "tap_shift": "1'b0", "tap_plane": "1'b0"}


def _windows(layer: Linear | Pool, folded: FoldedLayer, sections: FoldedSections) -> Flags:
    setting, (buffer,) = folded.setting, folded.buffers
    window, chunks = layer.window, layer.window.channels // setting.simd
    flags = _flags(folded, sections, _USED[Linear])
    shape = {
        "CHUNKS": chunks, **_map(window),
        "PASSES": layer.neurons // setting.pe if isinstance(layer, Linear) else chunks,
        "PLANES": setting.planes, "BY_CHANNEL": int(isinstance(layer, Pool)),
        "BY_ROW": int(rows_free_early(window, buffer)), "PARTS": buffer.parts, "FRAME_WORDS": buffer.words,
        "OFFSET_BITS": buffer.offset_bits, "RELEASE_BITS": buffer.release_bits, "PLANE_BITS": address_bits(setting.planes),
    }  # fmt: skip
    read = {f"rd_{role}": f"{buffer.prefix}_{role}" for role in ("offset", "next", "release")}
    ports = {
        **CLOCK, "in_any": f"{buffer.prefix}_any", "in_available": folded.available, **read, **folded.room, **flags,
    }  # fmt: skip
    sections.instance("wg_fold_windows", f"{folded.prefix}_reader", shape, ports)
    return flags


def _map(window: Window) -> dict[str, int]:
    """The map and how the window moves over it; nothing for a dense layer, whose map is one pixel as in the defaults."""
    if window == Window.whole(window.channels):
        return {}
    return {"HEIGHT": window.height, "WIDTH": window.width, **sliding(window)}


def _slide(layer: Linear, folded: FoldedLayer, sections: FoldedSections) -> Flags:
    setting, (buffer,) = folded.setting, folded.buffers
    flags = _flags(folded, sections, [port for port in _USED[Linear] if port != "tap_inside"])
    flags["tap_data"] = sections.wire(f"{folded.prefix}_window", setting.simd * layer.source.width)
    height, width = layer.window.touched
    shape = {
        "VIRTUAL_HEIGHT": height, "VIRTUAL_WIDTH": width, **_map(layer.window), "PIXEL_BITS": buffer.read_bits,
        "FOLDS": walk_words(layer, setting), "PLANES": setting.planes, "PASSES": layer.neurons // setting.pe,
        "PLANE_BITS": address_bits(setting.planes),
    }  # fmt: skip
    ports = {
        **CLOCK, "in_available": folded.available, "rd_next": f"{buffer.prefix}_next", "rd_data": f"{buffer.prefix}_data",
        **folded.room, **flags,
    }  # fmt: skip
    sections.instance("wg_fold_slide", f"{folded.prefix}_reader", shape, ports)
    return {**flags, "tap_inside": "1'b1"}
