"""The meaning of an integer graph: one small function for each node kind.

Arrays carry a batch axis in front. Vectorised over the batch; exact for integers of any size.
"""

from __future__ import annotations

from functools import singledispatch

import numpy as np

from whetgen.errors import BadInput
from whetgen.ir.graph import Graph, Output
from whetgen.ir.integers import magnitude
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
    SumPool,
    Threshold,
    Upsample,
    WeightedSum,
)
from whetgen.reference.exact_linear import compact, exact_matmul

_PATCH_BYTES = 32 << 20


def run(graph: Graph, codes: np.ndarray) -> np.ndarray | dict[str, np.ndarray]:
    """Outputs for a batch of input codes.

    ``codes``: (frames, *input shape) integers, or one frame without the batch axis.
    Returns integers with the same leading axes: an array (frames, *output shape),
    or a dict by output name when the graph has several outputs.

    Raises:
        BadInput: wrong shape, not integers, or codes out of the element type's range.
    """
    codes, single = _check_codes(graph, codes)
    tensors = run_tensors(graph, codes, keep={o.source for o in graph.outputs})
    results = {o.name: tensors[o.source][0] if single else tensors[o.source] for o in graph.outputs}
    return results if len(results) > 1 else next(iter(results.values()))


def predict(graph: Graph, codes: np.ndarray) -> np.ndarray:
    """Class of each frame, by the one output that tells a class.

    Raises:
        BadInput: the graph has no classifier output, or several.
    """
    head = graph.classifier
    if head is None:
        count = sum(o.classifier for o in graph.outputs)
        raise BadInput(f"predict needs exactly one classifier output, this network has {count}")
    values = run(graph, codes)
    return classify(head, values[head.name] if isinstance(values, dict) else values)


def classify(output: Output, values: np.ndarray) -> np.ndarray:
    """Class of each row of a classifier's output: (..., elements) integers to (...) classes."""
    if values.shape[-1] > 1:
        return np.argmax(values, axis=-1)
    return np.asarray(values[..., 0] >= output.level, dtype=np.int64)


def run_tensors(graph: Graph, codes: np.ndarray, keep: set[str] | None = None) -> dict[str, np.ndarray]:
    """Tensors by name for a checked batch ``(frames, *shape)``; all of them, or those in ``keep``."""
    last_use = {source: index for index, node in enumerate(graph.nodes) for source in node.sources}
    tensors: dict[str, np.ndarray] = {}
    for index, node in enumerate(graph.nodes):
        tensors[node.name] = (
            codes.astype(np.int64) if isinstance(node, Input) else evaluate(node, *(tensors[s] for s in node.sources))
        )
        if keep is not None:
            for source in set(node.sources) - keep:
                if last_use[source] == index:
                    del tensors[source]
    return tensors


def _check_codes(graph: Graph, codes: np.ndarray) -> tuple[np.ndarray, bool]:
    codes = np.asarray(codes)
    shape, kind = graph.input.shape, graph.input.type
    single = codes.shape == shape
    codes = codes[None] if single else codes
    if codes.shape[1:] != shape:
        raise BadInput(
            f"input codes have shape {codes.shape}, the network takes (frames, {', '.join(map(str, shape))})"
        )
    if codes.dtype.kind not in "iub":
        raise BadInput(f"input codes are {codes.dtype}, they must be integers of type {kind.name}")
    if codes.size and (codes.min() < kind.lo or codes.max() > kind.hi):
        raise BadInput(f"input codes reach from {codes.min()} to {codes.max()}, {kind.name} holds {kind.lo}..{kind.hi}")
    return codes, single


@singledispatch
def evaluate(node: Node, *sources: np.ndarray) -> np.ndarray:
    """Value of one node for a batch, given the values that it reads."""
    raise TypeError(f"no meaning for {type(node).__name__}")


@evaluate.register
def _(node: Dense, x: np.ndarray) -> np.ndarray:
    return _plus(exact_matmul(x, node.weights), node.bias)


@evaluate.register
def _(node: Conv, x: np.ndarray) -> np.ndarray:
    x = pad_map(compact(x), node.padding)
    kernel = node.weights.shape[:2]
    frame_bytes = x[:1].nbytes * kernel[0] * kernel[1]
    step = max(1, _PATCH_BYTES // max(frame_bytes, 1))
    parts = [_conv_chunk(node, x[i : i + step]) for i in range(0, max(len(x), 1), step)]
    return _plus(np.concatenate(parts), node.bias)


def _conv_chunk(node: Conv, x: np.ndarray) -> np.ndarray:
    kh, kw, channels, neurons = node.weights.shape
    patches = _windows(x, (kh, kw), node.stride, node.dilation)  # (n, oh, ow, groups * channels, kh, kw)
    lead = patches.shape[:3]
    each = neurons // node.groups
    sums = []
    for group in range(node.groups):
        taps = patches[:, :, :, group * channels : (group + 1) * channels].transpose(0, 1, 2, 4, 5, 3)
        weights = node.weights[..., group * each : (group + 1) * each].reshape(kh * kw * channels, each)
        sums.append(exact_matmul(taps.reshape(-1, kh * kw * channels), weights).reshape(*lead, each))
    return np.concatenate(sums, axis=-1)


@evaluate.register
def _(node: Threshold, x: np.ndarray) -> np.ndarray:
    return (x >= node.thresholds).astype(np.int64)


@evaluate.register
def _(node: MultiThreshold, x: np.ndarray) -> np.ndarray:
    reached = np.zeros(x.shape, dtype=np.int64)
    for row in node.thresholds:
        reached += x >= row
    return reached


@evaluate.register
def _(node: MaxPool, x: np.ndarray) -> np.ndarray:
    lowest = x.min() if x.size else 0
    padded = pad_map(x, node.padding, fill=lowest)
    return _windows(padded, node.window, node.stride).max(axis=(-2, -1))


@evaluate.register
def _(node: SumPool, x: np.ndarray) -> np.ndarray:
    taps = node.window[0] * node.window[1]
    if x.dtype != object and magnitude(x) * taps >= 1 << 63:
        x = x.astype(object)
    return _windows(pad_map(x, node.padding), node.window, node.stride).sum(axis=(-2, -1))


@evaluate.register
def _(node: WeightedSum, *operands: np.ndarray) -> np.ndarray:
    total = node.bias
    for factor, x in zip(node.factors, operands, strict=True):
        total = _plus(_times(x, factor), total)
    return total


@evaluate.register
def _(node: Reshape, x: np.ndarray) -> np.ndarray:
    return x.reshape(len(x), *node.shape)


@evaluate.register
def _(node: Permute, x: np.ndarray) -> np.ndarray:
    return x.transpose(0, *(axis + 1 for axis in node.axes))


@evaluate.register
def _(node: Pad, x: np.ndarray) -> np.ndarray:
    return pad_map(x, node.padding)


@evaluate.register
def _(node: Upsample, x: np.ndarray) -> np.ndarray:
    return x.repeat(node.factor[0], axis=1).repeat(node.factor[1], axis=2)


@evaluate.register
def _(node: Concat, *operands: np.ndarray) -> np.ndarray:
    return np.concatenate(operands, axis=node.axis + 1)


def pad_map(x: np.ndarray, padding: Padding, fill: int = 0) -> np.ndarray:
    """``x`` (frames, height, width, channels) with ``fill`` around it; negative counts crop."""
    (top, bottom), (left, right) = padding
    height, width = x.shape[1:3]
    x = x[:, max(-top, 0) : height - max(-bottom, 0), max(-left, 0) : width - max(-right, 0)]
    top, bottom, left, right = (max(side, 0) for side in (top, bottom, left, right))
    if not (top or bottom or left or right):
        return x
    frames, height, width, channels = x.shape
    # np.pad would put np.int64 zeros into an object array, which overflow when a big integer is added.
    padded = np.full((frames, top + height + bottom, left + width + right, channels), fill, dtype=x.dtype)
    padded[:, top : top + height, left : left + width] = x
    return padded


def _windows(x: np.ndarray, kernel: Pair, stride: Pair, dilation: Pair = (1, 1)) -> np.ndarray:
    """Views of the sliding windows: (frames, out height, out width, channels, *kernel)."""
    extent = tuple((k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True))
    views = np.lib.stride_tricks.sliding_window_view(x, extent, axis=(1, 2))
    return views[:, :: stride[0], :: stride[1], :, :: dilation[0], :: dilation[1]]


def _plus(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Exact sum; int64 operands are widened to Python integers where they could overflow."""
    if a.dtype != object and b.dtype != object and magnitude(a) + magnitude(b) >= 1 << 63:
        a = a.astype(object)
    return a + b


def _times(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Exact product, widened likewise."""
    if a.dtype != object and b.dtype != object and magnitude(a) * magnitude(b) >= 1 << 63:
        a = a.astype(object)
    return a * b
