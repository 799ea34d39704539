"""Every legality rule of a graph, in one place."""

from __future__ import annotations

from functools import singledispatch
from math import prod

import numpy as np

from whetgen.errors import BadInput
from whetgen.ir.graph import Graph, Output
from whetgen.ir.integers import signed_bits
from whetgen.ir.nodes import (
    Concat,
    Conv,
    Dense,
    Input,
    MaxPool,
    MultiThreshold,
    Node,
    Pad,
    Permute,
    Reshape,
    Shape,
    SumPool,
    Threshold,
    Upsample,
    WeightedSum,
)
from whetgen.ir.shapes import output_shape

OUTPUT_BITS = 64
LARGEST_TENSOR = 1 << 26
MOST_STEPS = 15


def validate(graph: Graph) -> Graph:
    """``graph`` itself if it is legal.

    Raises:
        BadInput: with the node's name, the broken rule and the offending value.
    """
    _check_order(graph)
    shapes: dict[str, Shape] = {}
    for node in graph.nodes:
        sources = [shapes[s] for s in node.sources]
        check_node(node, *sources)
        shapes[node.name] = output_shape(node, *sources)
        if min(shapes[node.name]) < 1:
            raise _broken(node, "every axis has at least one element", shapes[node.name])
        _size(node, shapes[node.name])
    if graph.meaning.scale <= 0:
        raise BadInput(f"the scale of input codes is {graph.meaning.scale}, it must be above 0")
    for output in graph.outputs:
        _check_output(graph, output)
    return graph


def _check_order(graph: Graph) -> None:
    if not graph.nodes or not isinstance(graph.nodes[0], Input):
        raise BadInput("a graph starts with its one Input")
    seen: set[str] = set()
    for node in graph.nodes:
        if node.name in seen:
            raise _broken(node, "names are unique", node.name)
        if not node.name.isprintable():
            raise _broken(node, "names are of characters that print; rename the layer", node.name)
        if isinstance(node, Input) and seen:
            raise _broken(node, "a graph has one Input", node.name)
        if missing := [s for s in node.sources if s not in seen]:
            raise _broken(node, "sources come before their readers", missing[0])
        seen.add(node.name)
    if not graph.outputs:
        raise BadInput("a graph has at least one output")
    if len({output.name for output in graph.outputs}) < len(graph.outputs):
        raise BadInput("names of outputs are unique")
    if unprintable := [output.name for output in graph.outputs if not output.name.isprintable()]:
        raise BadInput(f"output '{unprintable[0]}': names are of characters that print; rename the output")


def _check_output(graph: Graph, output: Output) -> None:
    if output.source not in graph.by_name:
        raise BadInput(f"output '{output.name}' reads '{output.source}', which does not exist")
    if output.kind == "spikes" and not graph.is_spikes(output.source):
        raise BadInput(f"output '{output.name}' is of spikes, but its range is {graph.ranges[output.source]}")
    if output.scale <= 0:
        raise BadInput(f"output '{output.name}' has the scale {output.scale}, it must be above 0")


def check_output_bits(graph: Graph) -> Graph:
    """``graph`` itself if every output fits the targets' widest word; the reference has no such limit.

    Raises:
        BadInput: with the output's name.
    """
    for output in graph.outputs:
        lo, hi = graph.ranges[output.source]
        alone = output.classifier and graph.size(output.source) == 1  # compared with up to the first number above all
        bits = signed_bits(lo, hi + 1 if alone else hi)
        if bits > OUTPUT_BITS:
            raise BadInput(
                f"output '{output.name}' needs {bits} bits to be exact, at most {OUTPUT_BITS} are possible "
                "(its weights span too many powers of two); narrow the last layer with --weight-bits"
            )
    return graph


@singledispatch
def check_node(node: Node, *sources: Shape) -> None:
    """Rules of one node kind, given the shapes that it reads."""
    raise _broken(node, "a known node kind", type(node).__name__)


@check_node.register
def _(node: Input) -> None:
    _rank(node, node.shape)


@check_node.register
def _(node: Dense, source: Shape) -> None:
    _integers(node, node.weights, node.bias)
    if len(source) != 1 or node.weights.ndim != 2 or node.weights.shape[0] != source[0]:
        raise _broken(node, "weights are (inputs, neurons) of a flat source", (node.weights.shape, source))
    if node.bias.shape != node.weights.shape[1:]:
        raise _broken(node, "bias is (neurons,)", node.bias.shape)


@check_node.register
def _(node: Conv, source: Shape) -> None:
    _integers(node, node.weights, node.bias)
    _map(node, source)
    if node.weights.ndim != 4 or node.groups < 1:
        raise _broken(node, "weights are (kh, kw, channels / groups, neurons)", node.weights.shape)
    channels, neurons = node.weights.shape[2:]
    if channels * node.groups != source[2] or neurons % node.groups:
        raise _broken(node, "groups divide channels and neurons", (node.groups, source[2], neurons))
    _windowed(node, source)
    if min(node.dilation) < 1:
        raise _broken(node, "dilation is at least 1", node.dilation)


@check_node.register(MaxPool)
@check_node.register(SumPool)
def _(node: MaxPool | SumPool, source: Shape) -> None:
    _map(node, source)
    _windowed(node, source)
    if any(max(p) >= w for p, w in zip(node.padding, node.window, strict=True)):
        raise _broken(node, "padding is smaller than the window", node.padding)


@check_node.register
def _(node: Threshold, source: Shape) -> None:
    _integers(node, node.thresholds)
    _per_channel(node, node.thresholds, source)


@check_node.register
def _(node: MultiThreshold, source: Shape) -> None:
    _integers(node, node.thresholds)
    if node.thresholds.ndim < 2 or not 1 <= node.steps <= MOST_STEPS:
        raise _broken(node, f"thresholds are 1 to {MOST_STEPS} rows", node.thresholds.shape)
    for row in node.thresholds:
        _per_channel(node, row, source)
    if np.any(node.thresholds[1:] < node.thresholds[:-1]):
        raise _broken(node, "each neuron's thresholds ascend", "others")


@check_node.register
def _(node: WeightedSum, *sources: Shape) -> None:
    _integers(node, node.bias, *node.factors)
    if len(node.factors) != len(sources) or len(set(sources)) != 1:
        raise _broken(node, "one factor for each operand, all of one shape", sources)
    for array in (node.bias, *node.factors):
        _per_channel(node, array, sources[0])


@check_node.register
def _(node: Reshape, source: Shape) -> None:
    _rank(node, node.shape)
    if prod(node.shape) != prod(source):
        raise _broken(node, "the number of elements stays", (source, node.shape))


@check_node.register
def _(node: Permute, source: Shape) -> None:
    if sorted(node.axes) != list(range(len(source))):
        raise _broken(node, "axes are a permutation", node.axes)


@check_node.register(Pad)
@check_node.register(Upsample)
def _(node: Pad | Upsample, source: Shape) -> None:
    _map(node, source)


@check_node.register
def _(node: Concat, *sources: Shape) -> None:
    rests = {shape[: node.axis] + shape[node.axis + 1 :] for shape in sources}
    if len(rests) != 1 or not 0 <= node.axis < len(sources[0]):
        raise _broken(node, "operands differ along the joined axis only", sources)


def _broken(node: Node, rule: str, value: object) -> BadInput:
    return BadInput(f"node '{node.name}' ({type(node).__name__}) breaks the rule: {rule}; found {value}")


def _rank(node: Node, shape: Shape) -> None:
    if not 1 <= len(shape) <= 3 or min(shape) < 1:
        raise _broken(node, "tensors have 1 to 3 axes, none empty", shape)


def _map(node: Node, source: Shape) -> None:
    if len(source) != 3:
        raise _broken(node, "the source is (height, width, channels)", source)


def _size(node: Node, shape: Shape) -> None:
    if prod(shape) > LARGEST_TENSOR:
        raise _broken(node, f"a tensor has at most {LARGEST_TENSOR:,} elements, padding included", shape)


def _windowed(node: Conv | MaxPool | SumPool, source: Shape) -> None:
    if min(node.stride) < 1:
        raise _broken(node, "stride is at least 1", node.stride)
    if min(min(p) for p in node.padding) < 0:
        raise _broken(node, "padding is not negative", node.padding)
    _size(node, (source[0] + sum(node.padding[0]), source[1] + sum(node.padding[1]), source[2]))


def _per_channel(node: Node, array: np.ndarray, source: Shape) -> None:
    if array.shape not in (source, source[-1:]):
        raise _broken(node, "arrays are (channels,) or of the whole shape", (array.shape, source))


def _integers(node: Node, *arrays: np.ndarray) -> None:
    for array in arrays:
        if array.dtype != np.int64 and array.dtype != object:
            raise _broken(node, "arrays are int64 or object", array.dtype)
