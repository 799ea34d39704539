"""Which weights stay where a network is pruned: while it trains, and when it is finished."""

from __future__ import annotations

import numpy as np


def prune_masks(kernels: list[np.ndarray], budget: int) -> list[np.ndarray]:
    """Which weights of ``kernels`` (inputs, neurons) stay: bool masks with ``budget`` of them, the greatest.

    At least one a neuron stays, even beyond the budget; zeros go first.
    """
    shares = [np.abs(k) / np.maximum(np.sqrt(np.mean(np.square(k), axis=0)), 1e-30) for k in kernels]
    for share in shares:
        share[share.argmax(axis=0), np.arange(share.shape[1])] = np.inf
    flat = np.concatenate([share.reshape(-1) for share in shares])
    greatest = np.argsort(-flat, kind="stable")[: max(budget, int(np.isinf(flat).sum()))]
    mask = np.zeros(len(flat), bool)
    mask[greatest] = True
    parts = np.split(mask, np.cumsum([k.size for k in kernels])[:-1])
    return [part.reshape(k.shape) for part, k in zip(parts, kernels, strict=True)]
