"""A network once more, as plain Verilog: a signal for each element, sums and comparisons as the nodes of the graph say.

What a streamed network is held against. It is written from the nodes and their docstrings alone; neither the targets nor the layers
that they share are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import singledispatch
from itertools import product

import numpy as np

from whetgen.ir import Graph, Output
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

Index = tuple[int, ...]


@dataclass(frozen=True)
class VerilogNumber:
    """A number by its Verilog, and what its absolute value does not exceed."""

    text: str
    most: int


OUTSIDE = VerilogNumber("0", 0)  # what padding is


@dataclass
class PlainVerilog:
    """Signals and their values, in order; all have ``width`` bits, two's complement. ``results``: those that leave."""

    values: list[tuple[str, str]] = field(default_factory=list)
    results: list[VerilogNumber] = field(default_factory=list)
    most: int = 1

    @property
    def width(self) -> int:
        return self.most.bit_length() + 2

    def named(self, name: str, value: str, most: int) -> VerilogNumber:
        """A new signal."""
        self.values.append((name, value))
        self.most = max(self.most, most)
        return VerilogNumber(name, most)

    def sum(self, name: str, terms: Iterable[tuple[int, VerilogNumber]], constant: int) -> VerilogNumber:
        """Factors times signals, and a constant."""
        kept = [(int(factor), x) for factor, x in terms if factor and x is not OUTSIDE]
        text = " + ".join([*(f"{self._number(factor)} * {x.text}" for factor, x in kept), self._number(constant)])
        return self.named(name, text, sum(abs(f) * x.most for f, x in kept) + abs(int(constant)))

    def reached(self, name: str, x: VerilogNumber, limits: Sequence[int]) -> VerilogNumber:
        """How many of the limits the signal reaches."""
        each = (f"({x.text} >= {self._number(limit)} ? 1 : 0)" for limit in limits)
        return self.named(name, " + ".join(each), len(limits))

    def largest(self, name: str, signals: Sequence[VerilogNumber]) -> VerilogNumber:
        """The largest of the signals."""
        best, most = signals[0], max(x.most for x in signals)
        for number, x in enumerate(signals[1:]):
            best = self.named(f"{name}_step{number}", f"{best.text} > {x.text} ? {best.text} : {x.text}", most)
        return best

    def place_of_largest(self, signals: Sequence[VerilogNumber]) -> VerilogNumber:
        """The lowest index among those of the largest."""
        best, place = signals[0], VerilogNumber("0", 0)
        for number, x in enumerate(signals[1:]):
            better = f"{x.text} > {best.text}"
            place = self.named(f"place{number}", f"{better} ? {number + 1} : {place.text}", len(signals))
            best = self.named(f"best{number}", f"{better} ? {x.text} : {best.text}", max(best.most, x.most))
        return place

    def _number(self, value: int) -> str:
        """A constant, as wide as every signal."""
        self.most = max(self.most, abs(int(value)))
        return f"{'-' if value < 0 else ''}`WIDTH'sd{abs(int(value))}"


def plain_verilog(graph: Graph, kind: str) -> PlainVerilog:
    """The network on ``frame``, the packed codes, with ``kind`` of the output stream."""
    text, tensors = PlainVerilog(), dict[str, np.ndarray]()
    for number, node in enumerate(graph.nodes):
        sources = [tensors[source] for source in node.sources]
        tensors[node.name] = tensor(node, f"n{number}", text, *sources)
    for output in graph.outputs:
        text.results += _told(output, kind, list(tensors[output.source].reshape(-1)), text)
    return text


def _told(output: Output, kind: str, signals: list[VerilogNumber], text: PlainVerilog) -> list[VerilogNumber]:
    """What is sent: of a class its index, where one number tells it whether that reaches the output's level."""
    if kind != "class":
        return signals
    if len(signals) == 1:
        return [text.reached("decided", signals[0], [output.level])]
    return [text.place_of_largest(signals)]


# ---- one node ----


@singledispatch
def tensor(node: Node, name: str, text: PlainVerilog, *sources: np.ndarray) -> np.ndarray:
    """Object array of the node's signals, of its shape; their names begin with ``name``."""
    raise TypeError(f"no plain Verilog of {type(node).__name__}")


@tensor.register
def _(node: Input, name: str, text: PlainVerilog) -> np.ndarray:
    """The codes stand back to back, the first in the low bits."""
    bits = node.type.bits

    def code(index: Index) -> VerilogNumber:
        at = int(np.ravel_multi_index(index, node.shape)) * bits
        packed = f"frame[{at + bits - 1}:{at}]"
        number = packed if node.type.signed else f"{{1'b0, {packed}}}"
        return text.named(_indexed(name, index), f"$signed({number})", 1 << bits)

    return _array(node.shape, code)


@tensor.register
def _(node: Dense, name: str, text: PlainVerilog, x: np.ndarray) -> np.ndarray:
    def neuron(index: Index) -> VerilogNumber:
        weights, bias = node.weights[:, index[0]], node.bias[index[0]]
        return text.sum(_indexed(name, index), zip(weights, x, strict=True), bias)

    return _array(node.bias.shape, neuron)


@tensor.register
def _(node: Conv, name: str, text: PlainVerilog, x: np.ndarray) -> np.ndarray:
    height, width, channels, neurons = node.weights.shape
    extent = (height - 1) * node.dilation[0] + 1, (width - 1) * node.dilation[1] + 1

    def neuron(index: Index) -> VerilogNumber:
        group = index[2] // (neurons // node.groups)
        terms = []
        for i, j, k in product(range(height), range(width), range(channels)):
            row = index[0] * node.stride[0] + i * node.dilation[0] - node.padding[0][0]
            column = index[1] * node.stride[1] + j * node.dilation[1] - node.padding[1][0]
            terms.append((node.weights[i, j, k, index[2]], _at(x, row, column, group * channels + k)))
        return text.sum(_indexed(name, index), terms, node.bias[index[2]] if node.bias.ndim == 1 else node.bias[index])

    return _array((*_windows(node, x.shape, extent), neurons), neuron)


@tensor.register(MaxPool)
@tensor.register(SumPool)
def _(node: MaxPool | SumPool, name: str, text: PlainVerilog, x: np.ndarray) -> np.ndarray:
    def pooled(index: Index) -> VerilogNumber:
        top, left = index[0] * node.stride[0] - node.padding[0][0], index[1] * node.stride[1] - node.padding[1][0]
        taps = product(range(node.window[0]), range(node.window[1]))
        there = [s for s in (_at(x, top + i, left + j, index[2]) for i, j in taps) if s is not OUTSIDE]
        signal = _indexed(name, index)
        if isinstance(node, MaxPool):
            return text.largest(signal, there)
        return text.sum(signal, ((1, s) for s in there), 0)

    return _array((*_windows(node, x.shape, node.window), x.shape[2]), pooled)


@tensor.register
def _(node: Threshold, name: str, text: PlainVerilog, x: np.ndarray) -> np.ndarray:
    return _array(x.shape, lambda at: text.reached(_indexed(name, at), x[at], [_entry(node.thresholds, at)]))


@tensor.register
def _(node: MultiThreshold, name: str, text: PlainVerilog, x: np.ndarray) -> np.ndarray:
    return _array(
        x.shape, lambda at: text.reached(_indexed(name, at), x[at], [_entry(row, at) for row in node.thresholds])
    )


@tensor.register
def _(node: WeightedSum, name: str, text: PlainVerilog, *operands: np.ndarray) -> np.ndarray:
    def element(at: Index) -> VerilogNumber:
        terms = [(_entry(factor, at), x[at]) for factor, x in zip(node.factors, operands, strict=True)]
        return text.sum(_indexed(name, at), terms, _entry(node.bias, at))

    return _array(operands[0].shape, element)


@tensor.register
def _(node: Reshape, name: str, text: PlainVerilog, x: np.ndarray) -> np.ndarray:
    return x.reshape(node.shape)


@tensor.register
def _(node: Permute, name: str, text: PlainVerilog, x: np.ndarray) -> np.ndarray:
    return x.transpose(node.axes)


@tensor.register
def _(node: Pad, name: str, text: PlainVerilog, x: np.ndarray) -> np.ndarray:
    (top, bottom), (left, right) = node.padding
    shape = x.shape[0] + top + bottom, x.shape[1] + left + right, x.shape[2]
    zero = text.named(f"{name}_zero", "0", 0)

    def pixel(at: Index) -> VerilogNumber:
        found = _at(x, at[0] - top, at[1] - left, at[2])
        return zero if found is OUTSIDE else found

    return _array(shape, pixel)


@tensor.register
def _(node: Upsample, name: str, text: PlainVerilog, x: np.ndarray) -> np.ndarray:
    return x.repeat(node.factor[0], axis=0).repeat(node.factor[1], axis=1)


@tensor.register
def _(node: Concat, name: str, text: PlainVerilog, *operands: np.ndarray) -> np.ndarray:
    return np.concatenate(operands, axis=node.axis)


def _array(shape: Sequence[int], of: Callable[[Index], VerilogNumber]) -> np.ndarray:
    found = np.empty(tuple(shape), dtype=object)
    for index in np.ndindex(*shape):
        found[index] = of(index)
    return found


def _indexed(name: str, index: Index) -> str:
    return "_".join(map(str, (name, *index)))


def _windows(node: Conv | MaxPool | SumPool, shape: Index, extent: Sequence[int]) -> tuple[int, int]:
    """Rows and columns of window positions; ``extent``: pixels that a window spans each way."""
    rows, columns = ((shape[axis] + sum(node.padding[axis]) - extent[axis]) // node.stride[axis] + 1 for axis in (0, 1))
    return rows, columns


def _at(x: np.ndarray, row: int, column: int, channel: int) -> VerilogNumber:
    inside = 0 <= row < x.shape[0] and 0 <= column < x.shape[1]
    return x[row, column, channel] if inside else OUTSIDE


def _entry(array: np.ndarray, index: Index) -> int:
    return int(array[index[-1]] if array.ndim == 1 else array[index])
