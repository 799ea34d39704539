"""Graph -> LayerGraph: fuse, alias and drop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import singledispatch

import numpy as np

from whetgen.ir import Graph
from whetgen.ir.nodes import (
    FIRING,
    MOVES,
    Conv,
    Dense,
    Input,
    MaxPool,
    MultiThreshold,
    Node,
    Reshape,
    SumPool,
    Threshold,
    WeightedSum,
)
from whetgen.layers.layer import Blend, Layer, LayerGraph, Linear, Move, Pool
from whetgen.layers.sums import SumRange, sum_range
from whetgen.layers.tensor import Tensor
from whetgen.layers.window import Window
from whetgen.passes.rewrite import only_reader
from whetgen.passes.split import split_thresholds
from whetgen.reference import evaluate

_SUMS = (Dense, Conv, SumPool, WeightedSum)
Fire = Threshold | MultiThreshold


def layer_graph(graph: Graph, several: bool = False) -> LayerGraph:
    """The layers of the network in graph order, each sum with the neurons that alone read it.

    ``several``: neurons of several thresholds stay whole, for targets that know them; else each is a sum of neurons of one.
    """
    graph = graph if several else split_thresholds(graph)
    fused = {node.source: node for node in graph.nodes if isinstance(node, FIRING) and _fuses(graph, node)}
    tensors: dict[str, Tensor] = {}
    layers: list[Layer] = []
    for node in graph.needed:
        if isinstance(node, Reshape):
            tensors[node.name] = replace(tensors[node.source], shape=graph.shapes[node.name])
        elif isinstance(node, FIRING) and node.source in fused:
            continue
        else:
            fire = fused.get(node.name)
            last = fire or node
            result = Tensor(last.name, graph.shapes[last.name], *graph.ranges[last.name])
            tensors[last.name] = result
            if not isinstance(node, Input):
                layers.append(_layer(node, tuple(tensors[s] for s in node.sources), result, fire))
    return LayerGraph(tensors[graph.input.name], tuple(layers), tuple(tensors[o.source] for o in graph.outputs))


def _fuses(graph: Graph, fire: Fire) -> bool:
    return only_reader(graph, fire.source) is fire and isinstance(graph[fire.source], _SUMS)


@singledispatch
def _layer(node: Node, sources: tuple[Tensor, ...], result: Tensor, fire: Fire | None) -> Layer:
    """The layer of ``node``, or of ``node`` and the neurons that it is fused with."""
    raise TypeError(f"no layer for {type(node).__name__}")


@_layer.register
def _(node: Dense, sources: tuple[Tensor, ...], result: Tensor, fire: Fire | None) -> Layer:
    return _linear(node, Window.whole(len(node.weights)), sources, result, fire)


@_layer.register
def _(node: Conv, sources: tuple[Tensor, ...], result: Tensor, fire: Fire | None) -> Layer:
    window = _window(node, node.weights.shape[:2], sources[0], result)
    return _linear(node, replace(window, dilation=node.dilation, groups=node.groups), sources, result, fire)


def _linear(
    node: Dense | Conv, window: Window, sources: tuple[Tensor, ...], result: Tensor, fire: Fire | None
) -> Linear:
    sums = sum_range(node, sources, result.shape[-1])
    rows = _levels(node.bias, fire, sums)
    alike = all((row == row[:1]).all() for row in rows)
    levels, *higher = (row[:1] if alike else row for row in rows)
    return Linear(
        name=node.name,
        kind=type(node).__name__,
        source=sources[0],
        result=result,
        window=window,
        weights=node.weights.reshape(-1, node.weights.shape[-1]),
        levels=levels,
        fire=fire is not None,
        sum_range=sums,
        higher=tuple(higher),
    )


def _levels(bias: np.ndarray, fire: Fire | None, sums: SumRange) -> list[np.ndarray]:
    """(1 or positions, channels) each of what the sums without bias are compared with, ascending, or the biases."""
    channels = sums.lowest.shape[1]
    rows = bias.astype(object).reshape(-1, channels)
    if fire is None:
        return [rows]
    steps = fire.thresholds if isinstance(fire, MultiThreshold) else fire.thresholds[None]
    return [sums.clipped(step.astype(object).reshape(-1, channels) - rows) for step in steps]


@_layer.register(MaxPool)
@_layer.register(SumPool)
def _(node: MaxPool | SumPool, sources: tuple[Tensor, ...], result: Tensor, fire: Fire | None) -> Layer:
    channels = result.shape[-1]
    sums = sum_range(node, sources, channels)
    levels, *higher = _levels(np.zeros(channels, dtype=object), fire, sums)
    return Pool(
        name=node.name,
        kind=type(node).__name__,
        source=sources[0],
        result=result,
        window=_window(node, node.window, sources[0], result),
        largest=isinstance(node, MaxPool),
        levels=levels if fire else None,
        sum_range=sums,
        higher=tuple(higher),
    )


def _window(node: Conv | MaxPool | SumPool, kernel: Sequence[int], source: Tensor, result: Tensor) -> Window:
    height, width, channels = source.shape
    return Window(
        height=height,
        width=width,
        channels=channels,
        out_height=result.shape[0],
        out_width=result.shape[1],
        kernel=(kernel[0], kernel[1]),
        stride=node.stride,
        before=(node.padding[0][0], node.padding[1][0]),
    )


@_layer.register
def _(node: WeightedSum, sources: tuple[Tensor, ...], result: Tensor, fire: Fire | None) -> Layer:
    return _blend(node, node.factors, node.bias, sources, result, fire)


@_layer.register(Threshold)
@_layer.register(MultiThreshold)
def _(node: Fire, sources: tuple[Tensor, ...], result: Tensor, fire: Fire | None) -> Layer:
    zeros = np.zeros(result.shape[-1], dtype=np.int64)
    return _blend(node, (zeros + 1,), zeros, sources, result, node)


def _blend(
    node: WeightedSum | Fire,
    factors: tuple[np.ndarray, ...],
    bias: np.ndarray,
    sources: tuple[Tensor, ...],
    result: Tensor,
    fire: Fire | None,
) -> Blend:
    channels = result.shape[-1]
    sums = sum_range(node, sources, channels)
    levels, *higher = _levels(bias, fire, sums)
    return Blend(
        name=node.name,
        kind=type(node).__name__,
        sources=sources,
        result=result,
        factors=tuple(factor.reshape(-1, channels) for factor in factors),
        levels=levels,
        fire=fire is not None,
        sum_range=sums,
        higher=tuple(higher),
    )


def _move(node: Node, sources: tuple[Tensor, ...], result: Tensor, fire: Fire | None) -> Layer:
    """The node's meaning on the numbers 1, 2, ... says where each element comes from, and 0 that it is zero."""
    numbers, start = [], 1
    for tensor in sources:
        numbers.append(np.arange(start, start + tensor.count).reshape(1, *tensor.shape))
        start += tensor.count
    indices = evaluate(node, *numbers).reshape(-1) - 1
    return Move(name=node.name, kind=type(node).__name__, sources=sources, result=result, indices=indices)


for _kind in set(MOVES) - {Reshape}:
    _layer.register(_kind, _move)
