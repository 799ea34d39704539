"""Widths of weights and sums that suit every neuron of a layer."""

from __future__ import annotations

from whetgen.ir.integers import signed_bits
from whetgen.layers.graph import Blend, Linear


def layer_widths(step: Linear) -> tuple[int, int]:
    """(weight, sum) width that suits every neuron of the layer."""
    weight = signed_bits(int(step.weights.min()), int(step.weights.max()))
    lo, hi = min(lo for lo, _ in step.sum_ranges), max(hi for _, hi in step.sum_ranges)
    total = signed_bits(lo, hi + 1) if step.fire else step.result.width
    return weight, max(weight, total, step.source.width + 1, 1 if step.fire else step.result.width)


def blend_widths(step: Blend) -> tuple[int, int]:
    """(factor, sum) width."""
    factor = signed_bits(int(step.factors.min()), int(step.factors.max()))
    lo, hi = step.sum_range
    total = signed_bits(lo, hi + 1) if step.fire else step.result.width
    return factor, max(factor, total, step.operand_width + 1)
