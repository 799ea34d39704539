"""Lookup tables (LUT6, as Yosys counts them for 7-series) that a layer takes in each setting.

A layer's estimate is the sum of what its parts take; docs/explanation/folding.md compares it with Yosys.
What is block RAM takes none.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch
from math import lcm

from whetgen.layers import Blend, Layer, Linear, Move, Pool
from whetgen.targets.streams.resources import BRAM_BITS, is_bram
from whetgen.targets.streams.setting import Setting, in_order, read_elements, slides, walk_words
from whetgen.targets.streams.thresholds import summed
from whetgen.targets.streams.weight_codes import Code, adds_words, booth_digits, code_of, sum_width
from whetgen.targets.streams.widths import blend_widths

LUT_WORDS = 64  # words of a ROM that a LUT holds one bit of
ENDS = 120  # receiving, checking and sending frames
CONTROL, DENSE, SEQUENCE = 200, 20, 20  # who walks windows, repeats a frame, reads in order
BUFFER = 35  # its counters
# LUTs for each product bit: making it (three, or two ternary ones, in a pair of tables) and counting it.
PRODUCT = {"sign": 1.35, "unsigned": 1.35, "signed": 1.35, "ternary": 1.95}
# LUTs for a row that is added as a word, and for each of its bits, which are those of an input or of its multiple.
ROW, INPUT_BIT, MULTIPLE_BIT = 2.0, 1.6, 1.9


def luts(layer: Layer, setting: Setting, written_bits: Mapping[str, int]) -> float:
    """``written_bits``: width of the words in which each source tensor arrives, by its name."""
    return _front(layer, setting) + _buffers(layer, setting, written_bits) + _engine(layer, setting)


def _front(layer: Layer, setting: Setting) -> float:
    if slides(layer, setting):
        return _lines(layer, setting)
    if in_order(layer, setting):
        return SEQUENCE
    return DENSE if not isinstance(layer, Linear | Pool) or layer.window.trivial else CONTROL


def _lines(layer: Linear, setting: Setting) -> float:
    """Lines of pixels in memory, the choice of a part of the window, and the control."""
    w, pixel = layer.window, layer.window.channels * layer.source.width
    stored = (w.kernel[0] - 1) * w.dilation[0] * w.touched[1] * pixel
    parts = walk_words(layer, setting)
    return (
        CONTROL / 2
        + (0.0 if stored >= BRAM_BITS else stored / 16)
        + setting.simd * layer.source.width * (parts - 1) / 3
    )


def _buffers(layer: Layer, setting: Setting, written_bits: Mapping[str, int]) -> float:
    """LUTs of the buffers in front of the layer: where words are written and read in different widths, shifting and choosing parts."""
    total = 0.0
    for tensor in layer.sources:
        read = read_elements(layer, setting) * tensor.width
        word = lcm(written_bits[tensor.name], read)
        packing = 1.0 * word if word > written_bits[tensor.name] else 0.0
        choosing = 0.6 * word if word > read else 0.0
        stored = 0.0 if 2 * tensor.bits >= BRAM_BITS else tensor.bits / 16
        total += BUFFER + packing + choosing + stored
    return total


@singledispatch
def _engine(layer: object, setting: Setting) -> float:
    """LUTs of multipliers, adders and comparisons, with the tables of weights and thresholds that are no block RAM."""
    raise TypeError(f"no hardware for {type(layer).__name__}")


@_engine.register
def _(layer: Linear, setting: Setting) -> float:
    code, width = code_of(layer), sum_width(summed(layer))
    products = setting.simd * (_words(layer, code) if adds_words(layer, code, setting) else _bits(code))
    accumulator = width * (1.6 if setting.planes > 1 else 1.1) + (setting.planes if setting.planes > 1 else 0)
    planes = 2.7 * setting.simd if setting.planes > 1 else 0
    passes = layer.neurons // setting.pe
    tables = _table(passes * walk_words(layer, setting), setting.pe * setting.simd * code.bits)
    tables += _table(passes * len(layer.levels), setting.pe * width)
    return (
        setting.pe * (products + accumulator)
        + planes
        + tables
        + _compared(layer, passes * len(layer.levels), width, setting)
    )


def _bits(code: Code) -> float:
    return PRODUCT[code.kind] * (1 if code.kind in ("sign", "ternary") else code.bits)


def _words(layer: Linear, code: Code) -> float:
    digits, width = booth_digits(code), layer.source.width
    return digits * (ROW + MULTIPLE_BIT * (width + 2)) if digits else ROW + INPUT_BIT * width


@_engine.register
def _(layer: Pool, setting: Setting) -> float:
    return setting.pe * layer.result.width * (1 if layer.result.width == 1 else 3)


@_engine.register
def _(layer: Blend, setting: Setting) -> float:
    factor, width = blend_widths(summed(layer))
    sums = setting.pe * (len(layer.sources) * factor * layer.operand_width * 1.2 + 2 * width)
    return sums + _compared(layer, layer.period // setting.pe, width, setting)


@_engine.register
def _(layer: Move, setting: Setting) -> float:
    return 30 + _table(layer.result.count, 16)


def _compared(layer: Linear | Blend, words: int, width: int, setting: Setting) -> float:
    """Thresholds above the lowest: a comparison and a part of the result each, and their table."""
    if not layer.higher:
        return 0.0
    each = setting.pe * len(layer.higher)
    return each * (width + 1) + _table(words, each * width)


def _table(words: int, bits: int) -> float:
    """LUTs of a table of so many words: none as block RAM, else one a bit for 64 words, and what chooses between them.

    Few words make few different functions, and equal ones share a LUT.
    """
    if is_bram(words, bits):
        return 0.0
    whole, rest = divmod(words, LUT_WORDS)
    parts = whole + (rest > 0)
    return bits * whole + (min(bits, 2.0 ** min(rest, 30)) if rest > 1 else 0.0) + bits * -(-(parts - 1) // 3)
