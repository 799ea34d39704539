"""Which tensors exist in memory, and how each is stored.

A tensor that nothing but one output reads is written straight into the output.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property

from whetgen.ir import Graph
from whetgen.layers import LayerGraph, Tensor
from whetgen.targets.c.elements import INPUT_ELEMENTS, Elements, bit_maps, tensor_elements


@dataclass(frozen=True, eq=False)
class Storage:
    """Storage decisions for one graph and its layers. ``maps``: names of the tensors that have a map for each bit."""

    graph: Graph
    layers: LayerGraph
    maps: Set[str] = frozenset()

    @cached_property
    def by_name(self) -> dict[str, Tensor]:
        return {tensor.name: tensor for tensor in self.layers.tensors}

    def elements(self, name: str) -> Elements:
        if name in self.maps:
            return bit_maps(self.by_name[name].hi.bit_length())
        if name in self.in_output:
            return self.output_elements
        if name == self.layers.input.name:
            return INPUT_ELEMENTS[self.graph.input.type.name]
        return tensor_elements(self.by_name[name].lo, self.by_name[name].hi)

    def map_bytes(self, name: str) -> int:
        """Of one map, or of the whole tensor where it has no several."""
        return self.elements(name).map_bytes(self.by_name[name].count)

    def bytes(self, name: str) -> int:
        return self.elements(name).bytes_for(self.by_name[name].count)

    @property
    def output_elements(self) -> Elements:
        return output_elements(self.graph)

    @property
    def output_length(self) -> int:
        return sum(tensor.count for tensor in self.layers.outputs)

    @cached_property
    def output_offsets(self) -> tuple[int, ...]:
        """First element of each output in the output array."""
        lengths = [tensor.count for tensor in self.layers.outputs]
        return tuple(sum(lengths[:k]) for k in range(len(lengths)))

    @cached_property
    def in_output(self) -> dict[str, int]:
        """Tensors that are written into the output array, with their offset there."""
        outputs = [tensor.name for tensor in self.layers.outputs]
        elsewhere = {tensor.name for layer in self.layers.layers for tensor in layer.sources} | {self.layers.input.name}
        once = {name for name, count in Counter(outputs).items() if count == 1} - elsewhere
        return {name: at for name, at in zip(outputs, self.output_offsets, strict=True) if name in once}


def output_elements(graph: Graph) -> Elements:
    """Element kind of ``NAME_output_t``."""
    if all(output.kind == "spikes" for output in graph.outputs):
        return Elements("WG_U8")
    ranges = [graph.ranges[output.source] for output in graph.outputs]
    fits = all(lo >= -(1 << 31) and hi < 1 << 31 for lo, hi in ranges)
    return Elements("WG_I32" if fits else "WG_I64")
