"""The ends of a traced graph: which outputs tell a class, and what may only stand there."""

from __future__ import annotations

from collections.abc import Iterator

from whetgen.frontends.builder import Builder
from whetgen.ir.nodes import Node, Reshape, Shape
from whetgen.ir.real import Affine, AveragePool, Decode, Head, RealConv, RealDense, RealSum


def tells_class(builder: Builder, source: str) -> bool:
    """Whether an output is a row of scores, one a class, or the one neuron of a sigmoid.

    Scores are what softmax or SoftmaxDecode make, and linear sums of a whole tensor: a last Dense without an
    activation, or averages of maps of classes. Several sigmoids answer a question each: they are numbers.
    """
    kinds, shape = {node.name: node for node in builder.nodes}, builder.shapes[source]
    node = kinds[source]
    if len(shape) != 1:
        return False
    if isinstance(node, Head) and node.activation == "sigmoid":
        return shape == (1,)
    return shape != (1,) and (isinstance(node, Decode | Head) or _is_linear(node, kinds, builder.shapes))


def _is_linear(node: Node, kinds: dict[str, Node], shapes: dict[str, Shape]) -> bool:
    """Whether a tensor holds sums over whole tensors, perhaps normed, reshaped, or added to others."""
    if isinstance(node, Affine | Reshape | RealSum):
        return any(_is_linear(kinds[s], kinds, shapes) for s in node.sources)
    return isinstance(node, RealDense | RealConv | AveragePool) and set(shapes[node.name][:-1]) <= {1}


def read_heads(builder: Builder) -> Iterator[tuple[Head | Decode, Node]]:
    """Each head that a node reads, with that node; none may be."""
    heads = {node.name: node for node in builder.nodes if isinstance(node, Head | Decode)}
    return ((heads[source], node) for node in builder.nodes for source in node.sources if source in heads)
