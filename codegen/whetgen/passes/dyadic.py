"""Floats as integers times one power of two a column: exact, because floats are dyadic."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

_MANTISSA = 53


def integer_columns(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``values[..., n] == integers[..., n] * units[n]`` exactly, with the least integers.

    ``values``: finite float64, columns along the last axis.
    Returns integers (int64, or object beyond 62 bits) of the same shape and units, an object
    array of positive Fractions (columns,). A column of zeros has unit 1.
    """
    columns = values.reshape(-1, values.shape[-1])
    mantissas, exponents = _odd_mantissas(columns)
    used = mantissas != 0
    lowest = np.where(used, exponents, np.iinfo(np.int64).max).min(axis=0, initial=np.iinfo(np.int64).max)
    lowest = np.where(used.any(axis=0), lowest, 0)
    shifts = np.where(used, exponents - lowest, 0)
    widest = int((shifts + np.where(used, _MANTISSA, 0)).max(initial=0))
    if widest >= 62:
        bits = (
            np.vectorize(lambda m: abs(int(m)).bit_length(), otypes=[np.int64])(mantissas)
            if mantissas.size
            else mantissas
        )
        widest = int((shifts + bits).max(initial=0))
    if widest < 62:
        integers = mantissas << shifts
    else:
        integers = np.vectorize(lambda m, s: int(m) << int(s), otypes=[object])(mantissas, shifts)
    units = np.array([Fraction(2) ** int(e) for e in lowest], dtype=object)
    return reduce_columns(integers.reshape(values.shape), units)


def reduce_columns(integers: np.ndarray, units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same products with each column divided by the gcd of its integers."""
    divisors = column_gcds(integers)
    if np.all(divisors == 1):
        return integers, units
    return integers // divisors, units * divisors.astype(object)


def column_gcds(integers: np.ndarray) -> np.ndarray:
    """Greatest common divisor of each column along the last axis; 1 for a column of zeros."""
    columns = integers.reshape(-1, integers.shape[-1])
    if columns.dtype == object:
        divisors = np.array([math.gcd(*map(int, column)) for column in columns.T], dtype=object)
    else:
        divisors = np.gcd.reduce(columns, axis=0)
    return np.where(divisors == 0, 1, divisors)


def _odd_mantissas(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``values == mantissas * 2.0**exponents`` with odd integer mantissas (0 for 0)."""
    fractions, exponents = np.frexp(values)
    mantissas = np.ldexp(fractions, _MANTISSA).astype(np.int64)
    lowest_bit = mantissas & -mantissas
    zeros = np.where(mantissas == 0, 0, np.log2(np.maximum(lowest_bit, 1).astype(np.float64)).astype(np.int64))
    return mantissas >> zeros, exponents.astype(np.int64) - _MANTISSA + zeros
