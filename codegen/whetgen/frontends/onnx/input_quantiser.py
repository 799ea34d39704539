"""The quantiser that says what the input's codes are: they are its integers already, so that it rounds nothing."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from whetgen.frontends.onnx.entry import NamedInput
from whetgen.frontends.operators.building import OperatorBuilder
from whetgen.frontends.operators.handlers import affine
from whetgen.frontends.operators.values import OperatorCall, Signal
from whetgen.ir.integers import Word
from whetgen.ir.real import RealMultiThreshold, RealSum


def passed(call: OperatorCall, builder: OperatorBuilder, named: NamedInput, element: Word) -> Signal:
    """What the quantiser makes of its own codes: a Quant their real values, a QuantizeLinear the codes themselves."""
    x, unit, offset = call.signal(), named.meaning.scale, named.meaning.offset
    if call.operator == "QuantizeLinear":
        return affine(builder, call.name, x, _number(1 / unit), _number(-offset / unit))
    return _narrowed(call, builder, x, named, element) if named.narrow else x


def _narrowed(call: OperatorCall, builder: OperatorBuilder, x: Signal, named: NamedInput, element: Word) -> Signal:
    """The code at the end of the range means the one beside it: ``x - unit [x >= top]``, or ``x + unit - unit [x > bottom]``."""
    unit, offset = named.meaning.scale, named.meaning.offset
    end = element.lo if element.signed else element.hi
    levels = _number(unit * end + offset).reshape(1, 1)
    found = builder.add(RealMultiThreshold, f"{call.name}_end", source=x.node, levels=levels, strict=(element.signed,))
    moved = affine(
        builder, f"{call.name}_moved", replace(x, node=found), _number(-unit), _number(unit * element.signed)
    )
    return replace(x, node=builder.add(RealSum, call.name, operands=(x.node, moved.node), signs=(1, 1)))


def _number(value: Fraction) -> np.ndarray:
    return np.array([value], dtype=object)
