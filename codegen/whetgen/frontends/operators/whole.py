"""Which traced nodes hold whole numbers only, and how large these get: a cast to a type of integers leaves them as they are."""

from __future__ import annotations

from functools import singledispatch

import numpy as np

from whetgen.frontends.operators.building import OperatorBuilder
from whetgen.ir.nodes import Concat, Input, MaxPool, Node, Pad, Permute, Reshape, Upsample
from whetgen.ir.real import Affine, Decode, RealConv, RealDense, RealMultiThreshold, RealSum, RealThreshold

Range = tuple[float, float]


def whole_range(builder: OperatorBuilder, name: str) -> Range | None:
    """Bounds of the node's values, which are whole numbers; None where they may be others."""
    found: dict[str, Range | None] = {}
    for node in builder.nodes:
        ranges = [r for source in node.sources if (r := found[source]) is not None]
        found[node.name] = _range(node, ranges) if len(ranges) == len(node.sources) else None
    return found[name]


@singledispatch
def _range(node: Node, sources: list[Range]) -> Range | None:
    """The same with the ranges of what the node reads."""
    return None


@_range.register
def _(node: Input, sources: list[Range]) -> Range:
    return node.type.lo, node.type.hi


@_range.register(MaxPool)
@_range.register(Permute)
@_range.register(Reshape)
@_range.register(Upsample)
def _(node: Node, sources: list[Range]) -> Range:
    return sources[0]


@_range.register
def _(node: Pad, sources: list[Range]) -> Range:
    return _with_zero(sources[0])


@_range.register
def _(node: Concat, sources: list[Range]) -> Range:
    return min(lo for lo, _ in sources), max(hi for _, hi in sources)


@_range.register
def _(node: RealThreshold, sources: list[Range]) -> Range:
    return 0, 1


@_range.register
def _(node: RealMultiThreshold, sources: list[Range]) -> Range:
    return 0, len(node.strict)


@_range.register
def _(node: RealDense, sources: list[Range]) -> Range | None:
    return _sums(node.kernel, node.bias, sources[0])


@_range.register
def _(node: RealConv, sources: list[Range]) -> Range | None:
    return _sums(node.kernel.reshape(-1, node.kernel.shape[-1]), node.bias, _with_zero(sources[0]))


@_range.register
def _(node: Affine, sources: list[Range]) -> Range | None:
    multiplier, addend = node.multiplier.astype(float), node.addend.astype(float)
    return _enclosed(np.stack([multiplier * end + addend for end in sources[0]]), node.multiplier, node.addend)


@_range.register
def _(node: RealSum, sources: list[Range]) -> Range:
    ends = [(sign * lo, sign * hi) for sign, (lo, hi) in zip(node.signs, sources, strict=True)]
    return sum(map(min, ends)), sum(map(max, ends))


@_range.register
def _(node: Decode, sources: list[Range]) -> Range:
    width, offsets = node.key.shape[1], node.offsets.astype(float)
    return offsets.min() - width, offsets.max() + width


def _sums(kernel: np.ndarray, bias: np.ndarray, source: Range) -> Range | None:
    """Of ``x @ kernel + bias``: (inputs, neurons), (neurons,)."""
    ends = np.stack([kernel * end for end in source])
    return _enclosed(np.stack([ends.min(axis=0).sum(axis=0), ends.max(axis=0).sum(axis=0)]) + bias, kernel, bias)


def _enclosed(values: np.ndarray, *parameters: np.ndarray) -> Range | None:
    """From the least to the largest value, if the parameters are whole."""
    whole = all(value == value // 1 for array in parameters for value in np.unique(array))
    return (values.min(), values.max()) if whole else None


def _with_zero(source: Range) -> Range:
    return min(source[0], 0), max(source[1], 0)
