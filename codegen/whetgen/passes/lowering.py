"""The integer graph while ``lower`` builds it, and changes of a tensor's scale that add nodes to it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from whetgen.ir.exact import Number, sign
from whetgen.ir.nodes import MOVES, MaxPool, Node, Shape, Threshold, WeightedSum
from whetgen.ir.ranges import Range, output_range
from whetgen.ir.shapes import output_shape
from whetgen.passes.scaled import Scaled, cell, common_unit, fit, signs_of


@dataclass
class Lowering:
    """Nodes so far, the shapes and ranges of their tensors, and what had to be rounded, in words."""

    nodes: list[Node] = field(default_factory=list)
    shapes: dict[str, Shape] = field(default_factory=dict)
    ranges: dict[str, Range] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, node: Node) -> str:
        """Add a node; returns its name."""
        self.nodes.append(node)
        self.shapes[node.name] = output_shape(node, *(self.shapes[s] for s in node.sources))
        self.ranges[node.name] = output_range(node, *(self.ranges[s] for s in node.sources))
        return node.name

    def weighted(
        self, name: str, operands: tuple[str, ...], factors: tuple[np.ndarray, ...], bias: np.ndarray | None = None
    ) -> str:
        """Add a WeightedSum under ``name`` or, where that is taken, one like it."""
        while name in self.shapes:
            name += "_"
        bias = np.zeros(factors[0].shape, dtype=np.int64) if bias is None else bias
        return self.add(WeightedSum(name, operands, factors, bias))

    def common_unit(self, name: str, scales: np.ndarray) -> tuple[Number, np.ndarray]:
        """``scaled.common_unit``; a note for the layer ``name`` where it had to round."""
        unit, integers, rounded = common_unit(scales)
        if rounded:
            self.notes.append(
                f"layer '{name}' sums channels whose normalisations have no common unit; "
                "each of those factors means the float32 nearest to it"
            )
        return unit, integers

    def positive(self, x: Scaled, name: str) -> Scaled:
        """The same real values with no negative scale: negates the integers of those channels."""
        signs = signs_of(x.scale)
        if np.all(signs >= 0):
            return x
        signs = np.where(signs < 0, -1, 1)
        factors = np.broadcast_to(signs, x.shape[-1:] if signs.ndim < 2 else x.shape).astype(np.int64)
        negated = self.weighted(f"{name}_negated", (x.node,), (factors,))
        return Scaled(negated, x.shape, fit(x.scale * signs, x.shape), x.offset)

    def integral(self, x: Scaled, name: str) -> Scaled:
        """The same real values on one scale and without offset: ``integers * factors + bias``."""
        if x.scale.shape == () and x.scale.item() != 0 and not x.has_offset:
            return x
        both = np.stack([np.broadcast_to(x.scale, x.columns), np.broadcast_to(x.offset, x.columns)])
        unit, (factors, bias) = self.common_unit(name, both)
        if sign(unit) < 0:  # an offset set it, where all scales are 0
            unit, factors, bias = -unit, -factors, -bias
        return Scaled(self.weighted(f"{name}_integral", (x.node,), (factors,), bias), x.shape, cell(unit))

    def is_spikes(self, name: str) -> bool:
        """Whether a tensor is made of thresholds' results, moved and pooled; a range of 0..1 alone means nothing."""
        node = next(n for n in self.nodes if n.name == name)
        if isinstance(node, (MaxPool, *MOVES)):
            return all(map(self.is_spikes, node.sources))
        return isinstance(node, Threshold)
