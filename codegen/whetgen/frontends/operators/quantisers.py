"""Quantisers: operators that make a few values of real numbers, each a staircase of neurons."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.staircases import MOST_LEVELS
from whetgen.frontends.operators.building import OperatorBuilder
from whetgen.frontends.operators.handlers import affine, handles
from whetgen.frontends.operators.staircase import MODES, Riser, reached, risers
from whetgen.frontends.operators.values import OperatorCall, Signal, against
from whetgen.ir.exact import exact_array
from whetgen.ir.real import RealMultiThreshold

_MOST_VALUES = 1 << 12
_ZERO, _ONE = (np.array([Fraction(number)], dtype=object) for number in (0, 1))


def staircase(
    call: OperatorCall, builder: OperatorBuilder, x: Signal, steps: Sequence[Riser], low: np.ndarray, rise: np.ndarray
) -> Signal:
    """``low + rise * (number of steps that x reaches)``.

    Steps that a clip in front always or never lets through are counted without a neuron. ``low``, ``rise``: exact
    numbers that broadcast against the node's tensor; ``rise`` is never 0.
    """
    below, above = x.bounds
    always = sum(1 for step in steps if below is not None and reached(below, step))
    kept = [s for s in steps[always:] if above is None or reached(above, s)]
    if len(kept) > MOST_LEVELS:
        raise _too_many(call, len(kept) + 1)
    if not kept:
        raise call.refuse("makes one value of all numbers that Clip or Relu lets through; leave the constant out")
    levels = [np.array([level], dtype=object) for level, _ in kept]
    counted = neurons(call, builder, x, levels, tuple(strict for _, strict in kept))
    return valued(call, builder, counted, low + rise * Fraction(always), rise)


def neurons(
    call: OperatorCall, builder: OperatorBuilder, x: Signal, levels: Sequence[np.ndarray], strict: tuple[bool, ...]
) -> Signal:
    """The number of levels that are reached."""
    node = builder.add(RealMultiThreshold, call.name, source=x.node, levels=_stacked(levels), strict=strict)
    return Signal(node, x.shape, x.last)


def _stacked(rows: Sequence[np.ndarray]) -> np.ndarray:
    return np.stack(np.broadcast_arrays(*rows))


def valued(call: OperatorCall, builder: OperatorBuilder, counted: Signal, low: np.ndarray, rise: np.ndarray) -> Signal:
    """``low + rise * x`` of a number of levels."""
    builder.note_counts(call.outputs[0], counted, low, rise)
    if np.all(low == 0) and np.all(rise == 1):
        return counted
    return affine(builder, f"{call.name}_value", counted, rise, low)


def _too_many(call: OperatorCall, values: int) -> BadInput:
    return call.refuse(
        f"makes {values} values; neurons have up to {MOST_LEVELS} thresholds, train with 4 bits or fewer"
    )


def _scale(call: OperatorCall, x: Signal, index: int) -> np.ndarray:
    """A quantiser's scale, above 0."""
    scale = against(call, x, call.constant(index))
    if any(value <= 0 for value in scale.flat):
        raise call.refuse("has a scale that is not above 0; train the model again")
    return scale


@handles("BipolarQuant")
def _bipolar_quant(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    """``scale`` where ``x >= 0``, else ``-scale``."""
    x = call.signal()
    scale = _scale(call, x, 1)
    return staircase(call, builder, x, [(Fraction(0), False)], -scale, 2 * scale)


@handles("Quant", "IntQuant")
def _quant(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    """``(clip(round(x / scale + zero point)) - zero point) * scale``; of one signed bit the sign."""
    x = call.signal()
    scale, zero = _scale(call, x, 1), _zero_point(call, 2)
    low, high = quant_range(call, call.constant(3))
    if low == -1 and high == 1 and float(call.constant(3).reshape(())) == 1:
        steps, rise = [(Fraction(0), False)], 2
    else:
        steps, rise = _risers(call, low, high), 1
    scaled = _integers(call, builder, x, scale, zero)
    return staircase(call, builder, scaled, steps, scale * (Fraction(low) - zero), scale * Fraction(rise))


def quant_range(call: OperatorCall, bits: np.ndarray) -> tuple[int, int]:
    """The least and the largest integer of ``bits``; of one signed bit -1 and 1, as QONNX has it.

    Raises:
        BadInput: several widths, or one that is no whole number from 1 to 32.
    """
    width = float(bits.reshape(-1)[0])
    if bits.size != 1 or width != int(width) or not 1 <= width <= 32:
        raise call.refuse(f"has the bit width {bits.tolist()}; use one whole number of bits")
    signed, narrow = bool(call.attribute("signed", 1)), bool(call.attribute("narrow", 0))
    if not signed:
        return 0, (1 << int(width)) - 1 - narrow
    if width == 1:
        return -1, 1
    return narrow - (1 << int(width) - 1), (1 << int(width) - 1) - 1


def _risers(call: OperatorCall, low: int, high: int) -> list[Riser]:
    mode = call.attribute("rounding_mode", "ROUND")
    if mode.upper() not in MODES:
        raise call.refuse(f"rounds by '{mode}'; choose one of {', '.join(MODES)}")
    if high - low > _MOST_VALUES:  # of which a clip in front may leave a few
        raise _too_many(call, high - low + 1)
    return risers(mode, low, high)


def _zero_point(call: OperatorCall, index: int) -> Fraction:
    zero = call.constant(index, np.zeros(1)).reshape(-1)
    if np.any(zero != zero[0]) or not np.isfinite(float(zero[0])):
        raise call.refuse("has a zero point for each channel; use one for all")
    return Fraction(float(zero[0]))


def _integers(call: OperatorCall, builder: OperatorBuilder, x: Signal, scale: np.ndarray, zero: Fraction) -> Signal:
    """``x / scale + zero``, with the bounds of a clip in the same measure."""
    if np.all(scale == 1) and zero == 0:
        return x
    if x.clipped and scale.size > 1:
        call.unclipped()
    low, high = (bound if bound is None else bound / scale.item() + zero for bound in x.bounds)
    found = affine(builder, f"{call.name}_scaled", x, _ONE / scale, np.array([zero], dtype=object))
    return Signal(found.node, x.shape, x.last, (low, high))


@handles("QuantizeLinear")
def _quantize_linear(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    """``clip(round(x / scale) + zero point)`` in the range of the zero point's type, ties to even."""
    x = call.signal()
    zero = call.constant(2, np.zeros(1, dtype=np.uint8))
    scale, shift = _along(call, x, call.constant(1)), int(zero.reshape(-1)[0])
    if np.any(zero != shift) or zero.dtype.kind not in "iu":
        raise call.refuse("has a zero point for each channel, or none of integers; use one for all")
    ends = np.iinfo(zero.dtype)
    steps = risers("ROUND", ends.min - shift, ends.max - shift)
    scaled = _integers(call, builder, x, scale, Fraction(0))
    return staircase(call, builder, scaled, steps, _ONE * int(ends.min), _ONE)


@handles("DequantizeLinear")
def _dequantize_linear(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    """``(x - zero point) * scale``."""
    x = call.unclipped()
    scale = _along(call, x, call.constant(1))
    zero = _along(call, x, call.constant(2, np.zeros(1)), least=None)
    return affine(builder, call.name, x, scale, -zero * scale)


def _along(call: OperatorCall, x: Signal, values: np.ndarray, least: int | None = 0) -> np.ndarray:
    """One number, or one for each element of the axis that the operator names (1 where it names none)."""
    axis = call.attribute("axis", 1) % (len(x.shape) + 1)
    laid = values.reshape(-1, *[1] * (len(x.shape) - axis)) if values.size > 1 else values
    found = against(call, x, laid)
    if least is not None and any(value <= least for value in found.flat):
        raise call.refuse("has a scale that is not above 0; train the model again")
    return found


@handles("MultiThreshold")
def _multi_threshold(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    """Number of thresholds that x reaches, times ``out_scale``, plus ``out_bias``; a row of thresholds a channel, or one."""
    x, thresholds = call.signal(), call.constant(1)
    layout = call.attribute("data_layout", "")
    if thresholds.ndim != 2 or layout not in ("", "NCHW", "NC", "NCW"):
        raise call.refuse(
            f"has thresholds of shape {thresholds.shape} and layout '{layout}'; use (channels, steps) and NCHW"
        )
    low, rise = (
        exact_array(np.array([float(call.attribute(n, d))])) for n, d in (("out_bias", 0.0), ("out_scale", 1.0))
    )
    if rise.item() == 0:
        raise call.refuse("has the out_scale 0; give another one")
    if thresholds.shape[0] == 1:
        steps = [(Fraction(float(t)), False) for t in np.sort(thresholds[0])]
        return staircase(call, builder, x, steps, low, rise)
    return _by_channel(call, builder, call.unclipped(), np.sort(thresholds, axis=1), low, rise)


def _by_channel(
    call: OperatorCall, builder: OperatorBuilder, x: Signal, thresholds: np.ndarray, low: np.ndarray, rise: np.ndarray
) -> Signal:
    """As ``staircase``, each channel with levels of its own: ``x - level >= 0``."""
    if thresholds.shape[1] > MOST_LEVELS:
        raise call.refuse(
            f"has {thresholds.shape[1]} thresholds; neurons have up to {MOST_LEVELS}, train with 4 bits or fewer"
        )
    axes = (1,) * (len(x.shape) - 1)
    levels = [against(call, x, row.reshape(-1, *axes)) for row in thresholds.T]
    return valued(call, builder, neurons(call, builder, x, levels, (False,) * len(levels)), low, rise)


@handles("Sign")
def _sign(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    """-1, 0 or 1: 0 has a value of its own."""
    steps = [(Fraction(0), False), (Fraction(0), True)]
    return staircase(call, builder, call.signal(), steps, -_ONE, _ONE)


@handles("Trunc")
def _trunc(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    """The upper bits of the integer that ``x / scale + zero point`` is.

    QONNX' first version has the inputs x, scale, zero point and two bit widths and clips nothing; the second has an
    output scale in front of the second width, by which it divides, and clips.
    """
    x, clips = call.signal(), len(call.inputs) == 6
    scale, zero, width = _scale(call, x, 1), _zero_point(call, 2), call.constant(5 if clips else 4)
    rise = _scale(call, x, 4) if clips else scale
    shift = _shift(call, scale, rise) if clips else int(call.constant(3).item() - width.item())
    if not 0 <= shift <= 32 or not 1 <= width.item() <= 4:
        raise call.refuse(f"cuts off {shift} bits and keeps {width.item():g}; keep 1 to 4 bits")
    low, high = quant_range(call, width) if clips else (-(1 << int(width.item())), 1 << int(width.item()))
    steps = [_half_even_at(riser, shift) for riser in _risers(call, low, high)]
    scaled = _integers(call, builder, x, scale, zero)
    base = rise * (Fraction(low) - (zero / (1 << shift) if clips else zero))
    return staircase(call, builder, scaled, steps, base, rise)


def _shift(call: OperatorCall, scale: np.ndarray, rise: np.ndarray) -> int:
    """The bits that go: the output scale is ``scale`` times that power of two."""
    ratios = {value for value in np.array(rise / scale, dtype=object).flat}
    shift = round(np.log2(float(min(ratios))))
    if len(ratios) != 1 or shift < 0 or ratios != {Fraction(1 << shift)}:
        raise call.refuse("has an output scale that is no power of two times its scale; export the model again")
    return shift


def _half_even_at(riser: Riser, shift: int) -> Riser:
    """Where the integer next to a number, ties to even, divided by ``2**shift`` reaches ``riser``."""
    level, strict = riser[0] * (1 << shift), riser[1]
    return risers("ROUND", (whole := floor(level) + 1 if strict else ceil(level)) - 1, whole)[0]
