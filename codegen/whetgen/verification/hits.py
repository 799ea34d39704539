"""The class that a target knows worst, by labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class ClassHits:
    """Frames of one class by their labels. ``name``: None where the folder knows none; ``right``: those told as that class."""

    number: int
    name: str | None
    right: int
    frames: int


def worst_class(told: np.ndarray | None, labels: np.ndarray | None, names: tuple[str, ...]) -> ClassHits | None:
    """The class with the smallest share of hits, of equal ones the lowest; None where every frame is right or nothing is told.

    ``told``, ``labels``: (frames,) classes from 0, None where there are none; ``names``: one for each class, or none.
    """
    if told is None or labels is None:
        return None
    frames, right = np.bincount(labels), np.bincount(labels[told == labels], minlength=labels.max() + 1)
    if np.array_equal(frames, right):
        return None
    share = np.divide(right, frames, out=np.ones(len(frames)), where=frames > 0)
    number = int(share.argmin())
    name = names[number] if names else None
    return ClassHits(number=number, name=name, right=int(right[number]), frames=int(frames[number]))
