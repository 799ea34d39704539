"""The graph: nodes in an order in which sources come first, and the outputs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Literal

from whetgen.ir.nodes import Input, Node, Shape
from whetgen.ir.ranges import infer_ranges
from whetgen.ir.shapes import infer_shapes
from whetgen.ir.text import format_graph

OutputKind = Literal["spikes", "scores", "accumulators"]


@dataclass(frozen=True)
class Output:
    """One result of the network.

    ``kind``: "spikes" (0/1), "scores" (N-hot key scores) or "accumulators"; the real value of an
    accumulator is ``code * scale + offset``. ``classifier``: the class is the argmax, lowest index first.
    """

    name: str
    source: str
    kind: OutputKind
    scale: Fraction = Fraction(1)
    offset: Fraction = Fraction(0)
    classifier: bool = False


@dataclass(frozen=True)
class InputMeaning:
    """Real value of an input code: ``code * scale + offset``, the same for all elements."""

    scale: Fraction = Fraction(1, 255)
    offset: Fraction = Fraction(0)


@dataclass(frozen=True, eq=False)
class Graph:
    """A network of integer tensors with one input.

    ``nodes``: sources before readers, the Input first. ``notes``: one line for each place where
    the meaning of the Keras model had to be rounded (empty for an exact graph).
    """

    nodes: tuple[Node, ...]
    outputs: tuple[Output, ...]
    meaning: InputMeaning = field(default_factory=InputMeaning)
    notes: tuple[str, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Node]:
        return {node.name: node for node in self.nodes}

    def __getitem__(self, name: str) -> Node:
        return self.by_name[name]

    @property
    def input(self) -> Input:
        return self.nodes[0]  # validate() sees to it

    @cached_property
    def readers(self) -> dict[str, tuple[Node, ...]]:
        """Nodes that read each tensor, in graph order."""
        found: dict[str, list[Node]] = {node.name: [] for node in self.nodes}
        for node in self.nodes:
            for source in dict.fromkeys(node.sources):
                found[source].append(node)
        return {name: tuple(nodes) for name, nodes in found.items()}

    @cached_property
    def read_by_output(self) -> frozenset[str]:
        return frozenset(output.source for output in self.outputs)

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """Shape of each tensor, without the batch axis."""
        return infer_shapes(self.nodes)

    @cached_property
    def ranges(self) -> dict[str, tuple[int, int]]:
        """Proved (lowest, highest) value of each tensor, Python integers."""
        return infer_ranges(self)

    def is_spikes(self, name: str) -> bool:
        """Whether the tensor is proved to hold only 0 and 1."""
        lo, hi = self.ranges[name]
        return lo >= 0 and hi <= 1

    def with_nodes(self, nodes: Iterable[Node]) -> Graph:
        """The same network interface over other nodes."""
        return Graph(tuple(nodes), self.outputs, self.meaning, self.notes)

    def __str__(self) -> str:
        return format_graph(self)
