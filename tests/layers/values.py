"""The layer graph evaluated plainly, by what each layer means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from whetgen.layers import Layer, LayerGraph, Pool, window_indices
from whetgen.layers.meaning import neurons


def results(graph: LayerGraph, frame: np.ndarray) -> dict[str, list[int]]:
    """The elements of every tensor, by its name."""
    known = {graph.input.name: frame.reshape(-1).tolist()}
    for layer in graph.layers:
        known[layer.result.name] = result(layer, [x for t in layer.sources for x in known[t.name]])
    return known


def result(layer: Layer, elements: Sequence[int]) -> list[int]:
    """The layer's result for the elements of its sources, these one after the other."""
    found = neurons(layer)
    return largest(layer, elements) if found is None else [neuron.value(elements) for neuron in found]


def largest(pool: Pool, elements: Sequence[int]) -> list[int]:
    windows = window_indices(pool.window).transpose(0, 2, 1).reshape(-1, pool.window.taps)
    return [max((elements[i] for i in window if i >= 0), default=pool.fill) for window in windows]
