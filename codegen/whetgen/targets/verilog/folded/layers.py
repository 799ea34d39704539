"""One layer of the folded network as instances: who walks its source, who computes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

from whetgen.layers import Blend, Layer, Linear, Move, Pool
from whetgen.targets.streams import codes
from whetgen.targets.streams.setting import Setting, in_order, slides, sliding, walk_words
from whetgen.targets.streams.widths import blend_widths
from whetgen.targets.verilog.folded import sums
from whetgen.targets.verilog.folded.edges import Edge
from whetgen.targets.verilog.folded.sheet import CLOCK, Sheet, address_bits
from whetgen.targets.verilog.folded.walk import rows_free_early
from whetgen.targets.verilog.netlist import concatenation
from whetgen.wording import counted

# Cycles from a result's last word being asked for to the result's being written, by what computes it.
LINEAR_DELAY, POOL_DELAY, BLEND_DELAY, MOVE_DELAY, SLIDE_DELAY = 5, 3, 4, 4, 6


@dataclass(frozen=True)
class FoldedLayer:
    """A layer with its setting and the edges that it reads, in the order of its sources."""

    layer: Layer
    setting: Setting
    edges: tuple[Edge, ...]

    @property
    def stem(self) -> str:
        return self.layer.result.name


def delay(layer: Layer, setting: Setting) -> int:
    """Cycles from asking for a result's last word to writing the result."""
    kinds = {
        Linear: SLIDE_DELAY if slides(layer, setting) else LINEAR_DELAY,
        Pool: POOL_DELAY,
        Blend: BLEND_DELAY,
        Move: MOVE_DELAY,
    }
    return kinds[type(layer)]


@singledispatch
def draw(layer: Layer, folded: FoldedLayer, sheet: Sheet) -> None:
    """The layer's instances, but for the buffers of its result."""
    raise TypeError(f"no folded form of {type(layer).__name__}")


@draw.register
def _(layer: Linear, folded: FoldedLayer, sheet: Sheet) -> None:
    (pe, simd, planes), stem, edge = (
        (folded.setting.pe, folded.setting.simd, folded.setting.planes),
        folded.stem,
        folded.edges[0],
    )
    code, width = codes.code_of(layer), codes.sum_width(layer)
    sheet.produced(stem, pe * (1 if layer.fire else layer.result.width))
    taps = _front(layer, folded, sheet)
    w_bits, w_at, weights = sheet.rom(
        layer.name, stem, "weights",
        f"{code.bits}-bit {code.kind} weights; word = pass * steps + step, in it {counted(code.bits, 'bit')} of {counted(simd, 'input')} of {counted(pe, 'neuron')}, first in the low bits",
        codes.stored(code, codes.weight_blocks(layer, (pe, simd))), pe * simd,
    )  # fmt: skip
    rows = codes.levels(layer, code).reshape(-1, pe).tolist()
    what = "minus threshold" if layer.fire else "bias"
    l_bits, l_at, levels = sheet.rom(
        layer.name,
        stem,
        "levels",
        f"{width}-bit {what} and constants; {counted(pe, 'neuron')} a word, first in the low bits",
        rows,
        width,
    )
    field = layer.source.width // planes
    adders = sums.design(
        sheet.identifiers.unique(f"{sheet.name}_{stem}_sums"),
        f"{layer.name}: sums of {counted(simd, 'input')}",
        simd,
        field,
        code,
        width,
    )
    sheet.sums.append(adders)
    used, parts = sheet.wire(f"{stem}_taps", simd * field), sheet.wire(f"{stem}_parts", pe * adders.part_bits)
    shape = {
        "SIMD": simd, "IN_WIDTH": layer.source.width, "IN_SIGNED": int(layer.source.signed), "PLANES": planes,
        "PLANE_BITS": address_bits(planes),
    }  # fmt: skip
    ports = {
        "data": taps.get("data", f"{edge.prefix}_data"),
        "inside_map": taps["inside"],
        "plane": taps["plane"],
        "taps": used,
    }
    sheet.instance("wg_fold_taps", f"{stem}_condition", shape, ports)
    sheet.instance(
        adders.module, f"{stem}_adders", {"PE": pe}, {"clk": "clk", "taps": used, "weights": weights, "parts": parts}
    )
    shape = {
        "PE": pe, "PART_BITS": adders.part_bits, "SUM_WIDTH": width, "RESULT_WIDTH": 1 if layer.fire else layer.result.width,
        "FIRE": int(layer.fire), "STEPS": walk_words(layer, folded.setting), "PASSES": layer.neurons // pe, "PLANES": planes,
        "LEVEL_WORDS": len(rows), "WEIGHTS_BITS": w_bits, "LEVELS_BITS": l_bits,
    }  # fmt: skip
    ports = {
        **CLOCK, "tap_soon": taps["soon"], "soon_end": taps["soon_end"], "soon_last": taps["soon_last"],
        "tap_valid": taps["valid"], "tap_first": taps["first"], "tap_shift": taps["shift"], "tap_last": taps["last"],
        "tap_frame": taps["frame"], "weights_address": w_at, "levels_address": l_at, "levels": levels, "parts": parts,
        **_written(stem),
    }  # fmt: skip
    sheet.instance("wg_fold_linear", f"{stem}_neurons", shape, ports)


@draw.register
def _(layer: Pool, folded: FoldedLayer, sheet: Sheet) -> None:
    lanes, stem = folded.setting.pe, folded.stem
    sheet.produced(stem, lanes * layer.result.width)
    taps = _front(layer, folded, sheet)
    shape = {
        "LANES": lanes, "IN_WIDTH": layer.source.width, "RESULT_WIDTH": layer.result.width,
        "SIGNED": int(layer.source.signed), "LARGEST": int(layer.largest),
    }  # fmt: skip
    ports = {
        **CLOCK, **{f"tap_{name}": taps[name] for name in ("valid", "inside", "first", "last", "frame")},
        "rd_data": f"{folded.edges[0].prefix}_data", **_written(stem),
    }  # fmt: skip
    sheet.instance("wg_fold_pool", f"{stem}_pool", shape, ports)


@draw.register
def _(layer: Blend, folded: FoldedLayer, sheet: Sheet) -> None:
    lanes, stem = folded.setting.pe, folded.stem
    factor_width, sum_width = blend_widths(layer)
    out_width = 1 if layer.fire else layer.result.width
    sheet.produced(stem, lanes * out_width)
    taps = _front(layer, folded, sheet)
    words = layer.period // lanes
    factors = [layer.factor_table[:, w * lanes : (w + 1) * lanes].reshape(-1).tolist() for w in range(words)]
    packing = f"{factor_width}-bit factors; {counted(lanes, 'element')} of each operand a word"
    bits, f_at, f_data = sheet.rom(layer.name, stem, "factors", packing, factors, factor_width)
    role = "thresholds" if layer.fire else "biases"
    packing = f"{sum_width}-bit {role}; {counted(lanes, 'element')} a word"
    _, l_at, l_data = sheet.rom(
        layer.name, stem, role, packing, layer.level_table.reshape(-1, lanes).tolist(), sum_width
    )
    operands = [_widened(e, lanes, layer.operand_width, sheet) for e in folded.edges]
    shape = {
        "OPERANDS": len(operands), "LANES": lanes, "TABLE_WORDS": words, "IN_WIDTH": layer.operand_width,
        "FACTOR_WIDTH": factor_width, "SUM_WIDTH": sum_width, "OUT_WIDTH": out_width, "FIRE": int(layer.fire), "TABLE_BITS": bits,
    }  # fmt: skip
    ports = {
        **CLOCK, "tap_soon": taps["soon"], "tap_valid": taps["valid"], "tap_frame": taps["frame"],
        "rd_data": concatenation(operands), "factors_address": f_at, "factors": f_data, "levels_address": l_at,
        "levels": l_data, **_written(stem),
    }  # fmt: skip
    sheet.instance("wg_fold_blend", f"{stem}_blend", shape, ports)


@draw.register
def _(layer: Move, folded: FoldedLayer, sheet: Sheet) -> None:
    edges, width, stem = folded.edges, layer.result.width, folded.stem
    sheet.produced(stem, width)
    bits, select = max(e.offset_bits for e in edges), len(edges).bit_length()
    starts = [sum(t.count for t in layer.sources[:k]) for k in range(len(edges))]
    rows = []
    for index in layer.indices.tolist():
        source = max((k for k, s in enumerate(starts) if s <= index), default=len(edges))
        rows.append([(source << bits) + (index - starts[source] if index >= 0 else 0)])
    packing = f"source number above {counted(bits, 'bit')} of element number; source {len(edges)} is zero"
    t_bits, t_at, t_data = sheet.rom(layer.name, stem, "sources", packing, rows, bits + select)
    offset, free = sheet.wire(f"{stem}_offset", bits), sheet.wire(f"{stem}_free", 1)
    for e in edges:
        part = offset if bits == e.offset_bits else f"{offset}[{e.offset_bits - 1}:0]"
        sheet.assigns += [(f"{e.prefix}_enable", "1'b1"), (f"{e.prefix}_next", free), (f"{e.prefix}_offset", part)]
        sheet.assigns.append((f"{e.prefix}_release", f"{e.release_bits}'d{e.words}"))
    parts = [_widened(e, 1, width, sheet) for e in edges]
    shape = {
        "SOURCES": len(edges), "COUNT": layer.result.count, "WIDTH": width, "ADDRESS_BITS": bits, "SELECT_BITS": select,
        "TABLE_BITS": t_bits,
    }  # fmt: skip
    ports = {
        **CLOCK, "in_available": " && ".join(f"{e.prefix}_available" for e in edges), "rd_free": free, "rd_offset": offset,
        "rd_data": concatenation(parts), "table_address": t_at, "table_data": t_data, "out_room": f"{stem}_room",
        "out_take": f"{stem}_take", **_written(stem),
    }  # fmt: skip
    sheet.instance("wg_fold_gather", f"{stem}_gather", shape, ports)


def _written(stem: str) -> dict[str, str]:
    return {f"out_{role}": f"{stem}_{role}" for role in ("valid", "data", "last")}


def _widened(edge: Edge, count: int, width: int, sheet: Sheet) -> str:
    data = f"{edge.prefix}_data"
    if width == edge.tensor.width:
        return data
    name = sheet.wire(f"{edge.prefix}_wide", count * width)
    shape = {"COUNT": count, "IN_WIDTH": edge.tensor.width, "OUT_WIDTH": width, "SIGNED": int(edge.tensor.signed)}
    sheet.instance("wg_resize", f"{edge.prefix}_resize", shape, {"data": data, "widened": name})
    return name


# ---- Who walks the source ----

# What a reader tells about the words, as far as the layer wants to know.
_USED = {
    Linear: ("soon", "soon_end", "soon_last", "tap", "inside", "first", "shift", "final", "frame", "plane"),
    Pool: ("tap", "inside", "first", "final", "frame"),
    Blend: ("soon", "tap", "frame"),
}


def _flag(sheet: Sheet, stem: str, name: str, used: tuple[str, ...], bits: int = 1) -> str:
    return sheet.wire(f"{stem}_{name}" if name in used else f"unused_{stem}_{name}", bits)


def _front(layer: Layer, folded: FoldedLayer, sheet: Sheet) -> dict[str, str]:
    """The instance that reads the layer's sources; returns the names of its flags."""
    sheet.assigns += [(f"{e.prefix}_enable", "1'b1") for e in folded.edges]
    if slides(layer, folded.setting):
        return _slide(layer, folded, sheet)
    return _sequence(layer, folded, sheet) if in_order(layer, folded.setting) else _windows(layer, folded, sheet)


def _sequence(layer: Layer, folded: FoldedLayer, sheet: Sheet) -> dict[str, str]:
    stem, edges = folded.stem, folded.edges
    results = layer.result.count // folded.setting.pe
    used = (*_USED[type(layer)], "next")
    flags = {n: _flag(sheet, stem, n, used) for n in ("soon", "soon_last", "tap", "first", "final", "frame", "next")}
    sheet.assigns += [(f"{e.prefix}_next", flags["next"]) for e in edges]
    ports = {
        **CLOCK, "in_available": " && ".join(f"{e.prefix}_available" for e in edges), "rd_next": flags["next"],
        "out_room": f"{stem}_room", "out_take": f"{stem}_take", "tap_soon": flags["soon"], "soon_last": flags["soon_last"],
        "tap_valid": flags["tap"], "tap_first": flags["first"], "tap_last": flags["final"], "tap_frame": flags["frame"],
    }  # fmt: skip
    sheet.instance(
        "wg_fold_sequence", f"{stem}_reader", {"WINDOW": edges[0].reads // results, "RESULTS": results}, ports
    )
    fixed = {"soon_end": flags["soon_last"], "inside": "1'b1", "shift": "1'b0", "plane": "1'b0"}
    return {**flags, **fixed, "valid": flags["tap"], "last": flags["final"]}


def _windows(layer: Linear | Pool, folded: FoldedLayer, sheet: Sheet) -> dict[str, str]:
    stem, edge, g, setting = folded.stem, folded.edges[0], layer.window, folded.setting
    pooling = isinstance(layer, Pool)
    chunks = g.channels // setting.simd
    plane_bits = address_bits(setting.planes)
    names = ("soon", "soon_end", "soon_last", "tap", "inside", "first", "shift", "final", "frame")
    flags = {n: _flag(sheet, stem, n, _USED[type(layer)]) for n in names}
    flags["plane"] = _flag(sheet, stem, "plane", _USED[type(layer)], plane_bits)
    shape = {
        "HEIGHT": g.height, "WIDTH": g.width, "CHUNKS": chunks, **sliding(g),
        "PASSES": chunks if pooling else layer.neurons // setting.pe, "PLANES": setting.planes, "BY_CHANNEL": int(pooling),
        "BY_ROW": int(rows_free_early(g, edge)), "PARTS": edge.parts, "FRAME_WORDS": edge.words,
        "OFFSET_BITS": edge.offset_bits, "RELEASE_BITS": edge.release_bits, "PLANE_BITS": plane_bits,
    }  # fmt: skip
    ports = {
        **CLOCK, "in_any": f"{edge.prefix}_any", "in_available": f"{edge.prefix}_available", "rd_offset": f"{edge.prefix}_offset",
        "rd_next": f"{edge.prefix}_next", "rd_release": f"{edge.prefix}_release", "out_room": f"{stem}_room", "out_take": f"{stem}_take",
        "tap_soon": flags["soon"], "soon_end": flags["soon_end"], "soon_last": flags["soon_last"],
        "tap_valid": flags["tap"], "tap_inside": flags["inside"], "tap_first": flags["first"], "tap_shift": flags["shift"],
        "tap_last": flags["final"], "tap_frame": flags["frame"], "tap_plane": flags["plane"],
    }  # fmt: skip
    sheet.instance("wg_fold_windows", f"{stem}_reader", shape, ports)
    return {**flags, "valid": flags["tap"], "last": flags["final"]}


def _slide(layer: Linear, folded: FoldedLayer, sheet: Sheet) -> dict[str, str]:
    stem, edge, g, setting = folded.stem, folded.edges[0], layer.window, folded.setting
    plane_bits = address_bits(setting.planes)
    names = ("soon", "soon_end", "soon_last", "tap", "first", "shift", "final", "frame")
    flags = {n: sheet.wire(f"{stem}_{n}", 1) for n in names}
    flags["plane"] = sheet.wire(f"{stem}_plane", plane_bits)
    flags["data"] = sheet.wire(f"{stem}_window", setting.simd * layer.source.width)
    height, width = g.touched
    shape = {
        "HEIGHT": g.height, "WIDTH": g.width, "VIRTUAL_HEIGHT": height, "VIRTUAL_WIDTH": width, **sliding(g),
        "PIXEL_BITS": edge.read_bits, "FOLDS": walk_words(layer, setting), "PLANES": setting.planes,
        "PASSES": layer.neurons // setting.pe, "PLANE_BITS": plane_bits,
    }  # fmt: skip
    ports = {
        **CLOCK, "in_available": f"{edge.prefix}_available", "rd_next": f"{edge.prefix}_next", "rd_data": f"{edge.prefix}_data",
        "out_room": f"{stem}_room", "out_take": f"{stem}_take", "tap_soon": flags["soon"], "soon_end": flags["soon_end"],
        "soon_last": flags["soon_last"], "tap_valid": flags["tap"], "tap_first": flags["first"], "tap_shift": flags["shift"],
        "tap_last": flags["final"], "tap_frame": flags["frame"], "tap_plane": flags["plane"], "tap_data": flags["data"],
    }  # fmt: skip
    sheet.instance("wg_fold_slide", f"{stem}_reader", shape, ports)
    return {**flags, "inside": "1'b1", "valid": flags["tap"], "last": flags["final"]}
