"""A linear layer and the path behind it with weights on a grid of few values, all multiples of a step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from whetgen.ir.integers import as_integers
from whetgen.ir.nodes import LINEAR, Conv, Dense, Node, WeightedSum
from whetgen.passes.route import Route

_SHRINK = np.concatenate([np.linspace(0.2, 1.0, 17), [1.1, 1.25]])


def candidates(route: Route, bits: int) -> Iterator[tuple[Dense | Conv, tuple[Node, ...]]]:
    """The layer and its path on the grids of all step sizes, one step a neuron or one for all of them."""
    values = route.linear.weights.astype(np.float64)
    axes = tuple(range(values.ndim - route.channelwise))
    largest = np.abs(values).max(axis=axes)
    if bits == 1:
        steps = np.where(largest > 0, np.abs(values).mean(axis=axes), 1)
        yield on_steps(route, np.where(values >= 0, 1, -1), steps)
        return
    top = (1 << (bits - 1)) - 1
    steps = np.where(largest > 0, largest / top, 1)
    for shrink in _SHRINK:
        weights = np.clip(np.rint(values / (steps * shrink)), -top, top)
        yield on_steps(route, weights, steps * shrink)


def on_steps(route: Route, weights: np.ndarray, steps: np.ndarray) -> tuple[Dense | Conv, tuple[Node, ...]]:
    """The layer with these weights and the path behind it, all biases in units of ``steps``."""
    path = tuple(
        replace(node, bias=_in_units(node.bias, steps)) if isinstance(node, (*LINEAR, WeightedSum)) else node
        for node in route.path
    )
    bias = _in_units(route.linear.bias, steps)
    return replace(route.linear, weights=weights.astype(np.int64), bias=bias), path


def _in_units(bias: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """A bias divided by the steps and rounded."""
    if not np.any(bias):
        return bias
    units = np.broadcast_to(steps, bias.shape)
    rounded = [round(int(b) / Fraction(float(s))) for b, s in zip(bias.flat, units.flat, strict=True)]
    return as_integers(rounded).reshape(bias.shape)


def sum_step(linear: Dense | Conv, bits: int) -> float:
    """The one step of a layer whose sums leave the network."""
    values = np.abs(linear.weights.astype(np.float64))
    return float(values.mean()) if bits == 1 else float(values.max()) / ((1 << (bits - 1)) - 1)
