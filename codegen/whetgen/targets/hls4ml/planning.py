"""The plan while it grows, and the types that every rule uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod

from whetgen.errors import BadInput
from whetgen.ir import Graph
from whetgen.ir.integers import signed_bits
from whetgen.ir.nodes import Node
from whetgen.targets.hls4ml.records import WIDEST, Layer, Type, Word, word_for
from whetgen.targets.output.identifiers import Identifiers


@dataclass
class Planning:
    """The layers so far. ``at``: the layer that holds each tensor of the graph."""

    graph: Graph
    identifiers: Identifiers
    layers: list[Layer] = field(default_factory=list)
    at: dict[str, str] = field(default_factory=dict)

    def sources(self, node: Node) -> tuple[str, ...]:
        """The layers that ``node`` reads."""
        return tuple(self.at[s] for s in node.sources)

    def size(self, tensor: str) -> int:
        return prod(self.graph.shapes[tensor])

    def result(self, node: Node) -> Word:
        """The narrowest type of ``node``'s tensor."""
        return word_for(*self.graph.ranges[node.name])

    def add(self, node: Node, kind: str, inputs: tuple[str, ...], constants=(), types=(), tables=()) -> None:
        """The layer that holds ``node``'s tensor."""
        name, shape = self.identifiers.unique(node.name), self.graph.shapes[node.name]
        self.put(Layer(kind, name, inputs, shape, self.result(node), constants, types, tables), node.name)
        self.at[node.name] = name

    def put(self, layer: Layer, users_name: str) -> None:
        """Any layer.

        Raises:
            BadInput: it needs wider integers than ap_int has; the message holds ``users_name``.
        """
        widest = max([layer.result.bits, *(t.word.bits for t in layer.types), *(t.word.bits for t in layer.tables)])
        if widest > WIDEST:
            raise BadInput(
                f"layer '{users_name}' needs {widest}-bit integers, ap_int holds {WIDEST}; generate with --target c or narrow the weights with --weight-bits"
            )
        self.layers.append(layer)


def accumulator(bound: int) -> Type:
    """Holds every partial sum, in any order."""
    return Type("accum_t", Word(signed_bits(-bound, bound), True))
