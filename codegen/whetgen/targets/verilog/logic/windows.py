"""Layers whose window slides: one module has the logic of a window, and each position gets an instance of it.

A window that reaches beyond the map reads zeros there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from whetgen.layers.graph import Geometry, Linear, Step
from whetgen.targets.verilog.logic.layers import window_indices


def slides(step: Step) -> bool:
    """Whether every position of the layer does the same with its window."""
    return isinstance(step, Linear) and not step.geometry.trivial and bool((step.levels == step.levels[:1]).all())


def one_window(step: Step) -> Step:
    """The layer as its module has it: where a window slides, a dense layer that reads one window, taps first, then channels."""
    if not slides(step):
        return step
    inputs = step.geometry.taps * step.geometry.channels
    return replace(
        step,
        source=replace(step.source, count=inputs),
        result=replace(step.result, count=step.neurons),
        geometry=Geometry(1, 1, inputs, 1, 1),
        levels=step.levels[:1],
    )


def module_suffix(step: Step) -> str:
    """What ends the name of the layer's module."""
    return "window" if slides(step) else "logic"


def windows(step: Linear, bus: str) -> Iterator[list[str]]:
    """Of each position, the parts of ``bus``, the map, that its window reads: the lowest bits first."""
    for elements in window_indices(step.geometry).reshape(step.geometry.positions, -1):
        yield _parts(step, bus, elements)


def beside_windows(step: Linear, bus: str) -> list[str]:
    """The parts of ``bus`` that no window reads."""
    return _parts(step, bus, np.setdiff1d(np.arange(step.source.count), window_indices(step.geometry)))


def _parts(step: Linear, bus: str, elements: np.ndarray) -> list[str]:
    outside = elements < 0
    goes_on = np.where(outside[1:], outside[:-1], ~outside[:-1] & (np.diff(elements) == 1))
    runs = np.split(elements, 1 + np.flatnonzero(~goes_on))
    return [_part(bus, run, step.source.width, step.source.bits) for run in runs if len(run)]


def _part(bus: str, run: np.ndarray, width: int, bits: int) -> str:
    if run[0] < 0:
        return f"{len(run) * width}'d0"
    return bus if bits == 1 else f"{bus}[{(int(run[-1]) + 1) * width - 1}:{int(run[0]) * width}]"
