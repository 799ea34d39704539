"""Quantisers as staircases: the steps at which the integer that a real number is rounded to grows by one.

A step is a number and whether that number itself is still below it: ``x >= level``, or ``x > level`` where strict.
The modes are those of QONNX' Quant and Trunc, https://github.com/fastmachinelearning/qonnx (docs/qonnx-custom-ops).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

Riser = tuple[Fraction, bool]
"""(level, strict)."""

_HALF = Fraction(1, 2)


def risers(mode: str, low: int, high: int) -> list[Riser]:
    """Where ``round(x)`` reaches each integer of ``low + 1 .. high``.

    Raises:
        KeyError: no such mode.
    """
    reaches = MODES[mode.upper()]
    return [reaches(k) for k in range(low + 1, high + 1)]


def _half_even(k: int) -> Riser:
    return Fraction(k) - _HALF, k % 2 == 1


def _half_away(k: int) -> Riser:
    """Ties go away from zero."""
    return Fraction(k) - _HALF, k <= 0


def _half_to_zero(k: int) -> Riser:
    return Fraction(k) - _HALF, k > 0


def _floor(k: int) -> Riser:
    return Fraction(k), False


def _ceil(k: int) -> Riser:
    return Fraction(k - 1), True


def _away(k: int) -> Riser:
    return _ceil(k) if k > 0 else _floor(k)


def _to_zero(k: int) -> Riser:
    return _floor(k) if k > 0 else _ceil(k)


MODES: dict[str, Callable[[int], Riser]] = {
    "ROUND": _half_even,
    "HALF_EVEN": _half_even,
    "HALF_UP": _half_away,
    "HALF_DOWN": _half_to_zero,
    "CEIL": _ceil,
    "FLOOR": _floor,
    "UP": _away,
    "DOWN": _to_zero,
    "ROUND_TO_ZERO": _to_zero,
}
