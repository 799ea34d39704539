"""Popcount with early exit (``wg_popcount.h``): when neurons are certain, and from where it pays to look.

Inputs come in groups. After some of them a neuron's spike is certain when what the spikes in the other groups can add or
take away leaves the sum on one side of the threshold.
"""

from __future__ import annotations

import numpy as np

GROUP = 128  # inputs
_MOST_FRAMES = 16


def certain_after(
    weights: np.ndarray, thresholds: np.ndarray, ends: tuple[np.ndarray, np.ndarray], frames: np.ndarray | None
) -> np.ndarray:
    """(groups,) shares of neurons, over typical frames, whose spike is certain after that group and not before.

    ``weights``: (inputs, neurons); ``thresholds``: (neurons,); ``ends``: the least and the most that the kernel thinks a
    spike adds to each neuron; ``frames``: (frames, inputs) 0 or 1. Without frames nobody is certain before the end.
    """
    groups = -(-len(weights) // GROUP)
    if frames is None or not len(frames):
        return np.arange(groups) == groups - 1
    each = [_last(weights, thresholds, ends, frame) for frame in frames[:_MOST_FRAMES].astype(np.int64)]
    return np.bincount(np.concatenate(each), minlength=groups) / (len(each) * weights.shape[1])


def first_look(certain: np.ndarray, group: float, look: float) -> tuple[int, float]:
    """After how many groups to look first, and what counting and looking then cost a neuron: the cheapest.

    ``certain``: from :func:`certain_after`; ``group``, ``look``: cost of counting a group and of each look but the first.
    """
    numbers = np.arange(1, len(certain) + 1)
    costs = [
        float(certain @ (np.maximum(numbers, first) * group + np.maximum(numbers - first, 0) * look))
        for first in numbers
    ]
    best = int(np.argmin(costs))
    return best + 1, costs[best]


def _last(
    weights: np.ndarray, thresholds: np.ndarray, ends: tuple[np.ndarray, np.ndarray], frame: np.ndarray
) -> np.ndarray:
    """(neurons,) the group after which each neuron is certain; no spike is left behind the last one."""
    starts = np.arange(0, len(weights), GROUP)
    seen = np.add.reduceat(weights * frame[:, None], starts, axis=0).cumsum(axis=0)  # (groups, neurons)
    left = (frame.sum() - np.add.reduceat(frame, starts).cumsum())[:, None]
    certain = (seen + ends[0] * left >= thresholds) | (seen + ends[1] * left < thresholds)
    return certain.argmax(axis=0)
