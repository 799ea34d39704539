"""The N-hot decoding layer: counting the spikes that equal the key, instead of adding weights of +2 and -2.

``(2x - 1) . (2 key - 1)`` is 1 for each spike that equals the key and -1 for each that does not, so the score
is twice the count of equal ones minus the width.
"""

from __future__ import annotations

import numpy as np

from whetgen.ir.integers import magnitude, signed_bits
from whetgen.ir.nodes import Dense
from whetgen.targets.hls4ml.records import Constant, Layer, Table, Type, Word, word_for


def is_key(weights: np.ndarray) -> bool:
    """Whether spikes with these weights only count votes."""
    return bool((abs(weights) == 2).all())


def decoding(node: Dense) -> tuple[tuple[Constant, ...], tuple[Type, ...], tuple[Table, ...]]:
    """Sizes, types and tables of a Dense on spikes whose weights are a key.

    Adding 2 or -2 for a spike is a vote of 1 or -1 and a constant: the sum of the signs, which the bias mostly undoes.
    """
    width = len(node.weights)
    base = node.bias.astype(object) + node.weights.astype(object).sum(axis=0) // 2 - width
    return _parts((node.weights > 0).astype(np.int64).T, base)


def key_layer(name: str, inputs: tuple[str, ...], key: np.ndarray) -> Layer:
    """The layer of a plain ``key`` (classes, width)."""
    classes, width = key.shape
    parts = _parts(key, np.full(classes, -width, dtype=object))
    return Layer("decode", name, inputs, (classes,), word_for(-width, width), *parts)


def _parts(key: np.ndarray, base: np.ndarray):
    classes, width = key.shape
    bound = magnitude(base) + 2 * width
    types = (Type("count_t", word_for(0, width)), Type("accum_t", Word(signed_bits(-bound, bound), True)))
    return (Constant("n_in", width), Constant("n_out", classes)), types, (Table("key", key), Table("base", base))
