"""Pruned weights: a lossy step like narrowing, chosen by the user and measured on calibration frames.

The smallest weights of the whole network become 0, each measured by its neuron's root mean square: a threshold neuron does
not mind a factor. Then, layer by layer, each threshold becomes the one that repeats most of the exact neuron's decisions.

    sums >= T   ->   sums of the weights that stay >= T', decided alike on as many frames as can be

Nothing is trained: ``whetgen train --synapses`` takes more away for the same accuracy.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from whetgen.ir.graph import Graph
from whetgen.ir.integers import as_integers
from whetgen.ir.nodes import LINEAR, Conv, Dense
from whetgen.passes.narrow import Calibrated, best_thresholds, is_decode, sampled
from whetgen.passes.rewrite import rebuilt
from whetgen.passes.route import Route, route_of
from whetgen.pruning import prune_masks
from whetgen.reference import evaluate, run_tensors


def prune(graph: Graph, codes: np.ndarray, share: float) -> Graph:
    """The same nodes with ``share`` of the synapses, and thresholds that suit them; not optimised.

    ``codes``: (frames, *input shape), the calibration. Every neuron keeps its greatest weight. A layer whose sums meet others
    before anything is decided keeps its thresholds, and the keys of an N-hot output their weights. ``share``: above 0, at most 1.
    """
    job, current = Calibrated(graph, codes), graph
    for layer in _sparse_layers(graph, share):
        current = rebuilt(current, {layer.name: layer}, {})
        route = route_of(current, layer)
        if isinstance(route, Route) and route.end is not None:
            current = _decided(job, current, route)
    return current


def _sparse_layers(graph: Graph, share: float) -> list[Dense | Conv]:
    layers = [node for node in graph.nodes if isinstance(node, LINEAR) and not is_decode(graph, node)]
    kernels = [layer.weights.reshape(-1, layer.weights.shape[-1]).astype(np.float64) for layer in layers]
    masks = prune_masks(kernels, round(share * sum(np.count_nonzero(kernel) for kernel in kernels))) if layers else []
    return [
        replace(layer, weights=layer.weights * mask.reshape(layer.weights.shape))
        for layer, mask in zip(layers, masks, strict=True)
    ]


def _decided(job: Calibrated, current: Graph, route: Route) -> Graph:
    """With the thresholds that repeat most of the exact decisions."""
    assert route.end is not None
    columns = route.end.thresholds.shape[-1]
    decisions, keep = sampled(job.wanted(route.end.name).reshape(-1, columns))
    sums = run_tensors(current, job.codes, keep={route.linear.source})[route.linear.source]
    for node in (route.linear, *route.path):
        sums = evaluate(node, sums)
    levels, _ = best_thresholds(sums.reshape(-1, columns)[keep], decisions)
    return rebuilt(current, {route.end.name: replace(route.end, thresholds=as_integers(levels))}, {})
