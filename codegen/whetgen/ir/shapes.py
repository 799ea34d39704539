"""Shape of every tensor, derived from the nodes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch

from whetgen.ir.nodes import (
    Concat,
    Conv,
    Dense,
    Input,
    MaxPool,
    MultiThreshold,
    Node,
    Pad,
    Padding,
    Pair,
    Permute,
    Reshape,
    Shape,
    SumPool,
    Threshold,
    Upsample,
    WeightedSum,
)


def infer_shapes(nodes: Iterable[Node]) -> dict[str, Shape]:
    """Shape of each tensor by name. ``nodes`` must be in topological order."""
    shapes: dict[str, Shape] = {}
    for node in nodes:
        shapes[node.name] = output_shape(node, *(shapes[s] for s in node.sources))
    return shapes


def window_count(size: int, kernel: int, stride: int, dilation: int, padding: tuple[int, int]) -> int:
    """Positions of a sliding window along one axis."""
    return (size + sum(padding) - ((kernel - 1) * dilation + 1)) // stride + 1


def slide(source: Shape, kernel: Pair, stride: Pair, dilation: Pair, padding: Padding) -> Shape:
    """Height and width of the map of window positions."""
    return tuple(window_count(source[a], kernel[a], stride[a], dilation[a], padding[a]) for a in (0, 1))


@singledispatch
def output_shape(node: Node, *sources: Shape) -> Shape:
    """Shape of ``node`` given the shapes of what it reads."""
    raise TypeError(f"no shape rule for {type(node).__name__}")


@output_shape.register
def _(node: Input) -> Shape:
    return node.shape


@output_shape.register
def _(node: Dense, source: Shape) -> Shape:
    return (node.weights.shape[1],)


@output_shape.register
def _(node: Conv, source: Shape) -> Shape:
    return (*slide(source, node.weights.shape[:2], node.stride, node.dilation, node.padding), node.weights.shape[3])


@output_shape.register(MaxPool)
@output_shape.register(SumPool)
def _(node: MaxPool | SumPool, source: Shape) -> Shape:
    return (*slide(source, node.window, node.stride, (1, 1), node.padding), source[2])


@output_shape.register(Threshold)
@output_shape.register(MultiThreshold)
def _(node: Threshold | MultiThreshold, source: Shape) -> Shape:
    return source


@output_shape.register
def _(node: WeightedSum, source: Shape, *more: Shape) -> Shape:
    return source


@output_shape.register
def _(node: Reshape, source: Shape) -> Shape:
    return node.shape


@output_shape.register
def _(node: Permute, source: Shape) -> Shape:
    return tuple(source[axis] for axis in node.axes)


@output_shape.register
def _(node: Pad, source: Shape) -> Shape:
    (top, bottom), (left, right) = node.padding
    return (source[0] + top + bottom, source[1] + left + right, source[2])


@output_shape.register
def _(node: Upsample, source: Shape) -> Shape:
    return (source[0] * node.factor[0], source[1] * node.factor[1], source[2])


@output_shape.register
def _(node: Concat, *sources: Shape) -> Shape:
    joined = list(sources[0])
    joined[node.axis] = sum(shape[node.axis] for shape in sources)
    return tuple(joined)
