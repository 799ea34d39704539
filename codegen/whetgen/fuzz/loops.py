"""The meaning of an integer graph once more: plain loops over Python integers, from the node docstrings.

Written without looking at the interpreter, so that both being wrong in the same way is unlikely.
A tensor is a dict from index tuple to int, in row-major order.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np

from whetgen.ir import Graph
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
    SumPool,
    Threshold,
    Upsample,
    WeightedSum,
)

Tensor = dict[tuple[int, ...], int]


def naive_run(graph: Graph, frame: np.ndarray) -> dict[str, list[int]]:
    """Each output of one frame, flat, by name."""
    tensors: dict[str, Tensor] = {}
    for node in graph.nodes:
        sources = [tensors[s] for s in node.sources]
        tensors[node.name] = tensor_of(frame) if isinstance(node, Input) else naive_node(node, sources)
    return {output.name: list(tensors[output.source].values()) for output in graph.outputs}


def tensor_of(array: np.ndarray) -> Tensor:
    return {index: int(array[index]) for index in np.ndindex(*array.shape)}


def naive_node(node: Node, sources: list[Tensor]) -> Tensor:
    """Value of one node."""
    return _KINDS[type(node)](node, *sources)


def _dense(node: Dense, x: Tensor) -> Tensor:
    inputs, neurons = node.weights.shape
    return {
        (c,): sum(int(node.weights[i, c]) * x[i,] for i in range(inputs)) + int(node.bias[c]) for c in range(neurons)
    }


def _conv(node: Conv, x: Tensor) -> Tensor:
    kh, kw, cpg, neurons = node.weights.shape
    height, width = _size(x)[:2]
    (top, bottom), (left, right) = node.padding
    rows = (height + top + bottom - ((kh - 1) * node.dilation[0] + 1)) // node.stride[0] + 1
    columns = (width + left + right - ((kw - 1) * node.dilation[1] + 1)) // node.stride[1] + 1
    result: Tensor = {}
    for r, c, n in product(range(rows), range(columns), range(neurons)):
        group = n // (neurons // node.groups)
        total = int(node.bias[n] if node.bias.ndim == 1 else node.bias[r, c, n])
        for i, j, k in product(range(kh), range(kw), range(cpg)):
            y = r * node.stride[0] + i * node.dilation[0] - top
            z = c * node.stride[1] + j * node.dilation[1] - left
            total += int(node.weights[i, j, k, n]) * x.get((y, z, group * cpg + k), 0)
        result[r, c, n] = total
    return result


def _threshold(node: Threshold, x: Tensor) -> Tensor:
    return {index: int(value >= _entry(node.thresholds, index)) for index, value in x.items()}


def _multi_threshold(node: MultiThreshold, x: Tensor) -> Tensor:
    return {index: sum(value >= _entry(row, index) for row in node.thresholds) for index, value in x.items()}


def _pool(node: MaxPool | SumPool, x: Tensor) -> Tensor:
    height, width, channels = _size(x)
    (top, bottom), (left, right) = node.padding
    rows = (height + top + bottom - node.window[0]) // node.stride[0] + 1
    columns = (width + left + right - node.window[1]) // node.stride[1] + 1
    result: Tensor = {}
    for r, c, k in product(range(rows), range(columns), range(channels)):
        y, z = r * node.stride[0] - top, c * node.stride[1] - left
        there = [(y + i, z + j, k) for i in range(node.window[0]) for j in range(node.window[1])]
        values = [x[index] for index in there if index in x]
        result[r, c, k] = max(values) if isinstance(node, MaxPool) else sum(values)
    return result


def _weighted_sum(node: WeightedSum, *operands: Tensor) -> Tensor:
    return {
        index: sum(_entry(f, index) * x[index] for f, x in zip(node.factors, operands, strict=True))
        + _entry(node.bias, index)
        for index in operands[0]
    }


def _reshape(node: Reshape, x: Tensor) -> Tensor:
    return dict(zip(np.ndindex(*node.shape), x.values(), strict=True))


def _permute(node: Permute, x: Tensor) -> Tensor:
    moved = {tuple(index[a] for a in node.axes): value for index, value in x.items()}
    return dict(sorted(moved.items()))


def _pad(node: Pad, x: Tensor) -> Tensor:
    height, width, channels = _size(x)
    (top, bottom), (left, right) = node.padding
    return {
        (r, c, k): x.get((r - top, c - left, k), 0)
        for r in range(height + top + bottom)
        for c in range(width + left + right)
        for k in range(channels)
    }


def _upsample(node: Upsample, x: Tensor) -> Tensor:
    height, width, channels = _size(x)
    fy, fx = node.factor
    return {
        (r, c, k): x[r // fy, c // fx, k]
        for r in range(height * fy)
        for c in range(width * fx)
        for k in range(channels)
    }


def _concat(node: Concat, *operands: Tensor) -> Tensor:
    result: Tensor = {}
    at = 0
    for x in operands:
        for index, value in x.items():
            result[tuple(i + at * (a == node.axis) for a, i in enumerate(index))] = value
        at += _size(x)[node.axis]
    return dict(sorted(result.items()))


def _size(x: Tensor) -> tuple[int, ...]:
    return tuple(i + 1 for i in max(x))


def _entry(array: np.ndarray, index: tuple[int, ...]) -> int:
    return int(array[index[-1]] if array.ndim == 1 else array[index])


_KINDS: dict[type[Node], Callable[..., Tensor]] = {
    Dense: _dense,
    Conv: _conv,
    Threshold: _threshold,
    MultiThreshold: _multi_threshold,
    MaxPool: _pool,
    SumPool: _pool,
    WeightedSum: _weighted_sum,
    Reshape: _reshape,
    Permute: _permute,
    Pad: _pad,
    Upsample: _upsample,
    Concat: _concat,
}
