"""Layers whose window slides: one module has the logic of a window, and each position gets an instance of it.

A window that reaches beyond the map reads zeros there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeGuard

import numpy as np

from whetgen.layers import Linear, Window, window_indices
from whetgen.targets.verilog.logic.lookup_tables import LogicLayer


def repeats(layer: LogicLayer) -> TypeGuard[Linear]:
    """Whether every position of the layer does the same with its window."""
    return isinstance(layer, Linear) and not layer.window.trivial and len(layer.levels) == 1


def one_window(layer: LogicLayer) -> LogicLayer:
    """The layer as its module has it: where a window slides, a dense layer that reads one window, taps first, then channels."""
    if not repeats(layer):
        return layer
    inputs = layer.window.taps * layer.window.channels
    return replace(
        layer,
        source=replace(layer.source, shape=(inputs,)),
        result=replace(layer.result, shape=(layer.neurons,)),
        window=Window.whole(inputs),
    )


def module_name(network: str, layer: LogicLayer) -> str:
    """Of the layer's module, which is that of its window where this slides."""
    return f"{network}_{layer.result.name}_{'window' if repeats(layer) else 'logic'}"


def windows(layer: Linear, bus: str) -> Iterator[list[str]]:
    """Of each position, the parts of ``bus``, the map, that its window reads: the lowest bits first."""
    for elements in window_indices(layer.window).reshape(layer.window.positions, -1):
        yield _parts(layer, bus, elements)


def beside_windows(layer: Linear, bus: str) -> list[str]:
    """The parts of ``bus`` that no window reads."""
    return _parts(layer, bus, np.setdiff1d(np.arange(layer.source.count), window_indices(layer.window)))


def _parts(layer: Linear, bus: str, elements: np.ndarray) -> list[str]:
    outside = elements < 0
    goes_on = np.where(outside[1:], outside[:-1], ~outside[:-1] & (np.diff(elements) == 1))
    runs = np.split(elements, 1 + np.flatnonzero(~goes_on))
    return [_part(bus, run, layer.source.width, layer.source.bits) for run in runs if len(run)]


def _part(bus: str, run: np.ndarray, width: int, bits: int) -> str:
    if run[0] < 0:
        return f"{len(run) * width}'d0"
    return bus if bits == 1 else f"{bus}[{(int(run[-1]) + 1) * width - 1}:{int(run[0]) * width}]"
