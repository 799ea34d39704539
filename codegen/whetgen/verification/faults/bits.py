"""The stored bits of a graph, and graphs with some of them flipped.

Weights stand in two's complement, as wide as the largest of their layer needs; weights that are all -1 or 1 are one bit
each, whose flip negates them. Thresholds, and the biases of layers without any, are as wide as the sums they belong to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from whetgen.ir import Graph
from whetgen.ir.integers import as_integers, signed_bits
from whetgen.ir.nodes import FIRING, LINEAR, Node
from whetgen.passes.narrow import weight_bits

Kind = Literal["weight", "threshold", "activation"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Store:
    """The numbers in one array of a node. ``width``: bits of each; ``negates``: that one bit is the sign of 1."""

    kind: Kind
    node: str
    field: str
    values: np.ndarray
    width: int
    negates: bool = False

    @property
    def bits(self) -> int:
        """How many there are."""
        return self.values.size * self.width

    @property
    def deltas(self) -> np.ndarray:
        """(width, *shape): by how much each number changes with each of its bits, the lowest bit first."""
        if self.negates:
            return -2 * self.values[None]
        found = np.stack([(1 - 2 * (self.values >> bit & 1)) * (1 << bit) for bit in range(self.width)])
        found[-1] = -found[-1]  # the highest bit counts -2**(width - 1)
        return found


@dataclass(frozen=True)
class StoredBit:
    """Bit ``bit`` of number ``place``, in row-major order, of a store."""

    store: Store
    place: int
    bit: int

    @property
    def index(self) -> tuple[int, ...]:
        """Of the number in its array."""
        return tuple(int(i) for i in np.unravel_index(self.place, self.store.values.shape))

    @property
    def before(self) -> int:
        return int(self.store.values.reshape(-1)[self.place])

    @property
    def after(self) -> int:
        one = replace(self.store, values=self.store.values.reshape(-1)[self.place : self.place + 1])
        return self.before + int(one.deltas[self.bit, 0])


def stores(graph: Graph) -> tuple[Store, ...]:
    """Of all weights and thresholds, in the order of the graph."""
    return tuple(store for node in graph.needed for store in _stores(graph, node))


def _stores(graph: Graph, node: Node) -> Iterable[Store]:
    if isinstance(node, LINEAR):
        width = weight_bits(node.weights)
        negates = width == 1 and bool(np.all(node.weights != 0))
        yield Store(kind="weight", node=node.name, field="weights", values=node.weights, width=width, negates=negates)
        if (
            not all(isinstance(reader, FIRING) for reader in graph.readers[node.name])
            or node.name in graph.read_by_output
        ):
            yield _level_store(node.name, "bias", node.bias, graph.ranges[node.name])
    elif isinstance(node, FIRING):
        yield _level_store(node.name, "thresholds", node.thresholds, graph.ranges[node.source])


def _level_store(node: str, field: str, values: np.ndarray, sums: tuple[int, int]) -> Store:
    lo, hi = min(sums[0], int(values.min())), max(sums[1], int(values.max()))
    return Store(kind="threshold", node=node, field=field, values=values, width=signed_bits(lo, hi))


def drawn(among: Sequence[Store], count: int, rng: np.random.Generator) -> list[StoredBit]:
    """``count`` different bits, or all where there are no more, each as likely as any other."""
    ends = np.cumsum([store.bits for store in among])
    picks = rng.choice(ends[-1], min(count, int(ends[-1])), replace=False)
    return [bit_at(among, int(pick), ends) for pick in picks]


def bit_at(among: Sequence[Store], number: int, ends: np.ndarray | None = None) -> StoredBit:
    """Of all bits of the stores, counted from 0; ``ends``: how many there are up to the end of each store."""
    ends = np.cumsum([store.bits for store in among]) if ends is None else ends
    which = int(np.searchsorted(ends, number, side="right"))
    store = among[which]
    place, bit = divmod(number - int(ends[which]) + store.bits, store.width)
    return StoredBit(store, place, bit)


def flipped(graph: Graph, bits: Iterable[StoredBit]) -> Graph:
    """The graph with these bits flipped; the bits are different ones."""
    arrays: dict[tuple[str, str], np.ndarray] = {}
    for bit in bits:
        store = bit.store
        array = arrays.setdefault((store.node, store.field), store.values.astype(object))
        array[bit.index] += bit.after - bit.before
    for (name, field), array in arrays.items():
        graph = with_array(graph, name, field, array)
    return graph


def with_array(graph: Graph, name: str, field: str, array: np.ndarray) -> Graph:
    """The graph with another array of integers in one of its nodes."""
    changes: dict[str, Any] = {field: as_integers(array)}
    return graph.with_nodes(replace(node, **changes) if node.name == name else node for node in graph.nodes)
