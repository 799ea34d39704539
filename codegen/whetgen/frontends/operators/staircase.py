"""Quantisers as staircases: the steps at which the integer that a real number is rounded to grows by one.

A step is a number and whether that number itself is still below it: ``x >= level``, or ``x > level`` where strict.
The modes are those of QONNX' Quant and Trunc, https://github.com/fastmachinelearning/qonnx (docs/qonnx-custom-ops).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whetgen.frontends.operators.values import Signal

Riser = tuple[Fraction, bool]
"""(level, strict)."""


def reached(value: Fraction, step: Riser) -> bool:
    level, strict = step
    return value > level if strict else value >= level


@dataclass(frozen=True)
class StepFunction:
    """``values[k]`` where ``source`` reaches the first k of ``steps``, which ascend."""

    source: Signal
    steps: tuple[Riser, ...]
    values: tuple[Fraction, ...]

    def after(self, passed: Sequence[Riser]) -> Fraction:
        """The value where no step behind the last of ``passed`` is reached."""
        return self.values[sum(1 for step in self.steps if passed and step <= passed[-1])]

    @property
    def changes(self) -> list[tuple[Riser, Fraction]]:
        """The steps at which the value changes, and by how much."""
        rises = (after - now for now, after in zip(self.values, self.values[1:], strict=False))
        return [(step, rise) for step, rise in zip(self.steps, rises, strict=True) if rise]


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
