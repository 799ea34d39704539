"""The graph: nodes in an order in which sources come first, and the outputs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from importlib import import_module
from math import ceil, prod
from types import ModuleType
from typing import Literal

import numpy as np

from whetgen.ir.nodes import Input, Node, Shape
from whetgen.ir.ranges import infer_ranges
from whetgen.ir.shapes import infer_shapes
from whetgen.ir.text import format_graph

OutputKind = Literal["spikes", "scores", "accumulators"]


@dataclass(frozen=True)
class Output:
    """One result of the network.

    ``kind``: "spikes" (0/1), "scores" (N-hot key scores) or "accumulators"; the real value of an
    accumulator is ``code * scale + offset``, ``scale`` above 0. ``classifier``: the output tells a class. That is the
    index of the largest of its elements, the lowest of equals; an element alone tells class 1 where it reaches ``level``.
    """

    name: str
    source: str
    kind: OutputKind
    scale: Fraction = Fraction(1)
    offset: Fraction = Fraction(0)
    classifier: bool = False

    @property
    def level(self) -> int:
        """Least integer whose real value is 0 or more; of a spike the 1."""
        return 1 if self.kind == "spikes" else ceil(-self.offset / self.scale)


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
        return next(node for node in self.nodes if isinstance(node, Input))

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
    def needed(self) -> tuple[Node, ...]:
        """The input, and the nodes that an output depends on, in graph order."""
        wanted = {*self.read_by_output, self.input.name}
        kept = []
        for node in reversed(self.nodes):
            if node.name in wanted:
                kept.append(node)
                wanted.update(node.sources)
        return tuple(reversed(kept))

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """Shape of each tensor, without the batch axis."""
        return infer_shapes(self.nodes)

    @cached_property
    def ranges(self) -> dict[str, tuple[int, int]]:
        """Proved (lowest, highest) value of each tensor, Python integers."""
        return infer_ranges(self)

    def run(self, codes: np.ndarray) -> np.ndarray | dict[str, np.ndarray]:
        """Outputs for input codes (frames, *input.shape), or for one frame, by the reference interpreter."""
        outputs: np.ndarray | dict[str, np.ndarray] = _interpreter().run(self, codes)
        return outputs

    def predict(self, codes: np.ndarray) -> np.ndarray:
        """Class of each frame of input codes, by the reference interpreter."""
        classes: np.ndarray = _interpreter().predict(self, codes)
        return classes

    @property
    def classifier(self) -> Output | None:
        """The one output that tells a class; None where no output does, or several."""
        found = [output for output in self.outputs if output.classifier]
        return found[0] if len(found) == 1 else None

    @property
    def is_classifier(self) -> bool:
        """Whether a class is all that the network tells."""
        return len(self.outputs) == 1 and self.outputs[0].classifier

    def size(self, name: str) -> int:
        """Elements of a tensor."""
        return prod(self.shapes[name])

    def classes(self, output: Output) -> int:
        """How many classes a classifier's output tells apart."""
        return max(self.size(output.source), 2)

    def is_spikes(self, name: str) -> bool:
        """Whether the tensor is proved to hold only 0 and 1."""
        lo, hi = self.ranges[name]
        return lo >= 0 and hi <= 1

    def with_nodes(self, nodes: Iterable[Node]) -> Graph:
        """The same network interface over other nodes."""
        return Graph(tuple(nodes), self.outputs, self.meaning, self.notes)

    def __str__(self) -> str:
        return format_graph(self)


def _interpreter() -> ModuleType:
    """The meaning of a graph, which stands above it: found by name when it is asked for."""
    return import_module("whetgen.reference")
