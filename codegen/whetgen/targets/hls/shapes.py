"""The structs and tables that instantiate a kernel of ``hdl/hls`` for one layer."""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from whetgen.layers.graph import Blend, Geometry, Linear, Move, Pool, Tensor
from whetgen.targets.hls.records import Pairs, Shape, Table
from whetgen.targets.hls.tables import index_bits, make_table
from whetgen.targets.hls.trips import in_order
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.codes import weight_blocks
from whetgen.targets.streams.setting import Setting, read_elements, slides, touched, walk_words
from whetgen.targets.streams.widths import blend_widths, layer_widths
from whetgen.wording import counted


def element(tensor: Tensor) -> str:
    """C++ type of one element."""
    return f"wg_{'int' if tensor.signed else 'uint'}<{tensor.width}>"


def linear(name: str, step: Linear, setting: Setting) -> Shape:
    """For ``wg_linear`` and what makes its windows."""
    pe, simd = setting.folding
    weight, total = layer_widths(step)
    types = (
        *_words(step.source, simd, step.result, pe),
        ("weight", f"wg_table<{weight}>"),
        ("level", f"wg_table<{total}>"),
        ("sum", f"wg_int<{total}>"),
    )
    windows, pixel = (
        _slide(step, setting) if slides(step, setting) else (_window(step.geometry, simd, lowest=False), ())
    )
    return Shape(
        name,
        types + pixel,
        _constants(
            **windows,
            PE=pe,
            SIMD=simd,
            POSITIONS=step.geometry.positions,
            STEPS=walk_words(step, setting),
            PLANES=setting.planes,
            IN_SIGNED=step.source.signed,
            PASSES=step.neurons // pe,
            LEVEL_ROWS=len(step.levels),
            FIRE=step.fire,
        ),
    )


def linear_tables(step: Linear, setting: Setting, names: Identifiers) -> tuple[Table, Table]:
    """Weights row by row of the walk; thresholds or biases pass by pass."""
    (pe, simd), (weight, total) = setting.folding, layer_widths(step)
    role, stem = "thresholds" if step.fire else "biases", step.result.name
    return (
        make_table(
            names.unique(f"{stem}_weights"),
            f"{step.layer}: weights [pass * steps + step][{counted(pe, 'neuron')}][{counted(simd, 'input')}]",
            weight_blocks(step, setting.folding),
            weight,
        ),
        make_table(
            names.unique(f"{stem}_{role}"),
            f"{step.layer}: {role} [position and pass][{counted(pe, 'neuron')}]",
            step.levels.reshape(-1, pe),
            total,
        ),
    )


def pool(name: str, step: Pool, lanes: int) -> Shape:
    """For ``wg_window`` and ``wg_pool``."""
    g, lowest = step.geometry, step.largest and step.result.signed
    return Shape(
        name,
        _words(step.source, lanes, step.result, lanes),
        _constants(
            **{"CHUNKS": g.channels // lanes, **_window(g, lanes, lowest)},
            PE=lanes,
            SIMD=lanes,
            POSITIONS=g.positions,
            TAPS=g.taps,
            LARGEST=step.largest,
        ),
    )


def blend(name: str, step: Blend, lanes: int) -> Shape:
    """For ``wg_blend``."""
    factor, total = blend_widths(step)
    types = (
        ("element_in", f"wg_int<{step.operand_width}>"),
        ("word_in", f"wg_uint<{lanes * step.operand_width}>"),
        *_words(step.sources[0], lanes, step.result, lanes)[2:],
        ("weight", f"wg_table<{factor}>"),
        ("level", f"wg_table<{total}>"),
        ("sum", f"wg_int<{total}>"),
    )
    return Shape(
        name,
        types,
        _constants(
            OPERANDS=len(step.sources),
            PE=lanes,
            WORDS=step.result.count // lanes,
            TABLE_ROWS=len(step.levels) // lanes,
            FIRE=step.fire,
        ),
    )


def blend_tables(step: Blend, lanes: int, names: Identifiers) -> tuple[Table, Table]:
    """Factors and thresholds (or biases), ``lanes`` elements a row."""
    (factor, total), stem = blend_widths(step), step.result.name
    role = "thresholds" if step.fire else "biases"
    factors = step.factors.reshape(len(step.factors), -1, lanes).transpose(1, 0, 2)
    return (
        make_table(
            names.unique(f"{stem}_factors"),
            f"{step.layer}: factors [row][{counted(len(step.factors), 'operand')}][{counted(lanes, 'element')}]",
            factors,
            factor,
        ),
        make_table(
            names.unique(f"{stem}_{role}"),
            f"{step.layer}: {role} [row][{counted(lanes, 'element')}]",
            step.levels.reshape(-1, lanes),
            total,
        ),
    )


def move(name: str, step: Move) -> Shape:
    """For ``wg_append`` and ``wg_gather``."""
    total = sum(t.count for t in step.sources)
    types = (("element", f"wg_uint<{step.result.width}>"), ("index", f"wg_table<{index_bits(total)}>"))
    return Shape(name, types, _constants(SOURCES=len(step.sources), TOTAL=total, COUNT=step.result.count))


def move_tables(step: Move, names: Identifiers) -> tuple[Table, ...]:
    """Where each source ends and, unless all elements stay in order, where each result comes from."""
    stem, total = step.result.name, sum(t.count for t in step.sources)
    ends = np.array(list(accumulate(t.count for t in step.sources)))
    table = make_table(names.unique(f"{stem}_ends"), f"{step.layer}: elements of the sources so far", ends, 32)
    if step.in_order:
        return (table,)
    indices = np.where(step.indices < 0, total, step.indices)
    comment = f"{step.layer}: where each element comes from; {total} is zero"
    return table, make_table(names.unique(f"{stem}_indices"), comment, indices, index_bits(total))


def _words(source: Tensor, lanes_in: int, result: Tensor, lanes_out: int) -> Pairs:
    return (
        ("element_in", element(source)),
        ("word_in", f"wg_uint<{lanes_in * source.width}>"),
        ("element_out", element(result)),
        ("word_out", f"wg_uint<{lanes_out * result.width}>"),
    )


def _window(g: Geometry, simd: int, lowest: bool) -> dict[str, int | bool]:
    """Constants of ``wg_window``, where the layer has one."""
    if in_order(g):
        return {}
    chunks = g.channels // simd
    return {"HEIGHT": g.height, "WIDTH": g.width, **g.sliding(), "FILL_LOWEST": lowest, "CHUNKS": chunks}


def _slide(step: Linear, setting: Setting) -> tuple[dict[str, int], Pairs]:
    """Constants and types of ``wg_slide``."""
    g, (height, width) = step.geometry, touched(step.geometry)
    virtual = {"VIRTUAL_HEIGHT": height, "VIRTUAL_WIDTH": width}
    pixel = read_elements(step, setting) * step.source.width
    return {"HEIGHT": g.height, "WIDTH": g.width, **virtual, **g.sliding()}, (("pixel", f"wg_uint<{pixel}>"),)


def _constants(**values: int | bool) -> Pairs:
    return tuple(
        (name, str(value).lower() if isinstance(value, bool) else str(value)) for name, value in values.items()
    )
