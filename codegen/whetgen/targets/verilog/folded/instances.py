"""The instances of one folded layer: who reads its sources, its tables, who computes."""

from __future__ import annotations

from functools import singledispatch

from whetgen.layers import Blend, Layer, Linear, Move, Pool
from whetgen.targets.streams import weight_codes
from whetgen.targets.streams.setting import walk_words
from whetgen.targets.streams.thresholds import summed
from whetgen.targets.streams.widths import blend_widths
from whetgen.targets.verilog.constants import concatenation
from whetgen.targets.verilog.folded.adders import Adders, adders
from whetgen.targets.verilog.folded.buffers import StreamBuffer
from whetgen.targets.verilog.folded.layer import FoldedLayer
from whetgen.targets.verilog.folded.readers import Flags, reader
from whetgen.targets.verilog.folded.rows import element_rows, level_rows, move_rows, weight_rows
from whetgen.targets.verilog.folded.sections import FoldedSections, address_bits
from whetgen.targets.verilog.folded.thresholds import compare, written
from whetgen.targets.verilog.folded.word_adders import WordAdders, word_adders
from whetgen.targets.verilog.sections import CLOCK
from whetgen.wording import counted


@singledispatch
def draw(layer: Layer, folded: FoldedLayer, sections: FoldedSections) -> None:
    """The layer's wires and instances, but for the buffers of its result."""
    raise TypeError(f"no folded form of {type(layer).__name__}")


@draw.register
def _(layer: Linear, folded: FoldedLayer, sections: FoldedSections) -> None:
    pe, sums = folded.setting.pe, summed(layer)
    sections.produced(folded.prefix, pe * layer.result.width)
    flags = reader(folded, sections)
    weights, levels = _weights(layer, folded, sections), _levels(layer, folded, sections)
    made = _adders(sums, folded, sections)
    parts = _sum_up(layer, folded, sections, flags, weights["weights"], made)
    passes, words = layer.neurons // pe, walk_words(layer, folded.setting)
    shape = {
        "PE": pe, "PART_BITS": made.part_bits, "SUM_WIDTH": weight_codes.sum_width(sums),
        "RESULT_WIDTH": sums.result.width, "FIRE": int(sums.fire), "STEPS": words, "PASSES": passes, "PLANES": folded.setting.planes,
        "LEVEL_WORDS": passes * len(layer.levels), "WEIGHTS_BITS": address_bits(passes * words),
        "LEVELS_BITS": address_bits(passes * len(layer.levels)),
    }  # fmt: skip
    out = written(layer, sums.result.width, folded, sections)
    told = ("tap_soon", "soon_end", "soon_last", "tap_valid", "tap_first", "tap_shift", "tap_last", "tap_frame")
    ports = {
        **CLOCK, **{port: flags[port] for port in told}, "weights_address": weights["weights_address"], **levels,
        "parts": parts, **out,
    }  # fmt: skip
    sections.instance("wg_fold_linear", f"{folded.prefix}_neurons", shape, ports)
    compare(layer, sums.result.width, out, level_rows(layer, pe), folded, sections)


def _weights(layer: Linear, folded: FoldedLayer, sections: FoldedSections) -> dict[str, str]:
    pe, simd = folded.setting.folding
    code = weight_codes.code_of(layer)
    packing = (
        f"{code.bits}-bit {code.kind} weights of {counted(pe, 'neuron')} and {counted(simd, 'input')} a word: the lowest bits "
        "of all of them, input by input, then the next bits, first in the low bits"
    )
    words = weight_codes.stored(code, weight_codes.weight_blocks(layer, (pe, simd)))
    rows = list(zip(weight_rows(layer, folded.setting), words, strict=True))
    return sections.rom(layer.name, folded.prefix, "weights", packing, rows, pe * simd)


def _levels(layer: Linear, folded: FoldedLayer, sections: FoldedSections) -> dict[str, str]:
    pe, sums, code = folded.setting.pe, summed(layer), weight_codes.code_of(layer)
    width = weight_codes.sum_width(sums)
    packing = (
        f"{width}-bit starts of {counted(pe, 'sum')} a word, first in the low bits: {'minus threshold' if layer.fire else 'bias'}, "
        "and what the stored form of the weights adds too much"
    )
    words = (
        weight_codes.levels(sums, code, weight_codes.adds_words(layer, code, folded.setting)).reshape(-1, pe).tolist()
    )
    rows = list(zip(level_rows(layer, pe), words, strict=True))
    return sections.rom(layer.name, folded.prefix, "levels", packing, rows, width)


def _adders(layer: Linear, folded: FoldedLayer, sections: FoldedSections) -> Adders | WordAdders:
    simd = folded.setting.simd
    code = weight_codes.code_of(layer)
    add_up = word_adders if weight_codes.adds_words(layer, code, folded.setting) else adders
    made = add_up(
        sections.identifiers.unique(f"{sections.name}_{folded.prefix}_sums"),
        f"{layer.name}: sums of {counted(simd, 'input')}",
        simd,
        layer.source.width // folded.setting.planes,
        code,
        weight_codes.sum_width(layer),
    )
    sections.adders.append(made)
    return made


def _sum_up(
    layer: Linear, folded: FoldedLayer, sections: FoldedSections, flags: Flags, weights: str, made: Adders | WordAdders
) -> str:
    """The word's bits in order, and the adders over them; returns the wire of the partial sums."""
    source, (pe, simd), prefix = layer.source, folded.setting.folding, folded.prefix
    taps, parts = sections.wire(f"{prefix}_taps", made.taps_bits), sections.wire(f"{prefix}_parts", pe * made.part_bits)
    shape = {
        "SIMD": simd, "IN_WIDTH": source.width, "IN_SIGNED": int(source.signed), "PLANES": folded.setting.planes,
        "PLANE_BITS": address_bits(folded.setting.planes),
    }  # fmt: skip
    ports = {
        "data": flags.get("tap_data", f"{folded.buffers[0].prefix}_data"), "inside_map": flags["tap_inside"],
        "plane": flags["tap_plane"], "taps": taps,
    }  # fmt: skip
    sections.instance("wg_fold_taps", f"{prefix}_condition", shape, ports)
    ports = {"clk": "clk", "taps": taps, "weights": weights, "parts": parts}
    sections.instance(made.module, f"{prefix}_adders", {"PE": pe}, ports)
    return parts


@draw.register
def _(layer: Pool, folded: FoldedLayer, sections: FoldedSections) -> None:
    lanes = folded.setting.pe
    sections.produced(folded.prefix, lanes * layer.result.width)
    flags = reader(folded, sections)
    shape = {
        "LANES": lanes, "IN_WIDTH": layer.source.width, "RESULT_WIDTH": layer.result.width,
        "SIGNED": int(layer.source.signed), "LARGEST": int(layer.largest),
    }  # fmt: skip
    told = ("tap_valid", "tap_inside", "tap_first", "tap_last", "tap_frame")
    ports = {
        **CLOCK, **{port: flags[port] for port in told}, "rd_data": f"{folded.buffers[0].prefix}_data", **folded.written,
    }  # fmt: skip
    sections.instance("wg_fold_pool", f"{folded.prefix}_pool", shape, ports)


@draw.register
def _(layer: Blend, folded: FoldedLayer, sections: FoldedSections) -> None:
    lanes, words = folded.setting.pe, layer.period // folded.setting.pe
    sums = summed(layer)
    factor_width, sum_width = blend_widths(sums)
    sections.produced(folded.prefix, lanes * layer.result.width)
    flags = reader(folded, sections)
    tables = _blend_tables(sums, folded, sections)
    operands = [_widened(b, lanes, layer.operand_width, sections) for b in folded.buffers]
    shape = {
        "OPERANDS": len(operands), "LANES": lanes, "TABLE_WORDS": words, "IN_WIDTH": layer.operand_width,
        "FACTOR_WIDTH": factor_width, "SUM_WIDTH": sum_width, "OUT_WIDTH": sums.result.width, "FIRE": int(sums.fire),
        "TABLE_BITS": address_bits(words),
    }  # fmt: skip
    out = written(layer, sums.result.width, folded, sections)
    told = ("tap_soon", "tap_valid", "tap_frame")
    ports = {
        **CLOCK, **{port: flags[port] for port in told}, "rd_data": concatenation(operands), **tables, **out,
    }  # fmt: skip
    sections.instance("wg_fold_blend", f"{folded.prefix}_blend", shape, ports)
    compare(layer, sums.result.width, out, element_rows(layer.period, lanes), folded, sections)


def _blend_tables(layer: Blend, folded: FoldedLayer, sections: FoldedSections) -> dict[str, str]:
    lanes = folded.setting.pe
    factor_width, sum_width = blend_widths(layer)
    owners = list(element_rows(layer.period, lanes))
    begins = range(0, layer.period, lanes)
    factors = [layer.factor_table[:, w : w + lanes].reshape(-1).tolist() for w in begins]
    levels = [layer.level_table[w : w + lanes].tolist() for w in begins]
    again = (
        f"; of {counted(layer.result.count, 'element')}, every {layer.period} alike"
        if layer.period < layer.result.count
        else ""
    )
    each = counted(lanes, "element")
    packing = f"{factor_width}-bit factors; {each} of each operand a word{again}"
    rows = list(zip(owners, factors, strict=True))
    tables = sections.rom(layer.name, folded.prefix, "factors", packing, rows, factor_width)
    packing = f"{sum_width}-bit {'thresholds' if layer.fire else 'biases'}; {each} a word{again}"
    rows = list(zip(owners, levels, strict=True))
    return tables | sections.rom(layer.name, folded.prefix, "levels", packing, rows, sum_width)


@draw.register
def _(layer: Move, folded: FoldedLayer, sections: FoldedSections) -> None:
    buffers, width, prefix = folded.buffers, layer.result.width, folded.prefix
    sections.produced(prefix, width)
    bits, select = max(b.offset_bits for b in buffers), len(buffers).bit_length()
    packing = f"source number above {counted(bits, 'bit')} of element number; source {len(buffers)} is zero"
    rows = [(owner, [(source << bits) + place]) for owner, source, place in move_rows(layer)]
    table = sections.rom(layer.name, prefix, "sources", packing, rows, bits + select)
    offset, free = sections.wire(f"{prefix}_offset", bits), sections.wire(f"{prefix}_free", 1)
    for b in buffers:
        sections.assign(f"{b.prefix}_enable", "1'b1")
        sections.assign(f"{b.prefix}_next", free)
        sections.assign(f"{b.prefix}_offset", offset if bits == b.offset_bits else f"{offset}[{b.offset_bits - 1}:0]")
        sections.assign(f"{b.prefix}_release", f"{b.release_bits}'d{b.words}")
    shape = {
        "SOURCES": len(buffers), "COUNT": layer.result.count, "WIDTH": width, "ADDRESS_BITS": bits, "SELECT_BITS": select,
        "TABLE_BITS": address_bits(len(rows)),
    }  # fmt: skip
    ports = {
        **CLOCK, "in_available": folded.available, "rd_free": free, "rd_offset": offset,
        "rd_data": concatenation([_widened(b, 1, width, sections) for b in buffers]),
        "table_address": table["sources_address"], "table_data": table["sources"], **folded.room, **folded.written,
    }  # fmt: skip
    sections.instance("wg_fold_gather", f"{prefix}_gather", shape, ports)


def _widened(buffer: StreamBuffer, count: int, width: int, sections: FoldedSections) -> str:
    return sections.resized(f"{buffer.prefix}_data", buffer.tensor, count, width, f"{buffer.prefix}_wide")
