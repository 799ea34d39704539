"""Numbers of several neurons in words of 32 bits, as the kernels with lanes take them (``wg_lanes.h``, ``wg_widen.h``)."""

from __future__ import annotations

import numpy as np

from whetgen.targets.c.rates import NIBBLE

BLOCK = 4  # words of a row
SUM_BITS = 16  # of the lanes that narrow ones are widened to


def nibble_sums(weights: np.ndarray) -> np.ndarray:
    """(inputs, neurons) -> int32 (16 * ceil(inputs / 4), neurons): the sum of each subset of each four rows, all within lanes."""
    padded = np.zeros((-(-len(weights) // NIBBLE) * NIBBLE, weights.shape[1]), dtype=np.int32)
    padded[: len(weights)] = weights
    subsets = (np.arange(16)[:, None] >> np.arange(NIBBLE) & 1).astype(np.int32)
    return np.einsum("sk,gkn->gsn", subsets, padded.reshape(-1, NIBBLE, weights.shape[1])).reshape(-1, weights.shape[1])


def pack_lanes(numbers: np.ndarray, bits: int, block: int) -> np.ndarray:
    """(..., neurons) integers -> (..., blocks, block) words: lane k of a word adds its number times 2^(k bits).

    Neurons are dealt out as ``wg_lanes.h`` says.
    """
    lanes = dealt(numbers.astype(np.uint32), bits, block)
    words = np.zeros(lanes.shape[:-1], dtype=np.uint32)
    for lane in range(32 // bits):
        words += lanes[..., lane] << np.uint32(lane * bits)
    return words.reshape(*numbers.shape[:-1], -1, block)


def pack_narrow(numbers: np.ndarray, narrow: int, block: int = BLOCK) -> np.ndarray:
    """(..., neurons) numbers of ``narrow`` = 4 or 8 bits -> (..., blocks, block) words, which widen to blocks of lanes of 16
    bits: 8 bits to twice as many words, 4 bits to four times as many."""
    parts = SUM_BITS // narrow
    lanes = dealt(numbers.astype(np.uint32), SUM_BITS, block * parts)  # (..., words of sums, 2)
    halves = [2] * (parts // 2)
    lanes = lanes.reshape(*numbers.shape[:-1], -1, block, *halves, 2)  # each word, each way to halve, halves
    steps = [narrow << k for k in range(parts // 2)] + [SUM_BITS]
    for axis, step in zip(range(-len(steps), 0), steps, strict=True):
        shape = [1] * lanes.ndim
        shape[axis] = 2
        lanes = lanes << (np.arange(2, dtype=np.uint32) * np.uint32(step)).reshape(shape)
    return lanes.sum(axis=tuple(range(-len(steps), 0)), dtype=np.uint32)


def dealt(numbers: np.ndarray, bits: int, block: int) -> np.ndarray:
    """(..., neurons) -> (..., words, lanes), in whole blocks of words: neuron l * words + k of a chunk of 32 is lane l of word k."""
    each = 32 // bits
    words = -(-numbers.shape[-1] // (each * block)) * block
    lanes = np.zeros((*numbers.shape[:-1], words * each), dtype=numbers.dtype)
    lanes[..., : numbers.shape[-1]] = numbers
    chunks = (lanes[..., k * each : (k + bits) * each] for k in range(0, words, bits))
    return np.concatenate([chunk.reshape(*chunk.shape[:-1], each, -1).swapaxes(-1, -2) for chunk in chunks], axis=-2)
