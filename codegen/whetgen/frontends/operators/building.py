"""The traced graph under construction, and where ONNX has the spikes of its neurons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from whetgen.frontends.builder import Builder

if TYPE_CHECKING:
    from whetgen.frontends.operators.staircase import StepFunction
    from whetgen.frontends.operators.values import Signal


@dataclass(frozen=True, eq=False)
class Counts:
    """A tensor of the file that holds what neurons make: ``low + rise * x``, x the number of levels that are reached.

    ``signal``: the node of the neurons, and how the tensor lies. ``low``, ``rise``: float64.
    """

    tensor: str
    signal: Signal
    low: np.ndarray
    rise: np.ndarray


@dataclass
class OperatorBuilder(Builder):
    """``counts``: an entry for each quantiser or comparison so far. ``functions``: what comparisons make, by node."""

    counts: list[Counts] = field(default_factory=list)
    functions: dict[str, StepFunction] = field(default_factory=dict)

    def note_counts(self, tensor: str, signal: Signal, low: np.ndarray, rise: np.ndarray) -> None:
        self.counts.append(Counts(tensor, signal, *(np.asarray(a, dtype=float) for a in (low, rise))))
