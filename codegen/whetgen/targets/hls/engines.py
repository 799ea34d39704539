"""What computes each kind of layer: a kernel of ``hdl/hls`` with the struct and the arrays of constants for it."""

from __future__ import annotations

from functools import singledispatch
from itertools import accumulate

import numpy as np

from whetgen.ir.integers import Word, signed_bits
from whetgen.layers import Blend, Layer, Linear, Move, Pool, Tensor, Window
from whetgen.targets.hls.const_arrays import const_array
from whetgen.targets.hls.design import Config, ConstArray, Engine, Pairs
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.setting import Setting, read_elements, slides, sliding, walk_words
from whetgen.targets.streams.thresholds import distances, summed
from whetgen.targets.streams.weight_codes import weight_blocks
from whetgen.targets.streams.widths import blend_widths, layer_widths
from whetgen.wording import counted, plural


def ctype(word: Word) -> str:
    """C++ type of a number."""
    return f"wg_{'int' if word.signed else 'uint'}<{word.bits}>"


def operand_word(layer: Blend | Move) -> Word:
    """The one type that the kernel wants of all elements that it reads."""
    return Word(layer.operand_width, signed=True) if isinstance(layer, Blend) else layer.result.word


def engines_of(layer: Layer, setting: Setting, names: Identifiers) -> tuple[Engine, ...]:
    """What computes ``layer``, one after the other: of neurons of several thresholds the sums, then the comparisons."""
    if not isinstance(layer, Linear | Blend) or not layer.higher:
        return (engine_of(layer, setting, names),)
    return engine_of(summed(layer), setting, names), _thresholds(layer, setting.pe, names)


def _thresholds(layer: Linear | Blend, lanes: int, names: Identifiers) -> Engine:
    sums, stem = summed(layer).result, layer.result.name
    types = (*_words(sums.word, lanes, layer.result, lanes), ("level", f"wg_constant<{sums.width}>"))
    table = distances(layer, lanes)
    constants = _constants(PE=lanes, WORDS=layer.result.count // lanes, ROWS=len(table), STEPS=len(layer.higher))
    array = const_array(
        names.unique(f"{stem}_thresholds"),
        f"{layer.name}: distances from the lowest threshold [row][{counted(len(layer.higher), 'threshold')}][{counted(lanes, 'sum')}]",
        table,
        sums.width,
    )
    return Engine("wg_thresholds", Config(names.unique(f"{stem}_config"), types, constants), (array,))


@singledispatch
def engine_of(layer: Layer, setting: Setting, names: Identifiers) -> Engine:
    """What computes ``layer``."""
    raise TypeError(f"no HLS form of {type(layer).__name__}")


@engine_of.register
def _(layer: Linear, setting: Setting, names: Identifiers) -> Engine:
    pe, simd = setting.folding
    weight, total = layer_widths(layer)
    windows, pixel = _slide(layer, setting) if slides(layer, setting) else (_window(layer.window, simd), ())
    types = (
        *_words(layer.source.word, simd, layer.result, pe),
        ("weight", f"wg_constant<{weight}>"),
        ("level", f"wg_constant<{total}>"),
        ("sum", f"wg_int<{total}>"),
        *pixel,
    )
    constants = _constants(
        **windows,
        PE=pe,
        SIMD=simd,
        POSITIONS=layer.window.positions,
        WORDS=walk_words(layer, setting),
        PLANES=setting.planes,
        IN_SIGNED=layer.source.signed,
        PASSES=layer.neurons // pe,
        LEVEL_ROWS=len(layer.levels),
        FIRE=layer.fire,
    )
    arrays = (_weights(layer, setting, weight, names), _thresholds_or_biases(layer, pe, total, names))
    return Engine("wg_linear", Config(names.unique(f"{layer.result.name}_config"), types, constants), arrays)


def _weights(layer: Linear, setting: Setting, bits: int, names: Identifiers) -> ConstArray:
    """Pass by pass, in it word by word of a window."""
    pe, simd = setting.folding
    word = f"word of the {'inputs' if layer.window.trivial else 'window'}"
    return const_array(
        names.unique(f"{layer.result.name}_weights"),
        f"{layer.name}: weights [pass, {word}][{counted(pe, 'neuron')}][{counted(simd, 'input')}]",
        weight_blocks(layer, setting.folding),
        bits,
        [_numbered("neuron", first, pe) for first in range(0, layer.neurons, pe)],
    )


def _thresholds_or_biases(layer: Linear, pe: int, bits: int, names: Identifiers) -> ConstArray:
    """Pass by pass; where windows have their own, window by window."""
    role, own = _role(layer), len(layer.levels) > 1
    return const_array(
        names.unique(f"{layer.result.name}_{role}"),
        f"{layer.name}: {role} [{'window, ' if own else ''}pass][{counted(pe, 'neuron')}]",
        layer.levels.reshape(-1, pe),
        bits,
        [f"window {number}" for number in range(len(layer.levels))] if own else (),
    )


def _role(layer: Linear | Blend) -> str:
    return "thresholds" if layer.fire else "biases"


def _numbered(noun: str, first: int, count: int) -> str:
    """``neuron 3``, ``neurons 4 to 7``."""
    return f"{noun} {first}" if count == 1 else f"{plural(noun)} {first} to {first + count - 1}"


@engine_of.register
def _(layer: Pool, setting: Setting, names: Identifiers) -> Engine:
    g, lanes = layer.window, setting.pe
    constants = _constants(
        **{"CHUNKS": g.channels // lanes, **_window(g, lanes, layer.largest and layer.result.signed)},
        PE=lanes,
        SIMD=lanes,
        POSITIONS=g.positions,
        TAPS=g.taps,
        LARGEST=layer.largest,
    )
    types = _words(layer.source.word, lanes, layer.result, lanes)
    return Engine("wg_pool", Config(names.unique(f"{layer.result.name}_config"), types, constants))


@engine_of.register
def _(layer: Blend, setting: Setting, names: Identifiers) -> Engine:
    (factor, total), lanes, stem = blend_widths(layer), setting.pe, layer.result.name
    types = (
        *_words(operand_word(layer), lanes, layer.result, lanes),
        ("weight", f"wg_constant<{factor}>"),
        ("level", f"wg_constant<{total}>"),
        ("sum", f"wg_int<{total}>"),
    )
    constants = _constants(
        OPERANDS=len(layer.sources),
        PE=lanes,
        WORDS=layer.result.count // lanes,
        ROWS=layer.period // lanes,
        FIRE=layer.fire,
    )
    operands, elements = counted(len(layer.sources), "operand"), counted(lanes, "element")
    factors = const_array(
        names.unique(f"{stem}_factors"),
        f"{layer.name}: factors [row][{operands}][{elements}]",
        layer.factor_table.reshape(len(layer.sources), -1, lanes).transpose(1, 0, 2),
        factor,
    )
    levels = const_array(
        names.unique(f"{stem}_{_role(layer)}"),
        f"{layer.name}: {_role(layer)} [row][{elements}]",
        layer.level_table.reshape(-1, lanes),
        total,
    )
    return Engine("wg_blend", Config(names.unique(f"{stem}_config"), types, constants), (factors, levels))


@engine_of.register
def _(layer: Move, setting: Setting, names: Identifiers) -> Engine:
    """Where each source ends and, unless all elements stay in order, where each result comes from."""
    stem, total = layer.result.name, sum(t.count for t in layer.sources)
    index = signed_bits(0, total)
    types = (("element", ctype(Word(layer.result.width, False))), ("index", f"wg_constant<{index}>"))
    constants = _constants(SOURCES=len(layer.sources), TOTAL=total, COUNT=layer.result.count)
    config = Config(names.unique(f"{stem}_config"), types, constants)
    so_far = np.array(list(accumulate(t.count for t in layer.sources)))
    ends = const_array(names.unique(f"{stem}_ends"), f"{layer.name}: elements of the sources so far", so_far, 32)
    if layer.in_order:
        return Engine("wg_append", config, (ends,))
    comment = f"{layer.name}: where each element comes from; {total} is zero"
    places = np.where(layer.indices < 0, total, layer.indices)
    return Engine("wg_gather", config, (ends, const_array(names.unique(f"{stem}_indices"), comment, places, index)))


def _words(source: Word, lanes_in: int, result: Tensor, lanes_out: int) -> Pairs:
    return (
        ("element_in", ctype(source)),
        ("word_in", f"wg_uint<{lanes_in * source.bits}>"),
        ("element_out", ctype(result.word)),
        ("word_out", f"wg_uint<{lanes_out * result.width}>"),
    )


def _window(g: Window, simd: int, lowest: bool = False) -> dict[str, int]:
    """Constants of ``wg_window``, where the layer has one."""
    if g.in_order:
        return {}
    chunks = g.channels // simd
    return {"HEIGHT": g.height, "WIDTH": g.width, **sliding(g), "FILL_LOWEST": lowest, "CHUNKS": chunks}


def _slide(layer: Linear, setting: Setting) -> tuple[dict[str, int], Pairs]:
    """Constants and types of ``wg_slide``."""
    g, (height, width) = layer.window, layer.window.touched
    virtual = {"VIRTUAL_HEIGHT": height, "VIRTUAL_WIDTH": width}
    pixel = read_elements(layer, setting) * layer.source.width
    return {"HEIGHT": g.height, "WIDTH": g.width, **virtual, **sliding(g)}, (("pixel", f"wg_uint<{pixel}>"),)


def _constants(**values: int) -> Pairs:
    return tuple(
        (name, str(value).lower() if isinstance(value, bool) else str(value)) for name, value in values.items()
    )
