"""Element-wise operators: sums of tensors, products with constants, batch norms, clips."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from whetgen.frontends.operators.building import OperatorBuilder
from whetgen.frontends.operators.choices import rounded
from whetgen.frontends.operators.handlers import affine, handles
from whetgen.frontends.operators.values import OperatorCall, Signal, against, in_order
from whetgen.frontends.operators.whole import whole_range
from whetgen.ir.exact import reciprocal, simplest_rational, square_root
from whetgen.ir.real import RealSum

_FLOATS = (1, 10, 11, 16)  # float, float16, double, bfloat16 of onnx.TensorProto
_INTEGERS = {3: 8, 5: 16, 6: 32, 7: 64}  # int8 to int64, and their bits
_ONE, _ZERO = (np.array([Fraction(number)], dtype=object) for number in (1, 0))


@handles("Identity", "Dropout", "CastLike")
def _identity(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    return call.signal()


@handles("Cast")
def _cast(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    """To a type of floats, or whole numbers to integers of a type that holds them: the same numbers."""
    to = call.attribute("to")
    if to not in _FLOATS and not _holds(_INTEGERS.get(to), builder, call.unclipped()):
        raise call.refuse(
            "turns numbers into integers or truth values; quantise with BipolarQuant, Quant or a comparison"
        )
    return call.signal()


def _holds(bits: int | None, builder: OperatorBuilder, x: Signal) -> bool:
    """Whether ``x`` is whole numbers, and a signed type of so many bits has them all; None: no such type."""
    found = whole_range(builder, x.node)
    return bits is not None and found is not None and -(2 ** (bits - 1)) <= found[0] and found[1] < 2 ** (bits - 1)


@handles("Add")
def _add(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    return _sum(call, builder, (1, 1))


@handles("Sub")
def _sub(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    return _sum(call, builder, (1, -1))


@handles("Sum")
def _sum_of_many(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    return _sum(call, builder, (1,) * len(call.inputs))


@handles("Neg")
def _neg(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    return affine(builder, call.name, call.unclipped(), -_ONE, _ZERO)


@handles("Mul")
def _mul(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    if len(call.signals) > 1:
        raise call.refuse("multiplies two tensors that depend on the input; only products with constants are integers")
    constant = 0 if isinstance(call.inputs[0], np.ndarray) else 1
    return _scaled(call, builder, call.signal(1 - constant), _exact(call, call.signals[0], constant))


@handles("Div")
def _div(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    x = call.signal(0)
    divisor = _exact(call, x, 1)
    if any(value == 0 for value in divisor.flat):
        raise call.refuse("divides by 0; give another constant")
    return _scaled(call, builder, x, _ONE / divisor)


def _exact(call: OperatorCall, x: Signal, index: int) -> np.ndarray:
    return against(call, x, call.constant(index))


def _scaled(call: OperatorCall, builder: OperatorBuilder, x: Signal, factor: np.ndarray) -> Signal:
    """``factor * x``; one positive factor for all scales the bounds of a clip too."""
    if x.clipped and not (factor.size == 1 and factor.item() > 0):
        call.unclipped()
    found = affine(builder, call.name, x, factor, _ZERO)
    low, high = (bound if bound is None else bound * factor.item() for bound in x.bounds)
    return replace(found, bounds=(low, high))


def _sum(call: OperatorCall, builder: OperatorBuilder, signs: tuple[int, ...]) -> Signal:
    """``sum_k signs[k] * inputs[k]`` of tensors and constants."""
    signals = [call.unclipped(k) for k, value in enumerate(call.inputs) if isinstance(value, Signal)]
    of_signals = tuple(s for s, value in zip(signs, call.inputs, strict=True) if isinstance(value, Signal))
    first = signals[0]
    if any(s.shape != first.shape for s in signals):
        shapes = ", ".join(str((1, *s.shape)) for s in signals)
        raise call.refuse(f"adds tensors of different shapes ({shapes}); give them one shape")
    constants = [
        against(call, first, value) * Fraction(sign)
        for sign, value in zip(signs, call.inputs, strict=True)
        if isinstance(value, np.ndarray)
    ]
    if len(signals) == 1:
        return affine(builder, call.name, first, _ONE * of_signals[0], *constants)
    operands = tuple(in_order(call, builder, s, replace(first, node=s.node)).node for s in signals)
    name = f"{call.name}_sum" if constants else call.name
    total = replace(first, node=builder.add(RealSum, name, operands=operands, signs=of_signals))
    return affine(builder, call.name, total, _ONE, *constants) if constants else total


@handles("BatchNormalization")
def _batch_normalization(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    """``gamma (x - mean) / sqrt(variance + epsilon) + beta`` along the channels; epsilon as it is written."""
    if call.attribute("training_mode", 0):
        raise call.refuse("is in training mode; export the model in evaluation mode (model.eval())")
    x = call.unclipped()
    rank = len(x.shape)
    gamma, beta, mean, variance = (
        against(call, x, call.constant(k).reshape(-1, *[1] * (rank - 1))) for k in range(1, 5)
    )
    spread = variance + simplest_single(call.attribute("epsilon", 1e-5))
    if any(value <= 0 for value in spread.flat):
        raise call.refuse("has a variance that is not positive; train the model again")
    roots = np.vectorize(lambda value: reciprocal(square_root(value)), otypes=[object])(spread)
    multiplier = gamma * roots
    return affine(builder, call.name, x, multiplier, -mean * multiplier, beta)


def simplest_single(value: float) -> Fraction:
    """The decimal that a single-precision attribute was written as: 1e-05 for 9.999999747378752e-06."""
    return simplest_rational(float(str(np.float32(value))))


@handles("Relu")
def _relu(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    return _clipped(call, builder, Fraction(0), None)


@handles("Clip")
def _clip(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    bounds = [_bound(call, index, name) for index, name in ((1, "min"), (2, "max"))]
    return _clipped(call, builder, *bounds)


def _bound(call: OperatorCall, index: int, name: str) -> Fraction | None:
    """A bound of Clip, which was an attribute until opset 11; infinities and float32's ends are none."""
    value = float(call.constant(index)) if call.has(index) else call.attribute(name)
    if value is None or abs(value) >= np.finfo(np.float32).max:
        return None
    return Fraction(value)


def _clipped(call: OperatorCall, builder: OperatorBuilder, low: Fraction | None, high: Fraction | None) -> Signal:
    x = call.awaiting()
    lows = [bound for bound in (x.bounds[0], low) if bound is not None]
    highs = [bound for bound in (x.bounds[1], high) if bound is not None]
    found = replace(x, bounds=(max(lows, default=None), min(highs, default=None)))
    return rounded(call, builder, found) if x.rounding else found
