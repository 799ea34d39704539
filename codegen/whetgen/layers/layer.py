"""The layers, and the graph of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from whetgen.ir.integers import signed_bits
from whetgen.layers.sums import SumRange
from whetgen.layers.tensor import Tensor
from whetgen.layers.window import Window
from whetgen.wording import counted


@dataclass(frozen=True, eq=False, kw_only=True)
class Linear:
    """Weighted sums over windows: of each position and neuron one.

    ``name`` and ``kind``: those of the node that sums, as in every layer; with ``fire`` the ``result`` is the spikes of
    its Threshold. ``weights``: (taps * channels of a group, neurons). ``levels``: (1 or positions, neurons) of Python
    integers: with ``fire`` a neuron fires where its sum is at least its level, else its level is added. ``higher``: where
    neurons have several thresholds those above ``levels``, ascending, each of its shape; the result is how many the sum reaches.
    """

    name: str
    kind: str
    source: Tensor
    result: Tensor
    window: Window
    weights: np.ndarray
    levels: np.ndarray
    fire: bool
    sum_range: SumRange
    higher: tuple[np.ndarray, ...] = ()

    @property
    def sources(self) -> tuple[Tensor, ...]:
        return (self.source,)

    @property
    def neurons(self) -> int:
        return int(self.weights.shape[1])

    @property
    def multiply_adds(self) -> int:
        return self.window.positions * self.weights.size

    @property
    def summary(self) -> str:
        """One line for comments and reports: what the layer is, as every layer says."""
        w, what = self.window, _what(self)
        if w.trivial:
            return f"{counted(len(self.weights), 'input')}, {counted(self.neurons, 'neuron')}, {what}"
        return (
            f"{w.height}x{w.width}x{w.channels}, window {w.kernel[0]}x{w.kernel[1]}, "
            f"to {w.out_height}x{w.out_width}x{self.neurons}, {what}"
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class Pool:
    """Largest element or sum of each window, channel by channel.

    ``levels``: (1 or positions, channels) of the sums' thresholds where the result is their spikes, else None;
    ``higher`` as in ``Linear``.
    """

    name: str
    kind: str
    source: Tensor
    result: Tensor
    window: Window
    largest: bool
    levels: np.ndarray | None
    sum_range: SumRange
    higher: tuple[np.ndarray, ...] = ()

    @property
    def sources(self) -> tuple[Tensor, ...]:
        return (self.source,)

    @property
    def fire(self) -> bool:
        return self.levels is not None

    @property
    def fill(self) -> int:
        """The element that padding holds: it never wins, it adds nothing."""
        return -(1 << (self.result.width - 1)) if self.largest and self.result.signed else 0

    @property
    def summary(self) -> str:
        w, what = self.window, "largest" if self.largest else "sum"
        return f"{what} of {w.kernel[0]}x{w.kernel[1]} windows, to {w.out_height}x{w.out_width}x{w.channels}"


@dataclass(frozen=True, eq=False, kw_only=True)
class Blend:
    """Element-wise weighted sum of tensors of one shape.

    ``factors`` of each source and ``levels``: (1 or positions, channels); ``levels`` and ``higher`` as in ``Linear``.
    """

    name: str
    kind: str
    sources: tuple[Tensor, ...]
    result: Tensor
    factors: tuple[np.ndarray, ...]
    levels: np.ndarray
    fire: bool
    sum_range: SumRange
    higher: tuple[np.ndarray, ...] = ()

    @property
    def summary(self) -> str:
        return f"{counted(len(self.sources), 'operand')} of {counted(self.result.count, 'element')}, {_what(self)}"

    @property
    def operand_width(self) -> int:
        return max(signed_bits(t.lo, t.hi) for t in self.sources)

    @property
    def period(self) -> int:
        """Elements after which factors and levels begin again."""
        return max(array.size for array in (*self.factors, self.levels))

    @cached_property
    def factor_table(self) -> np.ndarray:
        """(operands, period) Python integers: element i has the factors of column ``i % period``."""
        return np.stack([self._repeated(factor) for factor in self.factors])

    @cached_property
    def level_table(self) -> np.ndarray:
        """(period,) Python integers: element i has the level ``i % period``."""
        return self._repeated(self.levels)

    @cached_property
    def higher_tables(self) -> tuple[np.ndarray, ...]:
        """``level_table`` of each of ``higher``."""
        return tuple(map(self._repeated, self.higher))

    def _repeated(self, rows: np.ndarray) -> np.ndarray:
        return np.tile(rows.astype(object).reshape(-1), self.period // rows.size)


@dataclass(frozen=True, eq=False, kw_only=True)
class Move:
    """Result element i is element ``indices[i]`` of the joined sources; -1 is zero."""

    name: str
    kind: str
    sources: tuple[Tensor, ...]
    result: Tensor
    indices: np.ndarray

    @property
    def summary(self) -> str:
        return f"{counted(self.result.count, 'element')} moved"

    @property
    def in_order(self) -> bool:
        """Whether the result is just the sources one after the other."""
        return np.array_equal(self.indices, np.arange(sum(t.count for t in self.sources)))


def _what(layer: Linear | Blend) -> str:
    return f"{1 + len(layer.higher)} thresholds" if layer.higher else "fire" if layer.fire else "sum"


Layer = Linear | Pool | Blend | Move


@dataclass(frozen=True, eq=False)
class LayerGraph:
    """The layers, sources before readers, and the tensors that come in and go out."""

    input: Tensor
    layers: tuple[Layer, ...]
    outputs: tuple[Tensor, ...]

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """The input and every layer's result."""
        return self.input, *(layer.result for layer in self.layers)

    @property
    def linear(self) -> tuple[Linear, ...]:
        """The layers of weighted sums."""
        return tuple(layer for layer in self.layers if isinstance(layer, Linear))
