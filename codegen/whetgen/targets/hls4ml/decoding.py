"""The N-hot decoding layer: counting the spikes that equal the key, instead of adding weights of +2 and -2.

``(2x - 1) . (2 key - 1)`` is 1 for each spike that equals the key and -1 for each that does not, so the score
is twice the count of equal ones minus the width.
"""

from __future__ import annotations

import numpy as np

from whetgen.ir.integers import Word, magnitude, signed_bits
from whetgen.layers import Linear
from whetgen.targets.hls4ml.model import ConstArray, PlannedLayer


def is_decoding(layer: Linear) -> bool:
    """Whether the layer only counts votes: sums over all of its spikes whose weights are +2 and -2."""
    key = not layer.fire and layer.window.trivial and layer.window.groups == 1 and len(layer.levels) == 1
    return key and layer.source.word == Word(1, signed=False) and bool((abs(layer.weights) == 2).all())


def decoding(name: str, inputs: tuple[str, ...], layer: Linear) -> PlannedLayer:
    """The layer of weights that are a key.

    Adding 2 or -2 for a spike is a vote of 1 or -1 and a constant: the sum of the signs, which the bias mostly undoes.
    """
    base = layer.levels[0] + layer.weights.astype(object).sum(axis=0) // 2 - len(layer.weights)
    return _decode(name, inputs, layer.result.word, (layer.weights > 0).astype(np.int64).T, base)


def key_layer(name: str, inputs: tuple[str, ...], key: np.ndarray) -> PlannedLayer:
    """The layer of a plain ``key`` (classes, width)."""
    classes, width = key.shape
    return _decode(name, inputs, Word.holding(-width, width), key, np.full(classes, -width, dtype=object))


def _decode(name: str, inputs: tuple[str, ...], result: Word, key: np.ndarray, base: np.ndarray) -> PlannedLayer:
    classes, width = key.shape
    bound = magnitude(base) + 2 * width
    return PlannedLayer(
        kind="decode",
        name=name,
        inputs=inputs,
        shape=(classes,),
        result=result,
        constants={"n_in": width, "n_out": classes},
        types={"count_t": Word.holding(0, width), "accum_t": Word(signed_bits(-bound, bound), signed=True)},
        arrays=(ConstArray("key", key), ConstArray("base", base)),
    )
