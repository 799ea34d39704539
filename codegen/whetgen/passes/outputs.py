"""What the network's results mean in integers: kind, scale and offset of each output."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np

from whetgen.ir.exact import Surd, approximate, ceil, sign
from whetgen.ir.graph import Output
from whetgen.passes.lowering import Lowering
from whetgen.passes.scaled import Scaled, common_unit, fit

_SHORTER = 1 << 8


def lower_output(output: Output, x: Scaled, state: Lowering) -> Output:
    """Kind, scale and offset of an output; accumulators of one tensor share one positive scale.

    A spike alone is its class. A number alone keeps its own scale and offset, irrational or not: they decide its class.
    """
    if output.kind == "scores":
        return Output(output.name, x.node, "scores", classifier=output.classifier)
    if x.is_plain and state.is_spikes(x.node):
        return Output(output.name, x.node, "spikes", classifier=x.shape == (1,))
    x, aside = _without_common_offset(state.positive(x, output.name))
    if math.prod(x.shape) == 1 and sign(x.scale.item()) > 0:
        return _number(output, x, state)
    if (
        x.scale.shape != ()
        or x.offset.shape != ()
        or isinstance(x.scale.item(), Surd)
        or isinstance(x.offset.item(), Surd)
        or sign(x.scale.item()) <= 0
    ):
        x = state.integral(x, output.name)
    if isinstance(x.scale.item(), Surd):
        state.notes.append(
            f"output '{output.name}' has an irrational scale; the recorded one is rounded, the integers are exact"
        )
    scale = approximate(x.scale.item(), 64)
    return Output(output.name, x.node, output.kind, scale, Fraction(x.offset.item()) + aside, output.classifier)


def _without_common_offset(x: Scaled) -> tuple[Scaled, Fraction]:
    """The tensor without an offset that all elements share, and that; 0 where the integers would hardly get shorter.

    ``W (2 x - 1) + c`` has small integers beside ``c``, which need not be a multiple of their unit.
    """
    common = x.offset.flat[0]
    if x.offset.shape == () or isinstance(common, Surd) or isinstance(x.scale.flat[0], Surd):
        return x, Fraction(0)
    rest = x.offset - common
    units = [common_unit(np.append(x.scale.reshape(-1), offsets.reshape(-1))) for offsets in (x.offset, rest)]
    (with_it, _, _), (without, _, rounded) = units
    shorter = without / with_it
    if rounded or isinstance(shorter, Surd) or abs(shorter) <= _SHORTER:
        return x, Fraction(0)
    return replace(x, offset=fit(rest, x.shape)), Fraction(common)


def _number(output: Output, x: Scaled, state: Lowering) -> Output:
    """An output of one element. Irrational meanings are recorded as rationals on the same side of 0 for every integer."""
    scale, offset = (approximate(values.item(), 64) for values in (x.scale, x.offset))
    level = ceil(-x.offset.item() / x.scale.item())
    found = Output(output.name, x.node, output.kind, scale, offset, output.classifier)
    if isinstance(x.scale.item(), Surd) or isinstance(x.offset.item(), Surd):
        state.notes.append(
            f"output '{output.name}' has an irrational meaning; the recorded scale and offset are rounded, the integers are exact"
        )
    return found if found.level == level else replace(found, offset=-level * scale)
