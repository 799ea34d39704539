"""Comparisons with constants, choices between them, and rounding between bounds: values that change at levels only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import floor

import numpy as np

from whetgen.errors import BadInput
from whetgen.frontends.operators.building import OperatorBuilder
from whetgen.frontends.operators.handlers import affine, handles
from whetgen.frontends.operators.quantisers import neurons, staircase, valued
from whetgen.frontends.operators.staircase import Riser, StepFunction, reached, risers
from whetgen.frontends.operators.values import OperatorCall, Signal, against
from whetgen.ir.real import RealSum

_ZERO, _ONE = (np.array([Fraction(number)], dtype=object) for number in (0, 1))


@handles("GreaterOrEqual")
def _greater_or_equal(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    return _compare(call, builder, strict=False, above=True)


@handles("Greater")
def _greater(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    return _compare(call, builder, strict=True, above=True)


@handles("LessOrEqual")
def _less_or_equal(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    return _compare(call, builder, strict=True, above=False)


@handles("Less")
def _less(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    return _compare(call, builder, strict=False, above=False)


def _compare(call: OperatorCall, builder: OperatorBuilder, strict: bool, above: bool) -> Signal:
    """``x >= c`` (strict: ``x > c``), or the contrary; a constant in front turns the sides round."""
    x, level = _sides(call)
    if isinstance(call.inputs[0], np.ndarray):  # c >= x is x <= c, and that is not x > c
        strict, above = not strict, not above
    if level.size == 1:
        values = (Fraction(0), Fraction(1)) if above else (Fraction(1), Fraction(0))
        return _stepped(call, builder, StepFunction(x, ((level.item(), strict),), values))
    if x.clipped:
        raise call.refuse("compares what Relu or Clip made with a number for each channel; leave Relu or Clip out")
    low, rise = (_ZERO, _ONE) if above else (_ONE, -_ONE)
    return valued(call, builder, neurons(call, builder, x, [level], (strict,)), low, rise)


@handles("Equal")
def _equal(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    x, level = _sides(call)
    if level.size != 1:
        raise call.refuse("compares with a number for each channel; use one for all")
    steps = ((level.item(), False), (level.item(), True))
    return _stepped(call, builder, StepFunction(x, steps, (Fraction(0), Fraction(1), Fraction(0))))


def _sides(call: OperatorCall) -> tuple[Signal, np.ndarray]:
    """The tensor and the constant that are compared."""
    if len(call.signals) > 1:
        raise call.refuse("compares two tensors that depend on the input; compare their difference with 0")
    constant = 0 if isinstance(call.inputs[0], np.ndarray) else 1
    x = call.signal(1 - constant)
    return x, against(call, x, call.constant(constant))


@handles("Not")
def _not(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    return affine(builder, call.name, call.signal(), -_ONE, _ONE)


@handles("Where")
def _where(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    """One of two constants, as a comparison has it; or of what comparisons of the same tensor have chosen already."""
    condition = call.unclipped()
    if len(call.signals) == 1 and not _is_function(call, builder, condition):
        high, low = (against(call, condition, call.constant(k)) for k in (1, 2))
        return affine(builder, call.name, condition, high - low, low)
    truth, yes, no = functions = [_function(call, builder, k) for k in range(3)]
    if any(f.steps and f.source != truth.source for f in functions):
        raise _two_tensors(call)
    steps = tuple(sorted({step for f in functions for step in f.steps}))
    passed = [steps[:count] for count in range(len(steps) + 1)]
    values = tuple((yes if truth.after(p) else no).after(p) for p in passed)
    function = StepFunction(truth.source, steps, values)
    if len(call.signals) > 1:
        return _stepped(call, builder, function)
    made = affine(builder, call.name, condition, _ONE * (yes.values[0] - no.values[0]), _ONE * no.values[0])
    builder.functions[made.node] = function
    return made


def _is_function(call: OperatorCall, builder: OperatorBuilder, condition: Signal) -> bool:
    return condition.node in builder.functions and all(
        isinstance(v, np.ndarray) and v.size == 1 for v in call.inputs[1:]
    )


def _two_tensors(call: OperatorCall) -> BadInput:
    return call.refuse(
        "chooses between tensors that depend on the input; only comparisons of the same tensor are joined"
    )


def _function(call: OperatorCall, builder: OperatorBuilder, index: int) -> StepFunction:
    """An input as a function of the tensor that was compared; of a constant one without steps."""
    value = call.inputs[index]
    if isinstance(value, np.ndarray) and value.size == 1:
        return StepFunction(call.signals[0], (), (against(call, call.signals[0], value).item(),))
    chosen = call.unclipped(index)
    found = builder.functions.get(chosen.node)
    if found is None or (chosen.shape, chosen.order) != (found.source.shape, found.source.order):
        raise _two_tensors(call)
    return found


def _stepped(call: OperatorCall, builder: OperatorBuilder, function: StepFunction) -> Signal:
    """Its neurons: one staircase where all its steps rise alike, else the sum of one for each rise."""
    x, changes = function.source, function.changes
    low, rises = np.array([function.values[0]], dtype=object), sorted({rise for _, rise in changes})
    if not rises:
        raise call.refuse("makes one value of all numbers; leave the constant out")
    if len(rises) == 1:
        made = staircase(call, builder, x, [step for step, _ in changes], low, _ONE * rises[0])
    else:
        parts = [_part(call, builder, x, k, [c for c in changes if c[1] == rise]) for k, rise in enumerate(rises)]
        total = builder.add(RealSum, f"{call.name}_sum", operands=tuple(parts), signs=(1,) * len(parts))
        made = affine(builder, call.name, replace(x, node=total, bounds=(None, None)), _ONE, low)
    if not x.clipped:
        builder.functions[made.node] = function
    return made


def _part(
    call: OperatorCall, builder: OperatorBuilder, x: Signal, number: int, changes: Sequence[tuple[Riser, Fraction]]
) -> str:
    """``rise`` times the number of these steps that are reached."""
    if x.clipped:
        call.unclipped()
    levels = [np.array([level], dtype=object) for (level, _), _ in changes]
    part = replace(call, name=f"{call.name}_{number}")
    counted = neurons(part, builder, x, levels, tuple(strict for (_, strict), _ in changes))
    return affine(builder, f"{part.name}_value", counted, _ONE * changes[0][1], _ZERO).node


@handles("Round", "Floor", "Ceil")
def _round(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    """To integers, which a Clip in front or behind makes few."""
    return rounded(call, builder, replace(call.signal(), rounding=call.operator.upper()))


def rounded(call: OperatorCall, builder: OperatorBuilder, x: Signal) -> Signal:
    """A staircase once both bounds are known; whole bounds may come before the rounding or after."""
    low, high = x.bounds
    if low is None or high is None:
        if any(bound is not None and bound.denominator != 1 for bound in x.bounds):
            raise call.refuse("rounds between bounds that are no integers; use whole ones")
        return x
    first, last = (_whole(bound, x.rounding) for bound in (low, high))
    steps = risers(x.rounding, first, last)
    return staircase(call, builder, replace(x, rounding=""), steps, _ONE * first, _ONE)


def _whole(value: Fraction, mode: str) -> int:
    """The integer that a bound is rounded to."""
    base = floor(value)
    return base + sum(reached(value, step) for step in risers(mode, base, base + 1))
