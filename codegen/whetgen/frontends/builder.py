"""Collects the nodes of a traced graph; handlers add to it and never see each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from whetgen.errors import BadInput
from whetgen.ir.nodes import Node, Reshape, Shape
from whetgen.ir.shapes import output_shape


@dataclass
class Builder:
    """Nodes so far, in order, with their shapes (without the batch axis)."""

    nodes: list[Node] = field(default_factory=list)
    shapes: dict[str, Shape] = field(default_factory=dict)

    def add(self, kind: type[Node], name: str, **fields: Any) -> str:
        """Append ``kind(name, **fields)`` under a unique name; returns that name."""
        node = kind(name=self._unique(name), **fields)
        self.nodes.append(node)
        self.shapes[node.name] = output_shape(node, *(self.shapes[s] for s in node.sources))
        return node.name

    def reshape(self, source: str, shape: Shape, name: str) -> str:
        """``source`` itself when it has that shape already, else a Reshape of it."""
        if self.shapes[source] == tuple(shape):
            return source
        return self.add(Reshape, name, source=source, shape=tuple(shape))

    def as_map(self, source: str, layer_name: str) -> str:
        """``(length, channels)`` as the map ``(1, length, channels)``; maps stay."""
        shape = self.shapes[source]
        if len(shape) == 3:
            return source
        if len(shape) != 2:
            raise BadInput(
                f"layer '{layer_name}' needs a map of channels, its input has shape {shape}; reshape it first"
            )
        return self.reshape(source, (1, *shape), f"{layer_name}_as_map")

    def _unique(self, name: str) -> str:
        candidate, count = name, 1
        while candidate in self.shapes:
            candidate, count = f"{name}_{count}", count + 1
        return candidate
