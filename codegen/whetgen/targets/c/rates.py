"""How often the elements of each tensor are not 0: what event-driven kernels cost depends on it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from whetgen.layers import Layer, Linear, Tensor, Window, window_indices
from whetgen.reference import run_tensors
from whetgen.targets.c.storage import Storage

_GUESS = 0.25  # of spikes
_MOST_FRAMES = 64
NIBBLE = 4


@dataclass(frozen=True)
class Rate:
    """Shares that are not all 0: of single elements, and of runs of four neighbours, which spikes like to share.

    ``frames``: (frames, elements) of which they are the shares, whether each is not 0; None where they were guessed."""

    single: float
    nibble: float
    frames: np.ndarray | None = field(default=None, compare=False, repr=False)

    @classmethod
    def independent(cls, single: float) -> Rate:
        """Of elements that know nothing of their neighbours."""
        return cls(single, 1 - (1 - single) ** NIBBLE)


def guessed_rates(storage: Storage) -> dict[str, Rate]:
    """Without data: a quarter of the spikes, a quarter of the pixels, every other number. By the name of the layer."""
    layers = storage.layers.layers
    return {layer.name: Rate.independent(_guessed(layer.sources[0], storage)) for layer in layers}


def _guessed(source: Tensor, storage: Storage) -> float:
    seldom = source.name == storage.layers.input.name or source.spikes or source.name in storage.maps
    return _GUESS if seldom else 1.0


def measured_rates(storage: Storage, codes: np.ndarray) -> dict[str, Rate]:
    """What each layer sees of its (first) source in (the first 64) ``codes``; by the name of the layer.

    A convolution sees the middle of a map more often than its border, which is empty in most images.
    """
    values = run_tensors(storage.graph, codes[:_MOST_FRAMES])
    layers = storage.layers.layers
    return {layer.name: _seen(layer, _busy(values[layer.sources[0].name], layer, storage)) for layer in layers}


def _busy(values: np.ndarray, layer: Layer, storage: Storage) -> np.ndarray:
    """Whether each element is not 0; where maps of bits hold the elements, each map as frames of its own."""
    source = layer.sources[0].name
    if source not in storage.maps:
        return np.asarray(np.not_equal(values, 0))
    return np.concatenate([values >> k & 1 for k in range(storage.elements(source).maps)]) != 0


def _seen(layer: Layer, busy: np.ndarray) -> Rate:
    """``busy``: (frames, *shape of the source)."""
    flat = busy.reshape(len(busy), -1)
    looks, total = np.ones(flat.shape[1]), flat.shape[1]
    if isinstance(layer, Linear):
        w = layer.window
        looks, total = _looks(w), w.positions * w.taps * w.channels
    fours = np.pad(flat, ((0, 0), (0, -flat.shape[1] % NIBBLE))).reshape(len(flat), -1, NIBBLE)
    runs = np.asarray(fours.any(axis=2))
    return Rate(_share(flat, looks, total), _share(runs, looks[::NIBBLE], total / NIBBLE), flat)


def _looks(window: Window) -> np.ndarray:
    """(elements,) how many windows look at each element of the map."""
    pixels = window_indices(replace(window, channels=1)).reshape(-1)
    looks = np.bincount(pixels[pixels >= 0], minlength=window.height * window.width).astype(float)
    return np.repeat(looks, window.channels)


def _share(busy: np.ndarray, weight: np.ndarray, total: float) -> float:
    return min(float(busy.mean(axis=0) @ weight) / max(float(total), 1.0), 1.0) if busy.size else 0.0
