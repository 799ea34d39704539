"""Tensors of integers that stand for real numbers, ``X * scale + offset`` in exact numbers, and arithmetic on those."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from whetgen.ir.exact import Number, Surd, approximate, sign
from whetgen.ir.integers import as_integers
from whetgen.ir.nodes import Pad, Shape, Unary
from whetgen.reference import evaluate

ZERO, ONE = np.array(Fraction(0), dtype=object), np.array(Fraction(1), dtype=object)


@dataclass(frozen=True, eq=False)
class Scaled:
    """A tensor of integers and its real meaning ``integers * scale + offset``.

    ``scale``, ``offset``: object arrays of exact numbers, shape (), (channels,) or the tensor's.
    """

    node: str
    shape: Shape
    scale: np.ndarray = field(default_factory=lambda: ONE)
    offset: np.ndarray = field(default_factory=lambda: ZERO)

    @property
    def is_plain(self) -> bool:
        """Whether the integers are the real values themselves."""
        return self.scale.shape == () and self.scale.item() == 1 and not self.has_offset

    @property
    def has_offset(self) -> bool:
        return self.offset.shape != () or self.offset.item() != 0

    @property
    def differs_by_position(self) -> bool:
        """Whether elements of one channel have different scales or offsets."""
        return max(self.scale.ndim, self.offset.ndim) == 3

    @property
    def columns(self) -> Shape:
        """The shape of one scale and offset for each channel, or for each element where channels do not share them."""
        return self.shape if max(self.scale.ndim, self.offset.ndim) == len(self.shape) else self.shape[-1:]


def cell(value: Number) -> np.ndarray:
    """One exact number as an array without axes."""
    array: np.ndarray = np.empty((), dtype=object)
    array[()] = value
    return array


def fit(values: np.ndarray | Number, shape: Shape) -> np.ndarray:
    """The smallest of the shapes (), (channels,), ``shape`` that holds the same numbers; ``values``: an array or a number."""
    if not isinstance(values, np.ndarray):
        return cell(values)
    if values.ndim > 1 and values.size == values.shape[-1]:
        values = values.reshape(-1)
    if values.ndim and all(v == values.flat[0] for v in values.flat):
        return cell(values.flat[0])
    if values.ndim <= 1 or (values.ndim < len(shape) and values.shape == shape[-1:]):
        return values
    whole = np.broadcast_to(values, shape)
    first, *rows = whole.reshape(-1, shape[-1])
    return first if all(v == w for row in rows for v, w in zip(row, first, strict=True)) else whole


def moved(node: Unary, values: np.ndarray, before: Shape, after: Shape) -> np.ndarray:
    """``values`` of each element, carried along by a move."""
    if values.shape == ():
        return values
    carried = evaluate(node, np.broadcast_to(values, before)[None])[0]
    if isinstance(node, Pad):
        carried = np.where(carried == 0, ZERO, carried)
    return fit(carried, after)


def joined(axis: int, shapes: list[Shape], arrays: list[np.ndarray], shape: Shape) -> np.ndarray:
    """Scales, or offsets, of tensors of these shapes that are joined along ``axis`` to one of ``shape``."""
    if all(a.shape == () and a.item() == arrays[0].item() for a in arrays):
        return arrays[0]
    if axis == len(shape) - 1 and all(a.ndim <= 1 for a in arrays):
        return np.concatenate([np.broadcast_to(a, s[-1:]) for a, s in zip(arrays, shapes, strict=True)])
    return fit(np.concatenate([np.broadcast_to(a, s) for a, s in zip(arrays, shapes, strict=True)], axis), shape)


def common_unit(scales: np.ndarray) -> tuple[Number, np.ndarray, bool]:
    """A unit and integers of the shape of ``scales`` with ``scales == unit * integers``; whether they had to be rounded.

    Where ratios are irrational, each scale means the float32 nearest to it.
    """
    if scales.shape == ():
        return scales.item(), np.ones((), dtype=np.int64), False
    simple = (s for s in scales.flat if s != 0 and not (isinstance(s, Surd) and len(s.terms) > 1))
    reference = next(simple, Fraction(1))
    ratios = [s / reference for s in scales.flat]
    if any(isinstance(r, Surd) for r in ratios):
        return *common_unit(_nearest_float32(scales))[:2], True
    denominator = math.lcm(*(r.denominator for r in ratios))
    numerators = [int(r * denominator) for r in ratios]
    divisor = math.gcd(*numerators) or 1
    integers = as_integers(np.array([n // divisor for n in numerators], dtype=object).reshape(scales.shape))
    return reference * Fraction(divisor, denominator), integers, False


def signs_of(values: np.ndarray) -> np.ndarray:
    """-1, 0 or 1 for each exact number."""
    signs: np.ndarray = np.vectorize(sign, otypes=[np.int64])(values)
    return signs


def by_radicand(values: np.ndarray) -> dict[Number, np.ndarray]:
    """Exact numbers as the rational coefficients of each square root in them; the rational part stands at 1."""
    parts: dict[Number, np.ndarray] = {}
    for index, value in np.ndenumerate(values):
        terms = value.terms if isinstance(value, Surd) else ((Fraction(1), value),)
        for radicand, coefficient in terms:
            if coefficient:
                root = Fraction(1) if radicand == 1 else Surd(((radicand, Fraction(1)),))
                parts.setdefault(root, np.full(values.shape, Fraction(0), dtype=object))[index] = coefficient
    return parts


def _nearest_float32(values: np.ndarray) -> np.ndarray:
    nearest: np.ndarray = np.vectorize(lambda v: _nearest(approximate(v)), otypes=[object])(values)
    return nearest


def _nearest(value: Fraction) -> Fraction:
    """The float32 next to a number, whose exponent may be any."""
    power = Fraction(2) ** (value.numerator.bit_length() - value.denominator.bit_length())
    return Fraction(float(np.float32(float(value / power)))) * power
