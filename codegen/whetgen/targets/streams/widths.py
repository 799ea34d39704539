"""Bits of the weights and sums of a layer: the same for all of its neurons."""

from __future__ import annotations

from whetgen.ir.integers import signed_bits
from whetgen.layers import Blend, Linear


def layer_widths(layer: Linear) -> tuple[int, int]:
    """Bits of the widest weight, and of an accumulator that holds every sum and can be compared with every threshold."""
    weight = signed_bits(int(layer.weights.min()), int(layer.weights.max()))
    total = signed_bits(layer.sum_range.lo, layer.sum_range.hi + 1) if layer.fire else layer.result.width
    return weight, max(weight, total, layer.source.width + 1, 1 if layer.fire else layer.result.width)


def blend_widths(layer: Blend) -> tuple[int, int]:
    """The same for an element-wise sum: bits of the widest factor, and of the accumulator."""
    factor = signed_bits(int(layer.factor_table.min()), int(layer.factor_table.max()))
    total = signed_bits(layer.sum_range.lo, layer.sum_range.hi + 1) if layer.fire else layer.result.width
    return factor, max(factor, total, layer.operand_width + 1)
