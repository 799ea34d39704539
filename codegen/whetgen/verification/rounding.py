"""Where Keras' float32 evaluation and the exact integers decide differently, and whether it may.

Adding n float32 products in any order is wrong by at most ``gamma_n sum |w_i x_i|`` with
``gamma_n = n u / (1 - n u)``, ``u = 2**-24`` (Higham, Accuracy and Stability of Numerical
Algorithms, section 3.1). A spike may differ only where the exact pre-activation is that close to its
threshold; such a frame is not followed beyond its first difference. Results that are no spikes may
differ by that bound, passed through softmax or sigmoid where the output has one.

TensorFlow takes numbers below ``2**-126`` for 0: each operation may lose that much beside its rounding.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import reduce, singledispatch

import numpy as np

from whetgen.ir.exact import approximate
from whetgen.ir.graph import Graph, Output
from whetgen.ir.nodes import Concat, Conv, Dense, Input, MaxPool, Node, Pad, Permute, Reshape, Upsample
from whetgen.ir.real import (
    Affine,
    AveragePool,
    Decode,
    Head,
    RealConv,
    RealDense,
    RealMultiThreshold,
    RealSum,
    RealThreshold,
)
from whetgen.passes import Lowered
from whetgen.reference import classify, evaluate, run_tensors

_UNIT_ROUNDOFF = 2.0**-24
_LEAST_NORMAL = 2.0**-126
_NORM_GAIN = 2.0**26  # of a batch norm's inverse root: epsilon is above 2**-52
_HEAD_TOLERANCE = 2.0**-20  # of float32 exponentials, near results up to 1
_GRID = 1 << 20
_AT_ONCE = 1 << 23  # elements of all tensors of the frames that are compared at once

Tensors = Mapping[str, np.ndarray]


@dataclass(frozen=True, kw_only=True)
class FloatCheck:
    """Counts over ``inputs`` frames: spikes that differ at first hand, frames and classes that differ.

    ``values_compared``: numbers of outputs that are no spikes; ``outside_bound``: spikes, values and
    classes that no rounding explains.
    """

    inputs: int
    spikes_compared: int
    values_compared: int
    spikes_rounded: int
    frames_rounded: int
    classes_rounded: int
    outside_bound: int

    def __add__(self, other: FloatCheck) -> FloatCheck:
        """Of the frames of both."""
        return FloatCheck(**{name: count + getattr(other, name) for name, count in asdict(self).items()})

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True)
class _Size:
    """Bound on the magnitude of the terms of a float32 value, and how many roundings made it.

    ``underflow``: bound on what numbers too small for float32 add to its error.
    """

    magnitude: np.ndarray
    roundings: int
    underflow: float = _LEAST_NORMAL

    @property
    def largest(self) -> float:
        return float(self.magnitude.max(initial=0))


def frames_at_once(traced: Graph) -> int:
    """How many frames ``compare_with_floats`` may take without filling the memory; at least one."""
    return max(_AT_ONCE // sum(map(math.prod, traced.shapes.values())), 1)


def compare_with_floats(traced: Graph, lowered: Lowered, codes: np.ndarray, float_values: Tensors) -> FloatCheck:
    """Compare every spike, value and class; ``float_values`` as ``run_keras`` of the front end returns them."""
    exact = run_tensors(lowered.graph, codes)
    clean = np.ones(len(codes), dtype=bool)
    compared = rounded = outside = 0
    for step in (n for n in traced.nodes if isinstance(n, RealThreshold | RealMultiThreshold)):
        if step.name not in float_values:
            continue
        spikes = exact[step.name]
        differs = (float_values[step.name].reshape(spikes.shape) != spikes) & clean.reshape(
            -1, *[1] * (spikes.ndim - 1)
        )
        compared += int(clean.sum()) * spikes[0].size
        rounded += int(differs.sum())
        frames = np.flatnonzero(differs.reshape(len(codes), -1).any(axis=1))
        if len(frames):
            theirs = float_values[step.name].reshape(spikes.shape)[frames]
            outside += _outside_bound(traced, lowered, step, exact, codes, frames, theirs)
        clean[frames] = False
    classes, strays = _classes(traced, lowered.graph, exact, float_values, clean, codes)
    values, far = _values(traced, lowered.graph, exact, float_values, clean, codes)
    return FloatCheck(
        inputs=len(codes),
        spikes_compared=compared,
        values_compared=values,
        spikes_rounded=rounded,
        frames_rounded=int((~clean).sum()),
        classes_rounded=classes,
        outside_bound=outside + strays + far,
    )


def _outside_bound(
    traced: Graph,
    lowered: Lowered,
    step: RealThreshold | RealMultiThreshold,
    exact: Tensors,
    codes: np.ndarray,
    frames: np.ndarray,
    theirs: np.ndarray,
) -> int:
    """Neurons of some frames for which no rounding explains each of the levels that only one side has reached."""
    bound = _bounds(traced, step.source, exact, codes, frames)
    meaning = lowered.preactivations[step.name]
    scale, offset = (np.broadcast_to(a, meaning.shape) for a in (meaning.scale, meaning.offset))
    sums, ours = exact[meaning.node][frames], exact[step.name][frames]
    given = [np.array([step.level], dtype=object)] if isinstance(step, RealThreshold) else step.levels
    levels = [np.broadcast_to(level, meaning.shape) for level in given]
    count = 0
    for index in zip(*np.nonzero(theirs != ours), strict=True):
        where = index[1:]
        value = scale[where] * int(sums[index]) + offset[where]
        low, high = sorted((int(ours[index]), int(np.clip(theirs[index], 0, len(levels)))))
        far = max(abs(float(approximate(value - level[where]))) for level in levels[low:high])
        count += int(far > bound[index])
    return count


def _classes(
    traced: Graph, graph: Graph, exact: Tensors, float_values: Tensors, clean: np.ndarray, codes: np.ndarray
) -> tuple[int, int]:
    """Classes that differ from Keras', and how many of them no rounding explains."""
    different = strays = 0
    for before, output in zip(traced.outputs, graph.outputs, strict=True):
        if not output.classifier or before.source not in float_values:
            continue
        ours = exact[output.source]
        if ours.shape[-1] == 1:
            different += _decided_otherwise(output, ours, float_values[before.source])
            continue
        winners, theirs = np.argmax(ours, axis=-1), np.argmax(float_values[before.source], axis=-1)
        frames = np.flatnonzero(winners != theirs)
        different += len(frames)
        frames = frames[clean[frames]]
        if output.kind == "scores":
            theirs = float_values[before.source][frames]
            lost = theirs[np.arange(len(frames)), winners[frames]] < theirs.max(axis=-1, initial=0) * (
                1 - _HEAD_TOLERANCE
            )
            strays += int(lost.sum())
        elif len(frames):
            bound = _bounds(traced, before.source, exact, codes, frames)
            lead = ours[frames, winners[frames]] - ours[frames, theirs[frames]]
            strays += int(np.sum(lead.astype(float) * float(output.scale) > 2 * bound.max(axis=-1)))
    return different, int(strays)


def _decided_otherwise(output: Output, ours: np.ndarray, theirs: np.ndarray) -> int:
    """Frames that one neuron's number puts on another side than Keras' spike or sigmoid does; ``_values`` bounds the number."""
    return int(np.count_nonzero(classify(output, ours) != (theirs.reshape(len(ours)) >= 0.5)))


def _values(
    traced: Graph, graph: Graph, exact: Tensors, float_values: Tensors, clean: np.ndarray, codes: np.ndarray
) -> tuple[int, int]:
    """Numbers of outputs with a scale that were compared, and how many lie outside the bound."""
    compared = far = 0
    frames = np.flatnonzero(clean)
    kinds = {node.name: node for node in traced.nodes}
    for before, output in zip(traced.outputs, graph.outputs, strict=True):
        if output.kind != "accumulators" or before.source not in float_values or not len(frames):
            continue
        head = kinds[before.source]
        squash = _HEADS[head.activation] if isinstance(head, Head) else _linear_head
        ours = exact[output.source][frames].astype(float) * float(output.scale) + float(output.offset)
        bound = _bounds(traced, before.source, exact, codes, frames).reshape(ours.shape)
        wanted, tolerance = squash(ours, bound)
        theirs = float_values[before.source][frames].reshape(ours.shape)
        compared += theirs.size
        far += int(np.sum(~(np.abs(theirs - wanted) <= tolerance)))  # NaN is far
    return compared, far


def _linear_head(values: np.ndarray, bound: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A head's results for exact values, and by how much those of values within ``bound`` may differ."""
    return values, bound


def _sigmoid_head(values: np.ndarray, bound: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return 0.5 + 0.5 * np.tanh(values / 2), bound / 4 + _HEAD_TOLERANCE


def _softmax_head(values: np.ndarray, bound: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    shares = powers / powers.sum(axis=-1, keepdims=True)
    growth = np.expm1(np.minimum(2 * bound.max(axis=-1, keepdims=True), 1))
    return shares, shares * growth + _HEAD_TOLERANCE


def _log_softmax_head(values: np.ndarray, bound: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    below = values - values.max(axis=-1, keepdims=True)
    logs = below - np.log(np.exp(below).sum(axis=-1, keepdims=True))
    return logs, 2 * bound.max(axis=-1, keepdims=True) + _HEAD_TOLERANCE * (1 + np.abs(logs))


_HEADS = {"sigmoid": _sigmoid_head, "softmax": _softmax_head, "log_softmax": _log_softmax_head}


def _bounds(traced: Graph, name: str, exact: Tensors, codes: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """Largest possible float32 error of a traced tensor on some frames, element by element."""
    sizes: dict[str, _Size] = {}
    for node in _since_spikes(traced, name):
        if isinstance(node, Input):
            real = np.abs(codes[frames].astype(float) * float(traced.meaning.scale) + float(traced.meaning.offset))
            sizes[node.name] = _Size(real, 2)
        elif isinstance(node, RealThreshold | RealMultiThreshold):
            sizes[node.name] = _Size(exact[node.name][frames].astype(float), 0, 0.0)
        else:
            sizes[node.name] = _size(node, *(sizes[s] for s in node.sources))
    terms = sizes[name].roundings * _UNIT_ROUNDOFF
    return sizes[name].magnitude * terms / (1 - terms) + sizes[name].underflow


def _since_spikes(traced: Graph, name: str) -> list[Node]:
    """The nodes that make a tensor out of spikes and input codes, in their order."""
    needed = {name}
    for node in reversed(traced.nodes):
        if node.name in needed and not isinstance(node, RealThreshold | RealMultiThreshold):
            needed.update(node.sources)
    return [node for node in traced.nodes if node.name in needed]


@singledispatch
def _size(node: Node, *sources: _Size) -> _Size:
    raise TypeError(f"no rounding rule for {type(node).__name__}")


@_size.register
def _(node: RealDense, x: _Size) -> _Size:
    linear = Dense("", "", _on_grid(node.kernel), np.zeros(node.kernel.shape[1], dtype=np.int64))
    return _linear(linear, node, x, node.kernel.shape[0])


@_size.register
def _(node: RealConv, x: _Size) -> _Size:
    zeros = np.zeros(node.kernel.shape[3], dtype=np.int64)
    linear = Conv("", "", _on_grid(node.kernel), zeros, node.stride, node.dilation, node.padding, node.groups)
    return _linear(linear, node, x, int(np.prod(node.kernel.shape[:3])))


def _linear(linear: Dense | Conv, node: RealDense | RealConv, x: _Size, fan_in: int) -> _Size:
    """``|W| |x| + |b|``, rounded up on a grid so that the interpreter can do it."""
    top_w, top_x = max(np.abs(node.kernel).max(initial=0), 1e-300), max(x.magnitude.max(initial=0), 1e-300)
    sums = evaluate(linear, _on_grid(x.magnitude)).astype(float) * (top_w / _GRID) * (top_x / _GRID)
    underflow = fan_in * (top_w * x.underflow + _LEAST_NORMAL * (2 + top_x))
    return _Size(sums + np.abs(node.bias), x.roundings + fan_in + 2, underflow)


def _on_grid(values: np.ndarray) -> np.ndarray:
    """``ceil(|v| / max |v| * 2**20)``."""
    top = np.abs(values).max(initial=0)
    return np.ceil(np.abs(values) / (top or 1) * _GRID).astype(np.int64)


@_size.register
def _(node: Affine, x: _Size) -> _Size:
    multiplier = np.abs(node.multiplier.astype(float))
    gain = float(multiplier.max(initial=0))
    underflow = gain * x.underflow + _LEAST_NORMAL * (4 + gain + _NORM_GAIN * (1 + x.largest))
    return _Size(multiplier * x.magnitude + node.addend_size, x.roundings + 8, underflow)


@_size.register
def _(node: AveragePool, x: _Size) -> _Size:
    pooled = evaluate(MaxPool("", "", node.window, node.stride, node.padding), x.magnitude)
    taps = node.window[0] * node.window[1]
    return _Size(pooled, x.roundings + taps + 1, x.underflow + (taps + 1) * _LEAST_NORMAL)


@_size.register
def _(node: RealSum, *operands: _Size) -> _Size:
    underflow = sum(o.underflow + _LEAST_NORMAL for o in operands)
    magnitude = reduce(np.add, (o.magnitude for o in operands))
    return _Size(magnitude, max(o.roundings for o in operands) + len(operands), underflow)


@_size.register(Head)
@_size.register(Decode)
def _(node: Head | Decode, x: _Size) -> _Size:
    return x


@_size.register(MaxPool)
@_size.register(Reshape)
@_size.register(Permute)
@_size.register(Pad)
@_size.register(Upsample)
@_size.register(Concat)
def _(node: Node, *sources: _Size) -> _Size:
    magnitude = evaluate(node, *(s.magnitude for s in sources))
    return _Size(magnitude, max(s.roundings for s in sources), max(s.underflow for s in sources))
