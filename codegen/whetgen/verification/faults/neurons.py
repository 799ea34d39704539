"""What each flip in a layer of neurons costs, found for all its bits at once.

What a flipped weight does to a network depends on one thing only: which value its neuron then has in each frame. So the
rest of the network runs once for each neuron and value, and every flip is a comparison: neuron n of frame f has the value
k where its sum, changed by d, reaches k of its cuts, ``d >= cuts[:, f, n]``. The class of the last layer is the same
question: class n wins where its sum grows by as much as the best of the others is ahead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whetgen.ir import Output
from whetgen.ir.nodes import FIRING, Dense, MultiThreshold, Threshold
from whetgen.verification.faults.yardstick import Unflipped


@dataclass(frozen=True, eq=False)
class Neurons:
    """A dense layer. ``levels``: the node and its field that hold the thresholds.

    ``cuts``: (steps, frames, neurons) by how much a sum has to grow to reach each step; ``right``: (steps + 1, frames,
    neurons) whether the frame comes out right with each value of the neuron.
    """

    dense: Dense
    levels: tuple[str, str]
    cuts: np.ndarray
    right: np.ndarray


def neurons_of(trace: Unflipped, dense: Dense) -> Neurons | None:
    """None where the layer's sums are read by something other than thresholds of their own, or the choice of a class."""
    graph = trace.graph
    readers = graph.readers[dense.name]
    head = graph.classifier
    if not readers and head is not None and trace.yardstick.classes is not None:
        return _classes(trace, dense, head) if head.source == dense.name else None
    fires = readers[0] if len(readers) == 1 else None
    if isinstance(fires, FIRING) and dense.name not in graph.read_by_output:
        return _firing(trace, dense, fires)
    return None


def _firing(trace: Unflipped, dense: Dense, fires: Threshold | MultiThreshold) -> Neurons:
    sums, values = trace.tensors[dense.name], trace.tensors[fires.name]
    ladder = fires.thresholds if isinstance(fires, MultiThreshold) else fires.thresholds[None]
    right = np.repeat(trace.right[None, :, None], len(ladder) + 1, axis=0).repeat(values.shape[1], axis=2)
    for value in range(len(ladder) + 1):
        for n in range(values.shape[1]):
            if len(rows := np.flatnonzero(values[:, n] != value)):
                other = values[rows]
                other[:, n] = value
                right[value, rows, n] = trace.right_with(fires.name, other, rows)
    return Neurons(dense, (fires.name, "thresholds"), ladder[:, None] - sums[None], right)


def _classes(trace: Unflipped, dense: Dense, head: Output) -> Neurons:
    sums, wanted = trace.tensors[dense.name], trace.yardstick.classes
    assert wanted is not None  # a class is told
    if sums.shape[1] == 1:
        right = np.stack([wanted == 0, wanted == 1])[:, :, None]
        return Neurons(dense, (dense.name, "bias"), head.level - sums[None], right)
    cuts, right = np.empty((1, *sums.shape), dtype=sums.dtype), np.empty((2, *sums.shape), dtype=bool)
    for n in range(sums.shape[1]):
        others = sums.copy()
        others[:, n] = sums.min() - 1
        best = np.argmax(others, axis=1)  # the lowest of equals wins
        cuts[0, :, n] = others[np.arange(len(sums)), best] - sums[:, n] + (best < n)
        right[:, :, n] = best == wanted, wanted == n
    return Neurons(dense, (dense.name, "bias"), cuts, right)


def weight_losses(layer: Neurons, inputs: np.ndarray, deltas: np.ndarray) -> np.ndarray:
    """(bits, inputs, neurons) frames lost with each bit alone. ``inputs``: (frames, inputs); ``deltas``: by each bit."""
    lost = np.zeros(deltas.shape, dtype=np.int64)
    for n in range(deltas.shape[2]):
        rows = np.flatnonzero(np.any(layer.right[:, :, n] != layer.right[:1, :, n], axis=0))
        cuts, right, x = layer.cuts[:, rows, n], layer.right[:, rows, n], inputs[rows]
        before = _taken(right, cuts, np.zeros((len(rows), 1), dtype=x.dtype)).sum()
        for bit in range(len(deltas)):
            lost[bit, :, n] = before - _taken(right, cuts, x * deltas[bit, :, n]).sum(axis=0)
    return lost


def level_losses(layer: Neurons, deltas: np.ndarray, sign: int) -> np.ndarray:
    """(bits, steps, neurons) frames lost with each bit of a threshold alone.

    ``deltas``: (bits, steps, neurons); ``sign``: 1 for thresholds, -1 for biases, which are on the other side.
    """
    before = _chosen(layer.right, layer.cuts)
    lost = np.zeros(deltas.shape, dtype=np.int64)
    for bit in range(len(deltas)):
        for step in range(len(layer.cuts)):
            cuts = layer.cuts.copy()
            cuts[step] += sign * deltas[bit, step]
            lost[bit, step] = before - _chosen(layer.right, cuts)
    return lost


def spike_losses(layer: Neurons) -> np.ndarray:
    """(neurons,) frames lost when the neuron's spike, of a layer of one threshold, is flipped in every frame."""
    spikes = np.sum(layer.cuts <= 0, axis=0)
    lost: np.ndarray = _at(layer.right, spikes).sum(axis=0) - _at(layer.right, 1 - spikes).sum(axis=0)
    return lost


def _taken(right: np.ndarray, cuts: np.ndarray, change: np.ndarray) -> np.ndarray:
    """(frames, flips) whether each frame is right when the sum changes. ``right``, ``cuts``: (steps, frames)."""
    values = np.sum(change[None] >= cuts[:, :, None], axis=0)
    return right[values, np.arange(len(change))[:, None]]


def _chosen(right: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    """(neurons,) frames that are right by these cuts."""
    return _at(right, np.sum(cuts <= 0, axis=0)).sum(axis=0)


def _at(right: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.take_along_axis(right, values[None], axis=0)[0]
