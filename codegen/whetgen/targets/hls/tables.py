"""Constant tables as C++ text."""

from __future__ import annotations

from functools import partial

import numpy as np

from whetgen.ir.integers import signed_bits
from whetgen.targets.hls.records import Table
from whetgen.targets.output.aligned import aligned_lines
from whetgen.targets.output.identifiers import comment_text

_NATIVE = 1 << 63
_LIMB = (1 << 64) - 1


def make_table(name: str, comment: str, values: np.ndarray, bits: int) -> Table:
    """``values`` (any shape) as a table of ``wg_table<bits>``."""
    lines = aligned_lines(values.reshape(-1).tolist(), values.shape[-1], partial(literal, bits=bits))
    return Table(name, bits, values.shape, comment_text(comment), lines)


def index_bits(most: int) -> int:
    """Width of a table of numbers from 0 to ``most``."""
    return signed_bits(0, most)


def literal(value: int, bits: int) -> str:
    """A C++ constant; beyond a native integer a call of ``wg_wide``, 64 bits at a time."""
    if bits <= 64:
        return str(value) if value > -_NATIVE else f"{value + 1} - 1"
    limbs = []
    while not -_NATIVE < value < _NATIVE:
        limbs.append(f"{value & _LIMB:#x}ULL")
        value >>= 64
    return f"wg_wide<{bits}>({', '.join([f'{value}LL', *reversed(limbs)])})"
