"""Lookup tables (LUT6, as Yosys counts them for 7-series) that a layer takes in each setting.

A layer's estimate is the sum of what its parts take; docs/folding.md compares it with Yosys.
What is block RAM takes none.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import lcm

from whetgen.layers.graph import Blend, Linear, Pool, Step
from whetgen.targets.streams.codes import code_of, sum_width
from whetgen.targets.streams.resources import BRAM_BITS, is_bram
from whetgen.targets.streams.setting import Setting, in_order, read_elements, slides, touched, walk_words
from whetgen.targets.streams.widths import blend_widths

LUT_WORDS = 64  # words of a ROM that a LUT holds one bit of
ENDS = 120  # receiving, checking and sending frames
CONTROL, DENSE, SEQUENCE = 200, 20, 20  # who walks windows, repeats a frame, reads in order
BUFFER = 35  # its counters
# LUTs for each product bit: making it (three, or two ternary ones, in a pair of tables) and counting it.
PRODUCT_OF_WORDS = 1.5
PRODUCT = {"sign": 1.35, "unsigned": 1.35, "signed": 1.35, "ternary": 1.95}


def luts(step: Step, setting: Setting, written_bits: Mapping[str, int]) -> float:
    """``written_bits``: width of the words in which each source tensor arrives, by its name."""
    return _front(step, setting) + _buffers(step, setting, written_bits) + _engine(step, setting)


def _front(step: Step, setting: Setting) -> float:
    if slides(step, setting):
        return _lines(step, setting)
    if in_order(step, setting):
        return SEQUENCE
    return DENSE if not isinstance(step, Linear | Pool) or step.geometry.trivial else CONTROL


def _lines(step: Linear, setting: Setting) -> float:
    """Lines of pixels in memory, the choice of a part of the window, and the control."""
    g, pixel = step.geometry, step.geometry.channels * step.source.width
    stored = (g.kernel[0] - 1) * g.dilation[0] * touched(g)[1] * pixel
    parts = walk_words(step, setting)
    return (
        CONTROL / 2 + (0.0 if stored >= BRAM_BITS else stored / 16) + setting.simd * step.source.width * (parts - 1) / 3
    )


def _buffers(step: Step, setting: Setting, written_bits: Mapping[str, int]) -> float:
    """Words are packed on one side by shifting and choosing, on the other by choosing."""
    total = 0.0
    for tensor in step.sources:
        read = read_elements(step, setting) * tensor.width
        word = lcm(written_bits[tensor.name], read)
        packing = 1.0 * word if word > written_bits[tensor.name] else 0.0
        choosing = 0.6 * word if word > read else 0.0
        stored = 0.0 if 2 * tensor.bits >= BRAM_BITS else tensor.bits / 16
        total += BUFFER + packing + choosing + stored
    return total


def _engine(step: Step, setting: Setting) -> float:
    if isinstance(step, Linear):
        return _linear(step, setting)
    if isinstance(step, Pool):
        return setting.pe * step.result.width * (1 if step.result.width == 1 else 3)
    if isinstance(step, Blend):
        factor, width = blend_widths(step)
        return setting.pe * (len(step.sources) * factor * step.operand_width * 1.2 + 2 * width)
    return 30 + _table(step.result.count, 16)


def _linear(step: Linear, setting: Setting) -> float:
    code, width = code_of(step), sum_width(step)
    plane_bits = step.source.width // setting.planes
    weight_bits = 1 if code.kind in ("sign", "ternary") else code.bits
    products = setting.simd * plane_bits * weight_bits * (PRODUCT[code.kind] if plane_bits == 1 else PRODUCT_OF_WORDS)
    accumulator = width * (1.6 if setting.planes > 1 else 1.1) + (setting.planes if setting.planes > 1 else 0)
    planes = 2.7 * setting.simd if setting.planes > 1 else 0
    passes = step.neurons // setting.pe
    tables = _table(passes * walk_words(step, setting), setting.pe * setting.simd * code.bits)
    tables += _table(passes * len(step.levels), setting.pe * width)
    return setting.pe * (products + accumulator) + planes + tables


def _table(words: int, bits: int) -> float:
    """A ROM: block RAM, or LUTs of 64 words and their choice; equal functions of few words are one."""
    if is_bram(words, bits):
        return 0.0
    whole, rest = divmod(words, LUT_WORDS)
    parts = whole + (rest > 0)
    return bits * whole + (min(bits, 2.0 ** min(rest, 30)) if rest > 1 else 0.0) + bits * -(-(parts - 1) // 3)
