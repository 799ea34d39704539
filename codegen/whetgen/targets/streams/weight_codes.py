"""Weights as the hardware stores them, and the constant that each neuron's threshold or bias takes up for it.

The adders see no negative number. An input is a bit field x of n bits, 0 <= x < 2**n, once a signed one's sign
bit is inverted, which adds 2**(n-1). A weight w is stored so that w x is a sum of bits of x, plain, inverted or masked,
minus a constant:

=========  ====================  =============================================  =====================
weights    stored                bits added                                     constant, M = 2**n - 1
=========  ====================  =============================================  =====================
-1, 1      1 bit, w > 0          x where w > 0, else not x                      M for each -1
-1, 0, 1   2 bits, w > 0, w # 0  the same where w # 0                           M for each -1
0 and up   b bits of w           x and w, bit by bit                            none
others     b bits of w           the same, the highest bits of w inverted       M 2**(b-1) for each
=========  ====================  =============================================  =====================

Where inputs of several bits come whole, words may be added instead: x as the first two rows say, and of the others one word for each
digit of w in radix 4, digit D = w[2D-1] + w[2D] - 2 w[2D+1] with w[-1] = 0 (Booth's recoding). The word of a digit is
digit x + 2**(n+1) - w[2D+1], and counts 4**D times: each weight's constant is the sum of 4**D (2**(n+1) - w[2D+1]).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whetgen.ir.integers import signed_bits
from whetgen.layers import Linear
from whetgen.targets.streams.setting import Folding, Setting

_RECODED_FROM = 4  # bits of an input: below, counting product bits takes fewer LUTs


@dataclass(frozen=True)
class Code:
    """``kind``: sign, ternary, unsigned or signed; ``bits`` stored for each weight."""

    kind: str
    bits: int


def code_of(layer: Linear) -> Code:
    """The shortest of the forms that hold all weights of the layer."""
    lo, hi = int(layer.weights.min()), int(layer.weights.max())
    if lo >= -1 and hi <= 1:
        if not lo and not hi:
            return Code("unsigned", 1)
        if np.all(layer.weights != 0):
            return Code("sign", 1)
        return Code("unsigned", 1) if lo == 0 else Code("ternary", 2)
    return Code("unsigned", hi.bit_length()) if lo >= 0 else Code("signed", signed_bits(lo, hi))


def weight_blocks(layer: Linear, folding: Folding) -> np.ndarray:
    """Weights in the order of the walk: (pass * steps + step, PE, SIMD); a step is a word of a window."""
    (pe, simd), (inputs, neurons) = folding, layer.weights.shape
    blocks = layer.weights.reshape(inputs // simd, simd, neurons // pe, pe)
    return blocks.transpose(2, 0, 3, 1).reshape(-1, pe, simd)


def stored(code: Code, blocks: np.ndarray) -> list[list[int]]:
    """The words of the weight memory, from weights (words, PE, SIMD).

    A word is ``code.bits`` numbers; number k holds bit k of all its weights, the PE weights of one input side by side.
    """
    if code.kind == "sign":
        planes = [blocks > 0]
    elif code.kind == "ternary":
        planes = [blocks > 0, blocks != 0]
    else:
        planes = [(blocks >> bit & 1).astype(bool) for bit in range(code.bits)]
    bits = np.stack(planes, axis=1).swapaxes(2, 3).reshape(len(blocks), len(planes), -1)
    packed = np.packbits(bits, axis=2, bitorder="little")
    return [[int.from_bytes(plane.tobytes(), "little") for plane in word] for word in packed]


def adds_words(layer: Linear, code: Code, setting: Setting) -> bool:
    """Whether inputs come whole and are added as words: those of several bits, and of four or more where weights are recoded."""
    least = _RECODED_FROM if booth_digits(code) else 2
    return setting.planes == 1 and layer.source.width >= least


def booth_digits(code: Code) -> int:
    """Digits of a weight in radix 4; 0 where weights are -1, 0 and 1 and not recoded."""
    return {"sign": 0, "ternary": 0, "unsigned": code.bits // 2 + 1, "signed": -(-code.bits // 2)}[code.kind]


def constants(layer: Linear, code: Code, words: bool) -> np.ndarray:
    """(neurons,) Python integers: what the sum of the bits, or ``words``, lacks to be the weighted sum."""
    width = layer.source.width
    most = (1 << width) - 1
    found = np.zeros(layer.neurons, dtype=object)
    if code.kind in ("sign", "ternary"):
        found -= most * (layer.weights < 0).sum(axis=0).astype(object)
    elif words:
        for digit in range(booth_digits(code)):
            negative = (layer.weights >> (2 * digit + 1) & 1).sum(axis=0).astype(object)
            found -= ((len(layer.weights) << (width + 1)) - negative) << (2 * digit)
    elif code.kind == "signed":
        found -= most * len(layer.weights) << (code.bits - 1)
    if layer.source.signed:
        found -= layer.weights.astype(object).sum(axis=0) << (width - 1)
    return found


def levels(layer: Linear, code: Code, words: bool) -> np.ndarray:
    """(positions or 1, neurons) what the accumulators begin with: a neuron fires where its sum ends at 0 or above."""
    return constants(layer, code, words) + (-layer.levels if layer.fire else layer.levels).astype(object)


def sum_width(layer: Linear) -> int:
    """Bits that hold every final sum; what comes before may wrap."""
    shift = (-layer.levels if layer.fire else layer.levels).astype(object)
    width = signed_bits(int((layer.sum_range.lowest + shift).min()), int((layer.sum_range.highest + shift).max()))
    return max(width, 2, 1 if layer.fire else layer.result.width)
