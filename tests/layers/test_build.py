"""From graph to layer graph: what is fused, what is aliased, what is dropped, and that the meaning stays."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.layers.values import results

from whetgen.fuzz.graphs import random_graph, tie_frames
from whetgen.ir import Graph, Output
from whetgen.ir.nodes import (
    ELEMENT_TYPES,
    Conv,
    Dense,
    Input,
    MaxPool,
    MultiThreshold,
    Node,
    Pad,
    Permute,
    Reshape,
    SumPool,
    Threshold,
    WeightedSum,
)
from whetgen.ir.validate import validate
from whetgen.layers import Blend, Linear, Move, Pool, layer_graph
from whetgen.layers.meaning import neurons
from whetgen.reference import run_tensors

MAP = Input("x", (2, 2, 2), ELEMENT_TYPES["uint4"])
ONES = np.ones(2, dtype=np.int64)
SUMS = {
    "dense": Dense("sum", "flat", np.ones((8, 2), dtype=np.int64), 0 * ONES),
    "conv": Conv("sum", "x", np.ones((2, 2, 2, 2), dtype=np.int64), 0 * ONES),
    "sum_pool": SumPool("sum", "x", (2, 2), (2, 2)),
    "weighted_sum": WeightedSum("sum", ("x",), (ONES,), 0 * ONES),
}
FIRE = Threshold("fire", "sum", 3 * ONES)
LEVELS = MultiThreshold("levels", "sum", np.array([[3, 3], [5, 4], [9, 4]]))


def network(*nodes: Node, outputs: tuple[str, ...]) -> Graph:
    made = tuple(Output(f"out_{name}", name, "accumulators") for name in outputs)
    return validate(Graph((MAP, Reshape("flat", "x", (8,)), *nodes), made))


def kinds(graph: Graph) -> list[tuple[type, str, str]]:
    return [(type(layer), layer.name, layer.result.name) for layer in layer_graph(graph).layers]


@pytest.mark.parametrize(
    ("sums", "kind"), list(zip(SUMS.values(), (Linear, Linear, Pool, Blend), strict=True)), ids=SUMS
)
def test_a_threshold_that_alone_reads_a_sum_is_part_of_its_layer(sums, kind):
    graph = network(sums, FIRE, outputs=("fire",))
    (layer,) = layer_graph(graph).layers
    assert (type(layer), layer.name, layer.kind, layer.result.name, layer.fire) == (
        kind,
        "sum",
        type(sums).__name__,
        "fire",
        True,
    )
    assert (layer.result.lo, layer.result.hi, layer.result.shape) == (0, 1, graph.shapes["fire"])


@pytest.mark.parametrize(
    ("sums", "kind"), list(zip(SUMS.values(), (Linear, Linear, Pool, Blend), strict=True)), ids=SUMS
)
def test_neurons_of_several_thresholds_are_part_of_their_sums_layer_where_a_target_knows_them(sums, kind):
    graph = network(sums, LEVELS, outputs=("levels",))
    (layer,) = layer_graph(graph, several=True).layers
    assert (type(layer), layer.name, layer.result.name, layer.fire) == (kind, "sum", "levels", True)
    assert [row.tolist() for row in (layer.levels, *layer.higher)] == [[[3, 3]], [[5, 4]], [[9, 4]]]
    assert (layer.result.lo, layer.result.hi, layer.result.width) == (0, 3, 2)


def test_neurons_of_several_thresholds_of_no_sum_are_a_blend_of_one_operand():
    graph = network(MaxPool("top", "x", (2, 2), (2, 2)), replace(LEVELS, source="top"), outputs=("levels",))
    assert [(type(layer), len(layer.higher)) for layer in layer_graph(graph, several=True).layers] == [
        (Pool, 0),
        (Blend, 2),
    ]


def test_neurons_of_several_thresholds_are_sums_of_spikes_elsewhere():
    graph = network(SUMS["dense"], LEVELS, outputs=("levels",))
    assert [(type(layer), layer.fire) for layer in layer_graph(graph).layers] == [
        (Linear, False), (Blend, True), (Blend, True), (Blend, True), (Blend, False),
    ]  # fmt: skip


def test_windows_of_one_row_of_thresholds_each_keep_it():
    conv = Conv("sum", "x", np.ones((1, 1, 2, 2), dtype=np.int64), 0 * ONES)
    rows = np.stack([np.full((2, 2, 2), 3), np.arange(8).reshape(2, 2, 2) + 3])
    (layer,) = layer_graph(
        network(conv, MultiThreshold("levels", "sum", rows), outputs=("levels",)), several=True
    ).layers
    assert [row.shape for row in (layer.levels, *layer.higher)] == [(4, 2), (4, 2)]


@pytest.mark.parametrize("sums", SUMS.values(), ids=SUMS)
def test_a_sum_that_an_output_takes_too_keeps_a_layer_of_its_own(sums):
    graph = network(sums, FIRE, outputs=("fire", "sum"))
    assert [name for _, *name in kinds(graph)] == [["sum", "sum"], ["fire", "fire"]]


@pytest.mark.parametrize("sums", SUMS.values(), ids=SUMS)
def test_a_sum_that_two_thresholds_read_keeps_a_layer_of_its_own(sums):
    graph = network(sums, FIRE, replace(FIRE, name="again"), outputs=("fire", "again"))
    assert [name for _, *name in kinds(graph)] == [["sum", "sum"], ["fire", "fire"], ["again", "again"]]


def test_a_threshold_of_no_sum_is_a_blend_of_one_operand():
    graph = network(MaxPool("top", "x", (2, 2), (2, 2)), Threshold("fire", "top", 3 * ONES), outputs=("fire",))
    assert kinds(graph) == [(Pool, "top", "top"), (Blend, "fire", "fire")]


def test_a_reshape_is_no_layer_but_another_shape_of_the_same_tensor():
    graph = network(Permute("turned", "x", (2, 0, 1)), SUMS["dense"], outputs=("sum", "turned"))
    turned, dense = layer_graph(graph).layers
    assert (turned.sources[0].name, turned.sources[0].shape) == ("x", (2, 2, 2))
    assert (dense.source.name, dense.source.shape) == ("x", (8,))


def test_what_no_output_needs_is_left_out():
    assert kinds(network(SUMS["conv"], Pad("padded", "x", ((1, 1), (1, 1))), outputs=("padded",))) == [
        (Move, "padded", "padded")
    ]


def test_thresholds_beyond_every_sum_are_brought_to_its_ends():
    fire = Threshold("fire", "sum", np.array([-9, 999]))
    (layer,) = layer_graph(network(SUMS["dense"], fire, outputs=("fire",))).layers
    assert layer.levels.tolist() == [[0, 121]]
    assert (layer.sum_range.lo, layer.sum_range.hi, layer.sum_range.bound) == (0, 120, 120)


def test_channel_groups_stay_in_the_window():
    conv = Conv("sum", "x", np.ones((2, 2, 1, 4), dtype=np.int64), np.zeros(4, dtype=np.int64), groups=2)
    (layer,) = layer_graph(network(conv, outputs=("sum",))).layers
    assert (layer.window.channels, layer.window.groups, layer.weights.shape) == (2, 2, (4, 4))


@given(st.integers(0, 10_000), st.sampled_from([(1, False), (3, False), (3, True)]))
def test_the_layers_compute_what_the_reference_computes_within_their_ranges(seed, most):
    steps, several = most
    graph = random_graph(Random(seed), small=True, steps=steps)
    layers, frames = layer_graph(graph, several=several), tie_frames(graph)
    wanted = run_tensors(graph, frames, keep={node.name for node in graph.nodes})
    for number, frame in enumerate(frames):
        found = results(layers, frame)
        for name, elements in ((name, found[name]) for name in found if name in wanted):
            assert elements == [int(x) for x in wanted[name][number].reshape(-1)]
        for layer in layers.layers:
            assert all(layer.result.lo <= x <= layer.result.hi for x in found[layer.result.name])
            assert sums_are_within(layer, [x for t in layer.sources for x in found[t.name]])


def sums_are_within(layer, elements) -> bool:
    """Each sum between its ends, and everything of one sign in it within the bound."""
    if isinstance(layer, Move) or (isinstance(layer, Pool) and layer.largest):
        return True
    shape = (-1, layer.sum_range.lowest.shape[1])
    parts = [[factor * elements[i] for i, factor in neuron.terms.items()] for neuron in neurons(layer)]
    sums, largest = np.array([*map(sum, parts), None], dtype=object)[:-1], [sum(map(abs, part)) for part in parts]
    ends = (layer.sum_range.lowest <= sums.reshape(shape)) & (sums.reshape(shape) <= layer.sum_range.highest)
    return bool(ends.all()) and max(largest) <= layer.sum_range.bound
