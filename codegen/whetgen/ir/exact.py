"""Exact real numbers of the form ``sum_k c_k sqrt(r_k)``: what batch normalisation makes of rationals.

A rational result is always a ``Fraction``; a ``Surd`` is proved irrational. That proof is the
linear independence over Q of square roots whose radicands differ by no rational square
(Besicovitch 1940), so terms are merged until no two radicands do.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import numpy as np

Term = tuple[Fraction, Fraction]  # radicand, coefficient
Number: TypeAlias = "Fraction | Surd"


@dataclass(frozen=True, eq=False)
class Surd:
    """An irrational number ``sum(c * sqrt(r) for r, c in terms)``; build it with ``exact_sum``."""

    terms: tuple[Term, ...]

    def __add__(self, other: Number | int) -> Number:
        return exact_sum([*self.terms, *_terms(other)])

    def __neg__(self) -> Surd:
        return Surd(tuple((r, -c) for r, c in self.terms))

    def __sub__(self, other: Number | int) -> Number:
        return self + -other

    def __rsub__(self, other: Number | int) -> Number:
        return -self + other

    def __mul__(self, other: Number | int) -> Number:
        return exact_sum([(r * s, c * d) for r, c in self.terms for s, d in _terms(other)])

    def __truediv__(self, other: Number | int) -> Number:
        return self * reciprocal(other)

    def __rtruediv__(self, other: Number | int) -> Number:
        return reciprocal(self) * other

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Surd) and self - other == 0

    def __hash__(self) -> int:
        return hash(floor(self * (1 << 40)))

    def __lt__(self, other: Number | int) -> bool:
        return sign(self - other) < 0

    def __float__(self) -> float:
        return float(approximate(self))

    def __abs__(self) -> Surd:
        return -self if sign(self) < 0 else self

    __radd__ = __add__
    __rmul__ = __mul__


def exact_sum(terms: Iterable[Term]) -> Number:
    """The number with these (radicand, coefficient) terms, radicands positive, in lowest form."""
    merged: dict[Fraction, Fraction] = {}
    for radicand, coefficient in terms:
        base, factor = _same_class(radicand, merged)
        merged[base] = merged.get(base, Fraction(0)) + coefficient * factor
    kept = tuple((r, c) for r, c in merged.items() if c)
    if not kept:
        return Fraction(0)
    if len(kept) == 1 and kept[0][0] == 1:
        return kept[0][1]
    return Surd(kept)


def square_root(value: Fraction) -> Number:
    """Exact square root of a rational that is not negative."""
    return exact_sum([(value, Fraction(1))]) if value else Fraction(0)


def reciprocal(value: Number | int) -> Number:
    """``1 / value`` for a rational or a single square root."""
    if not isinstance(value, Surd):
        return 1 / Fraction(value)
    ((radicand, coefficient),) = value.terms
    return exact_sum([(radicand, 1 / (coefficient * radicand))])


def sign(value: Number) -> int:
    """-1, 0 or 1."""
    if not isinstance(value, Surd):
        return (value > 0) - (value < 0)
    bits = 64
    while True:
        low, high = _interval(value, bits)
        if low > 0 or high < 0:
            return 1 if low > 0 else -1
        bits *= 2


def floor(value: Number) -> int:
    """Largest integer not above ``value``."""
    if not isinstance(value, Surd):
        return math.floor(value)
    bits = 64
    while True:
        low, high = _interval(value, bits)
        if math.floor(low) == math.floor(high):
            return math.floor(low)
        bits *= 2


def ceil(value: Number) -> int:
    """Smallest integer not below ``value``."""
    return -floor(-value)


def approximate(value: Number, bits: int = 200) -> Fraction:
    """A rational within ``2**-bits`` times the size of the terms."""
    return value if not isinstance(value, Surd) else _interval(value, bits)[0]


def simplest_rational(value: float) -> Fraction:
    """The rational of smallest denominator that rounds to the double ``value``: 1/255 for 1/255."""
    if value == 0:
        return Fraction(0)
    if value < 0:
        return -simplest_rational(-value)
    exact = Fraction(value)
    below, above = math.nextafter(value, 0.0), math.nextafter(value, math.inf)
    low = (exact + Fraction(below)) / 2
    high = (exact + Fraction(above)) / 2 if math.isfinite(above) else exact + (exact - Fraction(below)) / 2
    return _simplest_between(low, high)


def exact_array(values: np.ndarray) -> np.ndarray:
    """The stored floats as an object array of Fractions."""
    values = np.asarray(values, dtype=np.float64)
    result = np.empty(values.shape, dtype=object)
    result.reshape(-1)[:] = [Fraction(v) for v in values.reshape(-1).tolist()]
    return result


def _terms(value: Number | int) -> tuple[Term, ...]:
    return value.terms if isinstance(value, Surd) else ((Fraction(1), Fraction(value)),)


def _same_class(radicand: Fraction, known: Iterable[Fraction]) -> Term:
    """A radicand of the same square class, and the factor: ``sqrt(radicand) = factor * sqrt(base)``."""
    for base in (Fraction(1), *known):
        if (root := _rational_root(radicand / base)) is not None:
            return base, root
    return radicand, Fraction(1)


def _rational_root(value: Fraction) -> Fraction | None:
    top, bottom = math.isqrt(value.numerator), math.isqrt(value.denominator)
    exact = top * top == value.numerator and bottom * bottom == value.denominator
    return Fraction(top, bottom) if exact else None


def _interval(value: Surd, bits: int) -> tuple[Fraction, Fraction]:
    low = high = Fraction(0)
    for radicand, coefficient in value.terms:
        product = radicand.numerator * radicand.denominator
        root = math.isqrt(product << (2 * bits))
        ends = [coefficient * Fraction(root + k, radicand.denominator << bits) for k in (0, 1)]
        low, high = low + min(ends), high + max(ends)
    return low, high


def _simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """Smallest denominator in the open interval, by continued fractions."""
    whole = math.floor(low)
    if whole + 1 < high:
        return Fraction(whole + 1)
    if low == whole:
        return whole + Fraction(1, math.floor(1 / (high - whole)) + 1)
    return whole + 1 / _simplest_between(1 / (high - whole), 1 / (low - whole))
