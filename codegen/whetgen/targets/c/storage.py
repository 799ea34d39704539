"""Which tensors exist in memory, and how each is stored.

A tensor that nothing but one output reads is written straight into the output.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from whetgen.ir import Graph
from whetgen.layers import LayerGraph, Move, Pool, Tensor
from whetgen.targets.c.elements import INPUT_ELEMENTS, Elements, tensor_elements


@dataclass(frozen=True, eq=False)
class Storage:
    """Storage decisions for one graph and its layers."""

    graph: Graph
    layers: LayerGraph

    @cached_property
    def by_name(self) -> dict[str, Tensor]:
        return {tensor.name: tensor for tensor in self.layers.tensors}

    def elements(self, name: str) -> Elements:
        if name in self.maps:
            return Elements("WG_BIT")
        if name in self.in_output:
            return self.output_elements
        if name == self.layers.input.name:
            return INPUT_ELEMENTS[self.graph.input.type.name]
        return tensor_elements(self.by_name[name].lo, self.by_name[name].hi)

    @cached_property
    def maps(self) -> dict[str, BitMaps]:
        """Of the tensors that several maps of bits hold."""
        return bit_maps(self.layers)

    def map_bytes(self, name: str) -> int:
        """Of one map, or of the whole tensor where it has no maps."""
        return self.elements(name).bytes_for(self.by_name[name].count)

    def bytes(self, name: str) -> int:
        return (self.maps[name].count if name in self.maps else 1) * self.map_bytes(name)

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


@dataclass(frozen=True)
class BitMaps:
    """Maps that hold a tensor, ``count`` of them, one a threshold.

    ``origin``: the neurons of several thresholds that they come from; ``binary``: the first ones have become the bits of values.
    """

    origin: str
    count: int
    binary: bool

    @property
    def read(self) -> int:
        """How many maps readers look at."""
        return self.count.bit_length() if self.binary else self.count

    @property
    def reads(self) -> int:
        """Of maps, by those who read a map as often as it counts."""
        return (1 << self.read) - 1 if self.binary else self.count

    def of(self, values: np.ndarray) -> np.ndarray:
        """(maps * frames, ...) bits that readers see of (frames, ...) values."""
        return np.concatenate([values >> k & 1 if self.binary else values > k for k in range(self.read)]) != 0


ONE_MAP = BitMaps("", 1, False)


def bit_maps(layers: LayerGraph) -> dict[str, BitMaps]:
    """Of the tensors that neurons of several thresholds pass on, as such or pooled; what is to be pooled is not binary."""
    found: dict[str, BitMaps] = {}
    pooled = {layer.source.name for layer in layers.layers if isinstance(layer, Pool)}
    for layer in layers.layers:
        name = layer.result.name
        if isinstance(layer, Pool) and layer.largest and layer.source.name in found:
            found[name] = replace(found[layer.source.name], binary=name not in pooled)
        elif not isinstance(layer, Move) and layer.higher:
            found[name] = BitMaps(name, 1 + len(layer.higher), name not in pooled)
    return found


def output_elements(graph: Graph) -> Elements:
    """Element kind of ``NAME_output_t``."""
    if all(output.kind == "spikes" for output in graph.outputs):
        return Elements("WG_U8")
    ranges = [graph.ranges[output.source] for output in graph.outputs]
    fits = all(lo >= -(1 << 31) and hi < 1 << 31 for lo, hi in ranges)
    return Elements("WG_I32" if fits else "WG_I64")
