"""Which tensors exist in memory, and how each is stored.

A Reshape is its source under another name. A sum that only a Threshold reads never exists: the kernel
compares it at once. A tensor that nothing but one output reads is written straight into the output.
"""

from __future__ import annotations

from functools import cached_property
from math import prod

from whetgen.ir import Graph
from whetgen.ir.nodes import Conv, Dense, Input, Reshape, SumPool, Threshold, WeightedSum
from whetgen.targets.c.storage import INPUT_ELEMENTS, Elements, tensor_elements

FUSABLE = (Dense, Conv, SumPool, WeightedSum)


class Tensors:
    """Storage decisions for one graph."""

    def __init__(self, graph: Graph):
        self.graph = graph

    def root(self, name: str) -> str:
        """The tensor that ``name`` is a view of."""
        while isinstance(node := self.graph[name], Reshape):
            name = node.source
        return name

    def elements(self, name: str) -> Elements:
        root = self.root(name)
        if root in self.in_output:
            return self.output_elements
        if isinstance(node := self.graph[root], Input):
            return INPUT_ELEMENTS[node.type.name]
        return tensor_elements(*self.graph.ranges[root])

    def length(self, name: str) -> int:
        return prod(self.graph.shapes[name])

    @cached_property
    def fused(self) -> dict[str, Threshold]:
        """Sums that never exist in memory, each with the Threshold that its kernel applies."""
        found = {}
        for node in self.graph.nodes:
            if isinstance(node, Threshold) and isinstance(self.graph[node.source], FUSABLE):
                alone = self.graph.readers[node.source] == (node,)
                if alone and node.source not in self.graph.read_by_output:
                    found[node.source] = node
        return found

    @cached_property
    def output_elements(self) -> Elements:
        """Element kind of ``NAME_output_t``."""
        if all(output.kind == "spikes" for output in self.graph.outputs):
            return Elements("WG_U8")
        ranges = [self.graph.ranges[output.source] for output in self.graph.outputs]
        fits = all(lo >= -(1 << 31) and hi < 1 << 31 for lo, hi in ranges)
        return Elements("WG_I32" if fits else "WG_I64")

    @cached_property
    def output_offsets(self) -> tuple[int, ...]:
        """First element of each output in the output array."""
        lengths = [self.length(output.source) for output in self.graph.outputs]
        return tuple(sum(lengths[:k]) for k in range(len(lengths)))

    @cached_property
    def in_output(self) -> dict[str, int]:
        """Roots that are written into the output array, with their offset there."""
        users: dict[str, list[int]] = {}
        for k, output in enumerate(self.graph.outputs):
            users.setdefault(self.root(output.source), []).append(k)
        read = {self.root(s) for node in self.graph.nodes if not isinstance(node, Reshape) for s in node.sources}
        return {
            root: self.output_offsets[ks[0]]
            for root, ks in users.items()
            if len(ks) == 1 and root not in read and not isinstance(self.graph[root], Input)
        }
