"""Exact integer matrix products at the speed of floating-point BLAS.

A float product is exact while every partial sum stays below 2**24 (float32) or 2**53 (float64).
Wider weights are split into limbs, ``w = sum_j limb_j * 2**(b j)``, each product is exact in
float64, and the limbs are joined in int64, or in Python integers where 63 bits are not enough.
"""

from __future__ import annotations

import numpy as np

from whetgen.ir.integers import magnitude

_EXACT_FLOAT32 = 1 << 24
_EXACT_FLOAT64 = 1 << 53
_EXACT_INT64 = 1 << 62


def exact_matmul(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """``x @ weights`` without rounding.

    ``x``: (rows, inputs), ``weights``: (inputs, neurons), int64 or object each; ``x`` may be ``compact``.
    Returns (rows, neurons), int64 where the bound allows it, else object.
    """
    x_max = max(magnitude(x), 1)
    terms = max(len(weights), 1)
    bound = terms * x_max * max(magnitude(weights), 1)
    if bound < _EXACT_FLOAT32:
        return (x.astype(np.float32, copy=False) @ weights.astype(np.float32)).astype(np.int64)
    if bound < _EXACT_FLOAT64:
        return (x.astype(np.float64) @ weights.astype(np.float64)).astype(np.int64)
    limb_bits = (_EXACT_FLOAT64 - 1) // (terms * x_max)
    limb_bits = limb_bits.bit_length() - 1
    if limb_bits < 1:
        return x.astype(np.int64 if x.dtype == np.float32 else object).astype(object) @ weights.astype(object)
    if magnitude(weights) >= _EXACT_INT64:
        weights = weights.astype(object)  # adding half a limb below must not wrap
    return _join(x, weights, limb_bits, np.int64 if bound < _EXACT_INT64 else object)


def compact(x: np.ndarray) -> np.ndarray:
    """The same integers, as float32 where that holds each exactly in half the memory."""
    return x.astype(np.float32) if x.dtype == np.int64 and magnitude(x) < _EXACT_FLOAT32 else x


def _join(x: np.ndarray, weights: np.ndarray, limb_bits: int, dtype: type) -> np.ndarray:
    x = x.astype(np.float64)
    total: np.ndarray = np.zeros((len(x), weights.shape[1]), dtype=dtype)
    rest, shift = weights, 0
    while np.any(rest != 0):
        low = rest if magnitude(rest) < 1 << limb_bits else _low_limb(rest, limb_bits)
        total += (x @ low.astype(np.float64)).astype(np.int64).astype(dtype) * (1 << shift)
        rest, shift = (rest - low) >> limb_bits, shift + limb_bits
    return total


def _low_limb(values: np.ndarray, bits: int) -> np.ndarray:
    """The digit in ``-2**(bits-1) <= d < 2**(bits-1)`` that is congruent to ``values``."""
    half = 1 << (bits - 1)
    return ((values + half) & ((1 << bits) - 1)) - half
