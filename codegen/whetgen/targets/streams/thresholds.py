"""Neurons of several thresholds: the sum is made once, less the lowest of them, and compared with how far the others are from it."""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch
from typing import TypeVar

import numpy as np

from whetgen.layers import Blend, Linear

Sums = TypeVar("Sums", bound=Linear | Blend)


def summed(layer: Sums) -> Sums:
    """What makes the sums: the layer itself, or the sums less the lowest threshold, in words that hold the distances, too."""
    if not layer.higher:
        return layer
    least, most = layer.sum_range.lowest - layer.levels, layer.sum_range.highest - layer.levels
    farthest = max(int(row.max()) for row in _distances(layer.levels, layer.higher))
    lo, hi = min(int(least.min()), -1), max(int(most.max()), farthest)
    result = replace(layer.result, name=f"{layer.result.name}_sums", lo=lo, hi=hi)
    return replace(layer, result=result, levels=-layer.levels, fire=False, higher=())


def _distances(lowest: np.ndarray, higher: tuple[np.ndarray, ...]) -> list[np.ndarray]:
    return [row - lowest for row in higher]


@singledispatch
def distances(layer: object, lanes: int) -> np.ndarray:
    """(rows, thresholds but the lowest, lanes) Python integers: word after word of ``lanes`` results has the next row."""
    raise TypeError(f"no thresholds of {type(layer).__name__}")


@distances.register
def _(layer: Linear, lanes: int) -> np.ndarray:
    return _rows(_distances(layer.levels, layer.higher), lanes)


@distances.register
def _(layer: Blend, lanes: int) -> np.ndarray:
    return _rows(_distances(layer.level_table, layer.higher_tables), lanes)


def _rows(found: list[np.ndarray], lanes: int) -> np.ndarray:
    return np.stack([row.reshape(-1, lanes) for row in found], axis=1)
