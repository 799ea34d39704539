"""Watch the spikes of a model: how often neurons fire, and which never do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import keras
import numpy as np

from whetgen.sharpen.find_layers import spiking_layers
from whetgen.sharpen.layers import SpikingActivation


@dataclass(frozen=True)
class Activity:
    """Of one spiking layer over some examples.

    ``rate``: mean output, 0 to 1; ``dead``: neurons (channels, for maps) whose output is 0 at every
    example and place; ``neurons``: how many there are.
    """

    rate: float
    dead: int
    neurons: int


@contextmanager
def hardened(model: keras.Model) -> Iterator[None]:
    """Every spiking layer at sharpness 1.0 for a while."""
    layers = spiking_layers(model)
    before = [layer.sharpness for layer in layers]
    for layer in layers:
        layer.sharpness = 1.0
    try:
        yield
    finally:
        for layer, sharpness in zip(layers, before, strict=True):
            layer.sharpness = sharpness


def watch(model: keras.Model, x: np.ndarray, batch: int = 500) -> tuple[np.ndarray, list[Activity]]:
    """The model's outputs for examples ``x``, and the activity of its spiking layers, inputs first.

    The model runs at its present sharpness, layer by layer (not compiled), so that nested layers
    show their outputs too. A layer that is called more than once counts all its calls together.
    """
    counts = [_SpikeCount() for _ in spiking_layers(model)]
    with _observed(model, counts):
        outputs = [np.asarray(model(x[start : start + batch], training=False)) for start in range(0, len(x), batch)]
    return np.concatenate(outputs), [count.activity() for count in counts]


class _SpikeCount:
    """Adds up the outputs of one layer, by channel."""

    def __init__(self):
        self.total: np.ndarray | float = 0.0
        self.places = 0

    def __call__(self, outputs: keras.KerasTensor) -> None:
        flat = np.asarray(outputs).reshape(-1, outputs.shape[-1])
        self.total = self.total + flat.sum(axis=0, dtype=np.float64)
        self.places += len(flat)

    def activity(self) -> Activity:
        total = np.atleast_1d(self.total)
        rate = float(total.mean() / self.places) if self.places else 0.0
        return Activity(rate, int((total == 0).sum()), len(total))


@contextmanager
def _observed(model: keras.Model, observers: list) -> Iterator[None]:
    layers: list[SpikingActivation] = spiking_layers(model)
    for layer, observer in zip(layers, observers, strict=True):
        layer.observer = observer
    try:
        yield
    finally:
        for layer in layers:
            layer.observer = None
