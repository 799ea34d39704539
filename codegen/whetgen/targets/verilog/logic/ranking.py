"""Scores of which only the class is sent: their order matters, and what they have in common does not.

Whatever is added to all scores alike leaves the argmax, ties included, as it is. So each input's most frequent weight is taken off
its row: of N-hot decoding, +1 for the neurons of a class and -1 for all others, the neurons of the class remain.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from whetgen.ir.nodes import Dense
from whetgen.layers import LayerGraph, Linear
from whetgen.layers.sums import sum_range
from whetgen.targets.verilog.logic.digits import signed_digits


def ranked(graph: LayerGraph) -> LayerGraph:
    """The same network with other scores in the same order, where a dense layer makes them and fewer digits do."""
    last = graph.layers[-1] if graph.layers else None
    if not isinstance(last, Linear) or last.fire or not last.window.trivial or last.result is not graph.outputs[0]:
        return graph
    weights = last.weights - _most_frequent(last.weights)[:, None]
    if np.count_nonzero(signed_digits(weights)) >= np.count_nonzero(signed_digits(last.weights)):
        return graph
    biases = last.levels - last.levels.min()
    factor = np.gcd.reduce([*weights.reshape(-1).tolist(), *biases.reshape(-1).tolist()], dtype=object)
    weights, biases = weights // max(factor, 1), biases // max(factor, 1)
    sums = sum_range(Dense(last.name, last.source.name, weights, biases), last.sources, last.neurons)
    lowest, highest = int((sums.lowest + biases).min()), int((sums.highest + biases).max())
    result = replace(last.result, lo=min(lowest, 0), hi=max(highest, 0))
    scores = replace(last, weights=weights, levels=biases, result=result, sum_range=sums)
    return replace(graph, layers=(*graph.layers[:-1], scores), outputs=(result,))


def _most_frequent(weights: np.ndarray) -> np.ndarray:
    """Of each row, the value that occurs most; of several such, the one nearest to zero."""
    found = []
    for row in weights:
        values, counts = np.unique(row, return_counts=True)
        ranked = ((-count, abs(value), value) for value, count in zip(values.tolist(), counts.tolist(), strict=True))
        found.append(min(ranked)[2])
    return np.array(found, dtype=weights.dtype)
