"""N-hot keys: which output neurons stand for which class.

A key is an array of 0 and 1, shape (classes, width). Several neurons stand for each class, so that
one that never fires costs a vote and not the class.
"""

from __future__ import annotations

import numpy as np


def generate_key(width: int, classes: int, overlapping: bool = False, seed: int | None = None) -> np.ndarray:
    """A random key, uint8 (classes, width).

    Without overlap every neuron stands for one class, and class sizes differ by one at most. With
    overlap a neuron stands for about half of the classes. Always: every neuron is in at least one
    class, every class has a neuron, and no two classes have the same row.

    Raises:
        ValueError: ``width`` is too small for so many different rows.
    """
    least = classes if not overlapping else max(1, int(np.ceil(np.log2(classes + 1))))
    if classes < 2 or width < least:
        raise ValueError(
            f"a key needs 2 classes or more and, for {classes} classes, a width of {least}; got width {width}"
        )
    rng = np.random.default_rng(seed)
    return _overlapping(rng, width, classes) if overlapping else _disjoint(rng, width, classes)


def check_key(key: np.ndarray) -> np.ndarray:
    """``key`` as uint8 (classes, width).

    A neuron may be in no class, as a third of them are in the keys of the original package: it adds the same to every
    class.

    Raises:
        ValueError: not two axes of 0 and 1, or two classes with the same row.
    """
    key = np.asarray(key)
    if key.ndim != 2 or key.shape[0] < 2 or not np.isin(key, (0, 1)).all():
        raise ValueError(f"a key is an array of 0 and 1 of shape (classes, width), 2 classes or more; got {key.shape}")
    key = key.astype(np.uint8)
    if len(np.unique(key, axis=0)) != len(key):
        raise ValueError("two classes of the key have the same row, so nothing can tell them apart")
    return key


def encode_with_key(labels: np.ndarray, key: np.ndarray) -> np.ndarray:
    """The spikes that stand for each label: uint8 (..., width).

    ``labels``: class indices, integers (...,), or one-hot rows (..., classes) of any type. Rows of integers
    that are one-hot are read as one-hot.

    Raises:
        ValueError: a label that is neither.
    """
    key, labels = check_key(key), np.asarray(labels)
    if _is_one_hot(labels, len(key)):
        return key[np.argmax(labels, axis=-1)]
    if not np.issubdtype(labels.dtype, np.integer) or ((labels < 0) | (labels >= len(key))).any():
        raise ValueError(f"labels are integers in 0..{len(key) - 1} or one-hot rows of {len(key)}")
    return key[labels]


def decode_with_key(spikes: np.ndarray, key: np.ndarray) -> np.ndarray:
    """Class of each row of spikes (..., width), 0 or 1: int64 (...,).

    The argmax of the integers ``(2x - 1) . (2 key - 1)^T``, the lowest index winning ties.
    """
    signs = 2 * check_key(key).astype(np.int64) - 1
    return np.argmax((2 * np.asarray(spikes).astype(np.int64) - 1) @ signs.T, axis=-1)


def _is_one_hot(labels: np.ndarray, classes: int) -> bool:
    if labels.ndim < 2 or labels.shape[-1] != classes:
        return False
    return bool(np.isin(labels, (0, 1)).all() and (labels.sum(axis=-1) == 1).all())


def _disjoint(rng: np.random.Generator, width: int, classes: int) -> np.ndarray:
    owners = rng.permutation(np.arange(width) % classes)
    return (owners == np.arange(classes)[:, None]).astype(np.uint8)


def _overlapping(rng: np.random.Generator, width: int, classes: int) -> np.ndarray:
    """Coin flips; then neurons without a class, empty classes and equal rows are mended."""
    key = rng.integers(0, 2, (classes, width), dtype=np.uint8)
    for _ in range(100 * classes):
        for neuron in np.flatnonzero(~key.any(axis=0)):
            key[rng.integers(classes), neuron] = 1
        _, first, counts = np.unique(key, axis=0, return_index=True, return_counts=True)
        bad = [*first[counts > 1], *np.flatnonzero(~key.any(axis=1))]
        if not bad:
            return key
        key[bad[0]] = rng.integers(0, 2, width, dtype=np.uint8)
    return _counted(width, classes)


def _counted(width: int, classes: int) -> np.ndarray:
    """Rows are the binary numbers 1, 2, ...; what is left of the width repeats them."""
    bits = int(np.ceil(np.log2(classes + 1)))
    numbers = (np.arange(1, classes + 1)[:, None] >> np.arange(bits)) & 1
    return np.tile(numbers, (1, width // bits + 1))[:, :width].astype(np.uint8)
