"""Handlers of element-wise arithmetic: sums, and products with constants, of tensors that may have to be broadcast.

``x * 0.5`` in a functional model is an operation that knows its constant; layers such as Add take constants, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from math import prod

import numpy as np
from numpy.typing import ArrayLike

from whetgen.frontends.builder import Builder
from whetgen.frontends.keras.calls import LayerCall, handles
from whetgen.frontends.keras.handlers.scaling import add_affine
from whetgen.ir.exact import exact_array, simplest_rational
from whetgen.ir.nodes import MOVES, MaxPool, Shape, Upsample
from whetgen.ir.real import RealSum, RealThreshold

_ONE, _ZERO = (np.array(Fraction(number), dtype=object) for number in (1, 0))


@handles("Add")
def _add(call: LayerCall, builder: Builder) -> str:
    return _sum(call, builder, (1,) * len(call.operands))


@handles("Subtract")
def _subtract(call: LayerCall, builder: Builder) -> str:
    return _sum(call, builder, (1, -1))


@handles("Negative")
def _negative(call: LayerCall, builder: Builder) -> str:
    return add_affine(call, builder, -_ONE, _ZERO)


@handles("Average")
def _average(call: LayerCall, builder: Builder) -> str:
    if hasattr(call.layer, "axis"):  # keras.ops.average
        raise call.refuse("averages along an axis; use AveragePooling or GlobalAveragePooling")
    count = len(call.operands)
    total = _sum(call, builder, (1,) * count)
    mean = replace(call, path=f"{call.path}_mean", inputs=[total])
    return add_affine(mean, builder, np.array(Fraction(1, count), dtype=object), _ZERO)


@handles("Multiply")
def _multiply(call: LayerCall, builder: Builder) -> str:
    """``factor * x``; of spikes, which are 1 together where all are, also ``factor * (x and y)``."""
    factor = prod(_constants(call), start=_ONE)
    if len(call.inputs) > 1:
        if not all(_are_spikes(builder, name) for name in call.inputs):
            raise call.refuse(
                "multiplies tensors of which one is no spikes; use Add or Concatenate followed by a sharpened layer, "
                "or multiply spikes with spikes"
            )
        count = len(call.inputs)
        total = builder.add(RealSum, f"{call.path}_sum", operands=_aligned(call, builder), signs=(1,) * count)
        call = replace(call, inputs=[builder.add(RealThreshold, call.path, source=total, level=Fraction(count))])
    else:
        call = replace(call, inputs=list(_aligned(call, builder)))
    return call.source if np.all(factor == 1) else add_affine(call, builder, factor, _ZERO)


@handles("Divide", "TrueDivide")
def _divide(call: LayerCall, builder: Builder) -> str:
    x, divisor = call.operands
    if not isinstance(x, str) or isinstance(divisor, str):
        raise call.refuse("divides by a tensor; divide by a constant")
    values = _constant(call, divisor)
    if np.any(values == 0):
        raise call.refuse("divides by 0; give another constant")
    call = replace(call, inputs=list(_aligned(call, builder)))
    return add_affine(call, builder, _ONE / values, _ZERO)


def _sum(call: LayerCall, builder: Builder, signs: tuple[int, ...]) -> str:
    """``sum_k signs[k] * operands[k]`` of tensors and constants."""
    signed = tuple(zip(signs, call.operands, strict=True))
    constants = [_constant(call, value) * Fraction(sign) for sign, value in signed if not isinstance(value, str)]
    tensors, of_tensors = _aligned(call, builder), tuple(sign for sign, value in signed if isinstance(value, str))
    if not constants:
        return builder.add(RealSum, call.path, operands=tensors, signs=of_tensors)
    total, multiplier = tensors[0], np.array(Fraction(of_tensors[0]), dtype=object)
    if len(tensors) > 1:
        total, multiplier = builder.add(RealSum, f"{call.path}_sum", operands=tensors, signs=of_tensors), _ONE
    return add_affine(replace(call, inputs=[total]), builder, multiplier, *constants)


def _constants(call: LayerCall) -> list[np.ndarray]:
    return [_constant(call, value) for value in call.operands if not isinstance(value, str)]


def _constant(call: LayerCall, value: ArrayLike) -> np.ndarray:
    """Exact numbers that broadcast against the result: an array as it is stored, a single number as it is written."""
    values = np.asarray(value).astype(np.float64)
    if not np.all(np.isfinite(values)):
        raise call.refuse("has a constant that is NaN or Inf; give a number")
    if values.ndim == 0:
        return np.array(simplest_rational(float(values)), dtype=object)
    if values.ndim > len(call.shape) or call.merges:  # its first axis is that of the batch
        if len(values) != 1:
            raise call.refuse(f"has a constant of shape {values.shape}, one for each frame; give one for all")
        values = values[0]
    return exact_array(values)


def _aligned(call: LayerCall, builder: Builder) -> tuple[str, ...]:
    """The tensors that a call reads, each repeated along the axes where the result is larger."""
    return tuple(_broadcast(call, builder, name) for name in call.inputs)


def _broadcast(call: LayerCall, builder: Builder, name: str) -> str:
    """Runs of axes of size 1 that the result has larger: their pixel is repeated, in rows of all that follows."""
    shape = builder.shapes[name]
    if len(shape) != len(call.shape) and not call.merges:
        raise call.refuse(f"joins tensors of {len(shape)} and {len(call.shape)} axes; reshape one of them first")
    shape = (*(1,) * (len(call.shape) - len(shape)), *shape)
    for first, last in _runs(shape, call.shape):
        rows = (prod(call.shape[:first]), 1, prod(shape[last:]))
        name = builder.reshape(name, rows, f"{call.path}_rows")
        name = builder.add(Upsample, f"{call.path}_repeat", source=name, factor=(1, prod(call.shape[first:last])))
    return builder.reshape(name, call.shape, f"{call.path}_broadcast")


def _runs(shape: Shape, wanted: Shape) -> Iterable[tuple[int, int]]:
    """(first, last + 1) of neighbouring axes that are to grow."""
    grows = [False, *(have != want for have, want in zip(shape, wanted, strict=True)), False]
    turns = [axis for axis in range(len(shape) + 1) if grows[axis] != grows[axis + 1]]
    return zip(turns[::2], turns[1::2], strict=True)


def _are_spikes(builder: Builder, name: str) -> bool:
    """Whether a tensor is made of spikes, moved and pooled."""
    kinds = {node.name: node for node in builder.nodes}
    waiting = [kinds[name]]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (MaxPool, *MOVES)):
            waiting += [kinds[source] for source in node.sources]
        elif not isinstance(node, RealThreshold):
            return False
    return True
