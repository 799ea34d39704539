"""The layer graph as hardware takes it: names of signals, one channel group, thresholds of pools beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from whetgen.ir import Graph
from whetgen.layers import Blend, Layer, LayerGraph, Linear, Move, Pool, Tensor, layer_graph
from whetgen.targets.output.identifiers import Identifiers


def hardware_layers(graph: Graph, identifiers: Identifiers, several: bool = True) -> LayerGraph:
    """The network's layers; a tensor's name is an identifier, and stands for one ``Tensor``; ``several`` as for ``layer_graph``."""
    found = layer_graph(graph, several)
    return with_names(replace(found, layers=tuple(_expanded(found.layers))), identifiers)


def _expanded(layers: tuple[Layer, ...]) -> Iterator[Layer]:
    """Every neuron over all channels, and a sum of a window in front of its thresholds."""
    for layer in layers:
        if isinstance(layer, Linear) and layer.window.groups > 1:
            yield replace(layer, window=replace(layer.window, groups=1), weights=_ungrouped(layer))
        elif isinstance(layer, Pool) and layer.levels is not None:
            yield from _pool_and_thresholds(layer, layer.levels)
        else:
            yield layer


def _ungrouped(layer: Linear) -> np.ndarray:
    """Weights over all input channels, zero outside the neuron's group."""
    groups, taps, neurons = layer.window.groups, layer.window.taps, layer.neurons
    channels = layer.window.channels // groups
    weights = layer.weights.reshape(taps, channels, groups, neurons // groups)
    full = np.zeros((taps, groups, channels, groups, neurons // groups), dtype=weights.dtype)
    for group in range(groups):
        full[:, group, :, group] = weights[:, :, group]
    return full.reshape(-1, neurons)


def _pool_and_thresholds(layer: Pool, levels: np.ndarray) -> Iterator[Layer]:
    total = Tensor(layer.name, layer.result.shape, layer.sum_range.lo, layer.sum_range.hi)
    yield replace(layer, result=total, levels=None, higher=())
    yield Blend(
        name=layer.result.name,
        kind="Threshold",
        sources=(total,),
        result=layer.result,
        factors=(np.ones((1, levels.shape[1]), dtype=np.int64),),
        levels=levels,
        fire=True,
        sum_range=layer.sum_range,
        higher=layer.higher,
    )


def with_names(graph: LayerGraph, identifiers: Identifiers) -> LayerGraph:
    """Each tensor under an identifier from the name of the layer that makes it, so that a layer has one name everywhere."""
    made = {graph.input.name: graph.input, **{layer.name: layer.result for layer in graph.layers}}
    named = {t.name: replace(t, name=identifiers.unique(name)) for name, t in made.items()}

    def renamed(layer: Layer) -> Layer:
        result = named[layer.result.name]
        if isinstance(layer, Linear | Pool):
            return replace(layer, source=named[layer.source.name], result=result)
        return replace(layer, sources=tuple(named[t.name] for t in layer.sources), result=result)

    outputs = tuple(named[t.name] for t in graph.outputs)
    return LayerGraph(named[graph.input.name], tuple(map(renamed, graph.layers)), outputs)


def with_joined_outputs(graph: LayerGraph, identifiers: Identifiers) -> tuple[LayerGraph, Tensor]:
    """The same layers with one output, and that: several are moved one after the other into one tensor."""
    if len(graph.outputs) == 1:
        return graph, graph.outputs[0]
    count = sum(t.count for t in graph.outputs)
    span = min(t.lo for t in graph.outputs), max(t.hi for t in graph.outputs)
    result = Tensor(identifiers.unique("outputs_joined"), (count,), *span)
    move = Move(name="outputs joined", kind="Concat", sources=graph.outputs, result=result, indices=np.arange(count))
    return LayerGraph(graph.input, (*graph.layers, move), (result,)), result
