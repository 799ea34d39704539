"""The structs and tables that instantiate a kernel of ``hdl/hls`` for one layer."""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from whetgen.layers import Blend, Linear, Move, Pool, Tensor, Window
from whetgen.targets.hls.records import Pairs, Shape, Table
from whetgen.targets.hls.tables import index_bits, make_table
from whetgen.targets.hls.trips import in_order
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.codes import weight_blocks
from whetgen.targets.streams.setting import Setting, read_elements, slides, sliding, walk_words
from whetgen.targets.streams.widths import blend_widths, layer_widths
from whetgen.wording import counted


def element(tensor: Tensor) -> str:
    """C++ type of one element."""
    return f"wg_{'int' if tensor.signed else 'uint'}<{tensor.width}>"


def linear(name: str, layer: Linear, setting: Setting) -> Shape:
    """For ``wg_linear`` and what makes its windows."""
    pe, simd = setting.folding
    weight, total = layer_widths(layer)
    types = (
        *_words(layer.source, simd, layer.result, pe),
        ("weight", f"wg_table<{weight}>"),
        ("level", f"wg_table<{total}>"),
        ("sum", f"wg_int<{total}>"),
    )
    windows, pixel = (
        _slide(layer, setting) if slides(layer, setting) else (_window(layer.window, simd, lowest=False), ())
    )
    return Shape(
        name,
        types + pixel,
        _constants(
            **windows,
            PE=pe,
            SIMD=simd,
            POSITIONS=layer.window.positions,
            STEPS=walk_words(layer, setting),
            PLANES=setting.planes,
            IN_SIGNED=layer.source.signed,
            PASSES=layer.neurons // pe,
            LEVEL_ROWS=len(layer.levels),
            FIRE=layer.fire,
        ),
    )


def linear_tables(layer: Linear, setting: Setting, names: Identifiers) -> tuple[Table, Table]:
    """Weights row by row of the walk; thresholds or biases pass by pass."""
    (pe, simd), (weight, total) = setting.folding, layer_widths(layer)
    role, stem = "thresholds" if layer.fire else "biases", layer.result.name
    return (
        make_table(
            names.unique(f"{stem}_weights"),
            f"{layer.name}: weights [pass * steps + step][{counted(pe, 'neuron')}][{counted(simd, 'input')}]",
            weight_blocks(layer, setting.folding),
            weight,
        ),
        make_table(
            names.unique(f"{stem}_{role}"),
            f"{layer.name}: {role} [position and pass][{counted(pe, 'neuron')}]",
            layer.levels.reshape(-1, pe),
            total,
        ),
    )


def pool(name: str, layer: Pool, lanes: int) -> Shape:
    """For ``wg_window`` and ``wg_pool``."""
    g, lowest = layer.window, layer.largest and layer.result.signed
    return Shape(
        name,
        _words(layer.source, lanes, layer.result, lanes),
        _constants(
            **{"CHUNKS": g.channels // lanes, **_window(g, lanes, lowest)},
            PE=lanes,
            SIMD=lanes,
            POSITIONS=g.positions,
            TAPS=g.taps,
            LARGEST=layer.largest,
        ),
    )


def blend(name: str, layer: Blend, lanes: int) -> Shape:
    """For ``wg_blend``."""
    factor, total = blend_widths(layer)
    types = (
        ("element_in", f"wg_int<{layer.operand_width}>"),
        ("word_in", f"wg_uint<{lanes * layer.operand_width}>"),
        *_words(layer.sources[0], lanes, layer.result, lanes)[2:],
        ("weight", f"wg_table<{factor}>"),
        ("level", f"wg_table<{total}>"),
        ("sum", f"wg_int<{total}>"),
    )
    return Shape(
        name,
        types,
        _constants(
            OPERANDS=len(layer.sources),
            PE=lanes,
            WORDS=layer.result.count // lanes,
            TABLE_ROWS=layer.period // lanes,
            FIRE=layer.fire,
        ),
    )


def blend_tables(layer: Blend, lanes: int, names: Identifiers) -> tuple[Table, Table]:
    """Factors and thresholds (or biases), ``lanes`` elements a row."""
    (factor, total), stem = blend_widths(layer), layer.result.name
    role = "thresholds" if layer.fire else "biases"
    factors = layer.factor_table.reshape(len(layer.factors), -1, lanes).transpose(1, 0, 2)
    return (
        make_table(
            names.unique(f"{stem}_factors"),
            f"{layer.name}: factors [row][{counted(len(layer.factors), 'operand')}][{counted(lanes, 'element')}]",
            factors,
            factor,
        ),
        make_table(
            names.unique(f"{stem}_{role}"),
            f"{layer.name}: {role} [row][{counted(lanes, 'element')}]",
            layer.level_table.reshape(-1, lanes),
            total,
        ),
    )


def move(name: str, layer: Move) -> Shape:
    """For ``wg_append`` and ``wg_gather``."""
    total = sum(t.count for t in layer.sources)
    types = (("element", f"wg_uint<{layer.result.width}>"), ("index", f"wg_table<{index_bits(total)}>"))
    return Shape(name, types, _constants(SOURCES=len(layer.sources), TOTAL=total, COUNT=layer.result.count))


def move_tables(layer: Move, names: Identifiers) -> tuple[Table, ...]:
    """Where each source ends and, unless all elements stay in order, where each result comes from."""
    stem, total = layer.result.name, sum(t.count for t in layer.sources)
    ends = np.array(list(accumulate(t.count for t in layer.sources)))
    table = make_table(names.unique(f"{stem}_ends"), f"{layer.name}: elements of the sources so far", ends, 32)
    if layer.in_order:
        return (table,)
    indices = np.where(layer.indices < 0, total, layer.indices)
    comment = f"{layer.name}: where each element comes from; {total} is zero"
    return table, make_table(names.unique(f"{stem}_indices"), comment, indices, index_bits(total))


def _words(source: Tensor, lanes_in: int, result: Tensor, lanes_out: int) -> Pairs:
    return (
        ("element_in", element(source)),
        ("word_in", f"wg_uint<{lanes_in * source.width}>"),
        ("element_out", element(result)),
        ("word_out", f"wg_uint<{lanes_out * result.width}>"),
    )


def _window(g: Window, simd: int, lowest: bool) -> dict[str, int | bool]:
    """Constants of ``wg_window``, where the layer has one."""
    if in_order(g):
        return {}
    chunks = g.channels // simd
    return {"HEIGHT": g.height, "WIDTH": g.width, **sliding(g), "FILL_LOWEST": lowest, "CHUNKS": chunks}


def _slide(layer: Linear, setting: Setting) -> tuple[dict[str, int], Pairs]:
    """Constants and types of ``wg_slide``."""
    g, (height, width) = layer.window, layer.window.touched
    virtual = {"VIRTUAL_HEIGHT": height, "VIRTUAL_WIDTH": width}
    pixel = read_elements(layer, setting) * layer.source.width
    return {"HEIGHT": g.height, "WIDTH": g.width, **virtual, **sliding(g)}, (("pixel", f"wg_uint<{pixel}>"),)


def _constants(**values: int | bool) -> Pairs:
    return tuple(
        (name, str(value).lower() if isinstance(value, bool) else str(value)) for name, value in values.items()
    )
