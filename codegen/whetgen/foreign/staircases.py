"""What a quantiser makes of numbers, and of the weights of a layer: written from the definitions of QKeras, Larq and BinaryNet.

QKeras (0.9)    https://github.com/google/qkeras, qkeras/quantizers.py
Larq (0.13)     https://github.com/larq/larq, larq/quantizers.py
BinaryNet       https://github.com/DingKe/nn_playground, binarynet/binary_ops.py

Rounding is half to even. What they compute in training, such as tanh around a sign for its gradient, is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MOST_LEVELS = 15
EPSILON = 1e-7
"""``keras.backend.epsilon()``."""
_TIE = 1e-6

Alpha = float | str | list | None
OfWeights = Callable[[np.ndarray], np.ndarray]


class NotExact(ValueError):
    """A quantiser that makes no staircase, or weights that cannot be known: the end of a sentence about the layer."""


@dataclass(frozen=True)
class Steps:
    """``low + rise * (number of levels that x reaches)``; a ``strict`` level is reached by what is above it."""

    levels: tuple[float, ...]
    strict: tuple[bool, ...]
    low: float = 0.0
    rise: float = 1.0

    def counted(self, x: np.ndarray) -> np.ndarray:
        """The number of levels that each x reaches."""
        pairs = zip(self.levels, self.strict, strict=True)
        return np.sum([x > level if strict else x >= level for level, strict in pairs], axis=0)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return self.low + self.rise * self.counted(x)


@dataclass(frozen=True)
class Quantiser:
    """``of_weights``: exact numbers in float64; ``staircase`` where it may stand behind a sum, else ``why_not``."""

    of_weights: OfWeights
    staircase: Steps | None = None
    why_not: str = ""


def of_steps(staircase: Steps) -> Quantiser:
    return Quantiser(staircase, staircase)


def of_weights_only(of_weights: OfWeights, name: str) -> Quantiser:
    return Quantiser(of_weights, None, f"has the activation {name}, whose values depend on more than one number")


def signs(low: float = -1.0, strict: bool = False) -> Steps:
    """1 from 0 on (strict: above 0), else ``low``."""
    return Steps((0.0,), (strict,), low, 1.0 - low)


SIGN = signs()


def dead_band(threshold: float) -> Steps:
    """-1 from -threshold down, 1 from threshold up, 0 between; 0 itself is 0. The threshold is one of float32."""
    level = float(np.float32(max(threshold, 0.0)))
    return Steps((-level, level), (True, False), -1.0, 1.0)


def scaled(found: Steps, alpha: Alpha, exact: OfWeights) -> Quantiser:
    """A staircase times ``alpha``: a number, or for weights one for each channel. ``exact``: the weights without it."""
    try:
        factor = np.asarray(1.0 if alpha is None else alpha, dtype=np.float32).astype(np.float64)
    except (ValueError, TypeError) as error:
        raise NotExact("has a quantiser whose alpha is no number") from error
    if not np.all(np.isfinite(factor) & (factor != 0)):
        raise NotExact("has a quantiser whose alpha is 0, Inf or NaN; train the model again")
    if factor.size != 1:
        return of_weights_only(lambda x: factor * exact(x), "with a scale for each channel")
    scale = factor.item()
    steps = Steps(found.levels, found.strict, scale * found.low, scale * found.rise)
    return Quantiser(lambda x: scale * exact(x), steps)


def rounded(low: int, high: int, unit: float, alpha: Alpha) -> Quantiser:
    """``alpha * unit * clip(round(x / unit), low, high)``."""

    def exact(x: np.ndarray) -> np.ndarray:
        return unit * np.clip(np.round(x / unit), low, high)

    if high - low > MOST_LEVELS:
        return Quantiser(scaled(signs(), alpha, exact).of_weights, None, _too_many(high - low + 1))
    whole = range(low + 1, high + 1)
    steps = Steps(tuple(unit * (k - 0.5) for k in whole), tuple(k % 2 == 1 for k in whole), unit * low, unit)
    return scaled(steps, alpha, exact)


def _too_many(values: int) -> str:
    return f"has an activation of {values} values; neurons have up to {MOST_LEVELS} thresholds, use 4 bits or fewer"


def parts_of_one(most: int) -> Quantiser:
    """``round(clip(x, 0, 1) * most) / most``; the levels are float32's first numbers that are rounded up."""
    if most > MOST_LEVELS:
        return Quantiser(lambda x: np.round(np.clip(x, 0, 1) * most) / most, None, _too_many(most + 1))
    levels = tuple(_first_rounded_to(k, most) for k in range(1, most + 1))
    return of_steps(Steps(levels, (False,) * most, 0.0, 1 / most))


def _first_rounded_to(step: int, most: int) -> float:
    """The least float32 x for which ``round(x * most)`` is ``step``."""
    x = np.float32((step - 0.5) / most)
    while np.round(x * np.float32(most)) >= step:
        x = np.nextafter(x, np.float32(0))
    while np.round(x * np.float32(most)) < step:
        x = np.nextafter(x, np.float32(1))
    return float(x)


def normed_steps(x: np.ndarray, most: int) -> np.ndarray:
    """DoReFa's weights: ``2 round(most * (tanh(x) / (2 largest) + 1/2)) / most - 1``, multiples of float32's 1 / most.

    Raises:
        NotExact: a weight is so near to the middle of two steps that float32 might take either. 0 itself is exact.
    """
    limited = np.tanh(x)
    largest = np.max(np.abs(limited)) or 1.0
    places = most * (limited / (2 * largest) + 0.5)
    if np.any((np.abs(places - np.floor(places) - 0.5) < _TIE) & (x != 0)):
        raise NotExact("has a weight in the middle of two steps of DoReFa, of which either may be meant")
    return float(np.float32(1 / most)) * (2 * np.round(places) - most)


def powers_of_two(low: int, high: int, top: float | None, doubled: bool) -> OfWeights:
    """The power of two next to each number above 0, its exponent in ``low..high``; what is nearly 0 has ``low``."""

    def quantised(x: np.ndarray) -> np.ndarray:
        inside = np.maximum(x, EPSILON) if top is None else np.clip(x, EPSILON, top)
        exponents = np.clip(_whole_log(np.sqrt(inside) if doubled else inside), low, high)
        return np.exp2(np.where(x < np.float32(EPSILON), low, exponents * (2 if doubled else 1)))

    return quantised


def _whole_log(x: np.ndarray) -> np.ndarray:
    """The whole number next to log2(x).

    Raises:
        NotExact: one is so near to the middle of two that float32 might take either.
    """
    exact = np.log2(x)
    if np.any(np.abs(exact - np.floor(exact) - 0.5) < _TIE):
        raise NotExact("has a weight or a scale in the middle of two powers of two, of which either may be meant")
    return np.round(exact)


# Scales that follow from the weights


def channels_of(x: np.ndarray) -> tuple[int, ...]:
    """The axes over which a channel's weights lie."""
    return tuple(range(x.ndim - 1)) if x.ndim > 1 else (0,)


def fitted_scale(alpha: str, x: np.ndarray, q: np.ndarray) -> np.ndarray:
    """The scale of each channel for which ``scale * q`` is next to x, rounded once to float32, or to a power of two.

    Each number of a row, such as a bias, is a channel of its own.
    """
    axes = channels_of(x) if x.ndim > 1 else ()
    scale = np.mean(x * q, axis=axes, keepdims=True) / (np.mean(q * q, axis=axes, keepdims=True) + EPSILON)
    if alpha == "auto":
        return scale.astype(np.float32).astype(np.float64)
    return np.exp2(_whole_log(scale + EPSILON))


def fitted_signs(alpha: str, steps: Steps) -> OfWeights:
    def quantised(x: np.ndarray) -> np.ndarray:
        found = steps(x)
        return fitted_scale(alpha, x, found) * found

    return quantised


def fitted_ternary(turns: int) -> OfWeights:
    """Scales and what is cut off at half a scale, found in turns."""

    def quantised(x: np.ndarray) -> np.ndarray:
        largest = np.max(np.abs(x), axis=channels_of(x), keepdims=True)
        scale = np.exp2(_whole_log(2 * largest / 3 + EPSILON))
        found = np.zeros_like(x)
        for _ in range(turns):
            found = np.where(np.abs(x) > scale / 2, np.sign(x), 0.0)  # a half is rounded to the even 0
            scale = fitted_scale("auto_po2", x, found)
        return scale * found

    return quantised


def fitted_bits(bits: int, unit: float) -> OfWeights:
    """As many steps up as down, of a power of two for each channel that is found in five turns."""

    def quantised(weights: np.ndarray) -> np.ndarray:
        x, most = weights / unit, (1 << bits - 1) - 1
        largest = np.max(np.abs(x), axis=channels_of(x), keepdims=True)
        scale, found = np.exp2(_whole_log(largest / most + EPSILON)), x
        for _ in range(5):
            sizes = np.floor((np.abs(x) / scale).astype(np.float32) + np.float32(0.5))  # as float32 adds
            found = np.sign(x) * np.minimum(sizes.astype(np.float64), most)
            scale = fitted_scale("auto_po2", x, found)
        return unit * scale * found

    return quantised


def mean_threshold(x: np.ndarray) -> np.ndarray:
    """-1, 0 or 1, cut off at 0.7 times the mean size of all weights.

    Raises:
        NotExact: a weight is so near to that that float32 might find it on either side.
    """
    threshold = 0.7 * np.mean(np.abs(x))
    if np.any(np.abs(np.abs(x) - threshold) < _TIE * threshold):
        raise NotExact("has a weight at the threshold of its ternary quantiser, of which either side may be meant")
    return np.where(np.abs(x) > threshold, np.sign(x), 0.0)
