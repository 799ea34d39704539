"""Weights as signed digits: the fewest terms of plus or minus a power of two."""

from __future__ import annotations

import numpy as np

from whetgen.ir.integers import magnitude


def signed_digits(weights: np.ndarray) -> np.ndarray:
    """Canonical signed digits: (columns, *weights.shape) of -1, 0, 1, the lowest power of two first.

    No two neighbours are nonzero, which makes their number the least possible (Reitwiesner 1960).
    """
    exact = np.int64 if magnitude(weights) < 1 << 61 else object
    rest, digits = np.array(weights, dtype=exact), []
    while np.any(rest != 0):
        odd = (rest % 2).astype(np.int64)
        digit = np.where(odd == 1, 2 - (rest % 4).astype(np.int64), 0)
        digits.append(digit.astype(np.int8))
        rest = (rest - digit) // 2
    return np.stack(digits) if digits else np.zeros((1, *np.shape(weights)), dtype=np.int8)
