"""How often the elements of each tensor are not 0: what event-driven kernels cost depends on it."""

from __future__ import annotations

import numpy as np

from whetgen.ir import Graph
from whetgen.ir.nodes import Input
from whetgen.reference import run_tensors

_GUESS = 0.25  # of spikes
_MOST_FRAMES = 64


def guessed_rates(graph: Graph) -> dict[str, float]:
    """Without data: a quarter of the spikes, a quarter of the pixels, every other number."""
    return {n.name: _GUESS if isinstance(n, Input) or graph.is_spikes(n.name) else 1.0 for n in graph.nodes}


def measured_rates(graph: Graph, codes: np.ndarray) -> dict[str, float]:
    """Shares of elements that are not 0 over (the first 64) ``codes``."""
    values = run_tensors(graph, codes[:_MOST_FRAMES])
    return {name: float(np.count_nonzero(value)) / max(value.size, 1) for name, value in values.items()}
