"""A network that fails, made as small as it goes: whatever change leaves it failing is kept, until none does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from math import prod
from typing import Any

import numpy as np

from whetgen.fuzz.recipe import ModelRecipe
from whetgen.ir import Graph, Output, validate
from whetgen.ir.nodes import Conv, Dense, Input, MultiThreshold, Node, Threshold, WeightedSum
from whetgen.reference import run_tensors

Pair = tuple[Graph, np.ndarray]
_TRIES = 400


def shrink_network(graph: Graph, codes: np.ndarray, fails: Callable[[Graph, np.ndarray], bool]) -> Pair:
    """Fewer frames, outputs, layers, neurons, inputs and thresholds; ``fails``: whether a network and its frames still do."""
    return _smallest((graph, codes), _smaller_networks, lambda pair: fails(*pair))


def shrink_recipe(recipe: ModelRecipe, fails: Callable[[ModelRecipe], bool]) -> ModelRecipe:
    """Fewer layers, neurons and inputs of a model that is drawn."""
    return _smallest(recipe, _smaller_recipes, fails)


def _smallest(found: Any, smaller: Callable[[Any], Iterator[Any]], fails: Callable[[Any], bool]) -> Any:
    tries = iter(range(_TRIES))
    while True:
        better = next((each for each, _ in zip(smaller(found), tries, strict=False) if fails(each)), None)
        if better is None:
            return found
        found = better


def _smaller_recipes(recipe: ModelRecipe) -> Iterator[ModelRecipe]:
    steps = recipe.steps
    yield from (replace(recipe, steps=steps[:k] + steps[k + 1 :]) for k in reversed(range(len(steps))))
    for name in ("widest", "longest"):
        size = getattr(recipe, name)
        yield from (
            replace(recipe, **{name: less}) for less in dict.fromkeys((1, size // 2, size - 1)) if 1 <= less < size
        )


def _smaller_networks(pair: Pair) -> Iterator[Pair]:
    graph, codes = pair
    for change in (
        _fewer_frames,
        _one_output,
        _ending_earlier,
        _beginning_later,
        _without_a_node,
        _fewer_channels,
        _fewer_steps,
        _plainer,
    ):
        for smaller, frames in change(graph, codes):
            try:
                yield validate(_trimmed(smaller)), frames
            except (ValueError, KeyError, IndexError):  # no legal network
                continue


def _fewer_frames(graph: Graph, codes: np.ndarray) -> Iterator[Pair]:
    if len(codes) > 1:
        yield graph, codes[: len(codes) // 2]
        yield graph, codes[len(codes) // 2 :]


def _one_output(graph: Graph, codes: np.ndarray) -> Iterator[Pair]:
    if len(graph.outputs) > 1:
        yield from ((replace(graph, outputs=(output,)), codes) for output in graph.outputs)


def _ending_earlier(graph: Graph, codes: np.ndarray) -> Iterator[Pair]:
    """With a tensor in the middle for its output, early ones first."""
    for node in graph.nodes[1:]:
        if node.name != graph.outputs[-1].source:
            yield replace(graph, outputs=(Output("out", node.name, "accumulators"),)), codes


def _beginning_later(graph: Graph, codes: np.ndarray) -> Iterator[Pair]:
    """With a tensor in the middle for its input, late ones first, where the input's type holds it."""
    values = run_tensors(graph, codes)
    for node in reversed(graph.nodes[1:]):
        tensor, kind = np.asarray(values[node.name]), graph.input.type
        if tensor.min() >= kind.lo and tensor.max() <= kind.hi:
            entry = replace(graph.input, shape=graph.shapes[node.name])
            rest = [n for n in graph.nodes[1:] if n.name != node.name]
            yield _reading(graph, (entry, *rest), {node.name: entry.name}), tensor.astype(np.int64)


def _without_a_node(graph: Graph, codes: np.ndarray) -> Iterator[Pair]:
    """Whoever read it reads one of its sources."""
    for node in graph.nodes[1:]:
        rest = tuple(n for n in graph.nodes if n is not node)
        yield from ((_reading(graph, rest, {node.name: source}), codes) for source in dict.fromkeys(node.sources))


def _reading(graph: Graph, nodes: tuple[Node, ...], instead: dict[str, str]) -> Graph:
    """The nodes, each reading another tensor where ``instead`` says so."""
    outputs = tuple(replace(o, source=instead.get(o.source, o.source)) for o in graph.outputs)
    return replace(graph, nodes=tuple(_redirected(node, instead) for node in nodes), outputs=outputs)


def _redirected(node: Node, instead: dict[str, str]) -> Node:
    held = {f.name: getattr(node, f.name) for f in fields(node)}
    names: dict[str, Any] = {
        key: instead.get(value, value) if isinstance(value, str) else tuple(instead.get(v, v) for v in value)
        for key, value in held.items()
        if key in ("source", "operands")
    }
    return replace(node, **names)


def _fewer_channels(graph: Graph, codes: np.ndarray) -> Iterator[Pair]:
    """Only a half of the channels of the input or of a layer of weights, as far as the layers behind it allow."""
    for node in graph.nodes:
        if isinstance(node, (Input, Dense, Conv)) and (count := graph.shapes[node.name][-1]) > 1:
            for kept in (slice(0, count // 2), slice(count // 2, count), slice(0, count - 1)):
                yield from _with_channels(graph, codes, node, kept)


def _with_channels(graph: Graph, codes: np.ndarray, node: Node, kept: slice) -> Iterator[Pair]:
    narrow, nodes = {node.name}, []
    for each in graph.nodes:
        reads = any(source in narrow for source in each.sources)
        if each is node:
            nodes.append(_own_channels(each, kept))
        elif reads and isinstance(each, (Dense, Conv)):
            nodes.append(replace(each, weights=each.weights[..., kept, :]))
        else:
            nodes.append(_along(each, kept) if reads else each)
            narrow |= {each.name} if reads else set()
    yield replace(graph, nodes=tuple(nodes)), codes[..., kept] if isinstance(node, Input) else codes


def _own_channels(node: Any, kept: slice) -> Node:
    if isinstance(node, Input):
        return replace(node, shape=(*node.shape[:-1], len(range(*kept.indices(node.shape[-1])))))
    smaller: Node = replace(node, weights=node.weights[..., kept], bias=node.bias[..., kept])
    return smaller


def _along(node: Node, kept: slice) -> Node:
    """A node of one result for each channel."""
    if isinstance(node, (Threshold, MultiThreshold)):
        return replace(node, thresholds=node.thresholds[..., kept])
    if isinstance(node, WeightedSum):
        return replace(node, factors=tuple(f[..., kept] for f in node.factors), bias=node.bias[..., kept])
    return node


def _fewer_steps(graph: Graph, codes: np.ndarray) -> Iterator[Pair]:
    for node in graph.nodes:
        if isinstance(node, MultiThreshold) and len(node.thresholds) > 1:
            for rows in (node.thresholds[:1], node.thresholds[:-1], node.thresholds[1:]):
                yield _with_node(graph, node, replace(node, thresholds=rows)), codes


def _plainer(graph: Graph, codes: np.ndarray) -> Iterator[Pair]:
    """Weights halved, biases and codes 0."""
    for node in graph.nodes:
        if isinstance(node, (Dense, Conv)):
            if np.any(node.bias != 0):
                yield _with_node(graph, node, replace(node, bias=0 * node.bias)), codes
            if np.any(abs(node.weights) > 1):
                halved = np.sign(node.weights) * (abs(node.weights) // 2)
                yield _with_node(graph, node, replace(node, weights=halved)), codes
    if np.any(codes) and prod(codes.shape) > 1:
        yield graph, 0 * codes


def _with_node(graph: Graph, old: Node, new: Node) -> Graph:
    return replace(graph, nodes=tuple(new if node is old else node for node in graph.nodes))


def _trimmed(graph: Graph) -> Graph:
    """Without the nodes that no output needs."""
    needed = {output.source for output in graph.outputs}
    for node in reversed(graph.nodes):
        if node.name in needed:
            needed.update(node.sources)
    return replace(graph, nodes=tuple(n for n in graph.nodes if n.name in needed or isinstance(n, Input)))
