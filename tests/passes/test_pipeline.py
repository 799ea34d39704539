"""Passes keep every output bit, and change what they are there to change."""

import numpy as np
import pytest
from tests.frontends.keras.models import CASES

from whetgen import InputSpec
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Conv, Dense, Input, MaxPool, Pad, Permute, Reshape, Threshold, WeightedSum
from whetgen.passes import optimise
from whetgen.passes.constants import remove_constants
from whetgen.passes.order import permute_weights
from whetgen.passes.reduce import clip_thresholds, reduce_scales
from whetgen.passes.tidy import (
    absorb_weighted_sums,
    bias_into_threshold,
    drop_idle_moves,
    drop_unread,
    merge_pads,
    threshold_before_pool,
)
from whetgen.reading import trace_steps


def ints(*values):
    return np.array(values, dtype=np.int64)


def graph_of(*nodes, shape=(4,), output=None, kind="accumulators", element="uint4"):
    name = output or nodes[-1].name
    return validate(Graph((Input("x", shape, ELEMENT_TYPES[element]), *nodes), (Output("y", name, kind),)))


def kinds(graph):
    return [type(n).__name__ for n in graph.nodes[1:]]


def equal_on_random_codes(a, b, count=64):
    kind = a.input.type
    codes = np.random.default_rng(5).integers(kind.lo, kind.hi + 1, (count, *a.input.shape))
    return np.array_equal(a.run(codes), b.run(codes))


@pytest.mark.parametrize("name", CASES)
def test_the_whole_pipeline_keeps_every_output(name):
    traced = trace_steps(CASES[name](), InputSpec(scale=256))
    codes = np.random.default_rng(2).integers(0, 256, (30, *traced.graph.input.shape))
    before, after = traced.lowered.graph.run(codes), traced.graph.run(codes)
    assert (
        np.array_equal(before, after)
        if not isinstance(before, dict)
        else all(np.array_equal(before[k], after[k]) for k in before)
    )


@pytest.mark.parametrize("name", CASES)
def test_the_pipeline_is_idempotent(name):
    graph = trace_steps(CASES[name](), InputSpec(scale=256)).graph
    assert str(optimise(graph)) == str(graph)


def test_unread_nodes_go_and_the_input_stays():
    graph = graph_of(Threshold("a", "x", ints(3, 3, 3, 3)), Threshold("b", "x", ints(5, 5, 5, 5)), kind="spikes")
    assert [n.name for n in drop_unread(graph).nodes] == ["x", "b"]


def test_idle_moves_go_and_useful_ones_stay():
    graph = graph_of(
        Reshape("r1", "x", (2, 2, 1)),
        Reshape("r2", "r1", (1, 4, 1)),
        Permute("p", "r2", (0, 1, 2)),
        Pad("q", "p", ((0, 0), (0, 0))),
        Reshape("r3", "q", (4,)),
        Permute("s", "r3", (0,)),
        Reshape("r4", "s", (2, 1, 2)),
    )
    tidy = drop_unread(drop_idle_moves(graph))
    assert [n.name for n in tidy.nodes] == ["x", "r4"]
    assert equal_on_random_codes(graph, tidy)


def test_pads_become_padding_and_croppings_stay():
    pad = Pad("p", "x", ((1, 0), (2, 1)))
    conv = Conv("c", "p", np.ones((2, 2, 1, 1), dtype=np.int64), ints(0), padding=((0, 1), (0, 0)))
    graph = graph_of(pad, conv, shape=(4, 4, 1))
    merged = merge_pads(graph)
    assert kinds(merged) == ["Conv"] and merged["c"].padding == ((1, 1), (2, 1))
    assert equal_on_random_codes(graph, merged)
    crop = graph_of(Pad("p", "x", ((-1, 0), (0, 0))), conv, shape=(4, 4, 1))
    assert kinds(merge_pads(crop)) == ["Pad", "Conv"]


def test_weighted_sums_melt_into_the_layer_before_unless_somebody_else_reads_it():
    dense = Dense("d", "x", np.arange(8).reshape(4, 2), ints(1, 2))
    scaled = WeightedSum("w", ("d",), (ints(-3, 2),), ints(5, 0))
    graph = graph_of(dense, scaled)
    assert kinds(absorb_weighted_sums(graph)) == ["Dense"]
    assert equal_on_random_codes(graph, absorb_weighted_sums(graph))
    both = validate(
        Graph((graph.input, dense, scaled), (Output("y", "w", "accumulators"), Output("z", "d", "accumulators")))
    )
    assert kinds(absorb_weighted_sums(both)) == ["Dense", "WeightedSum"]


def test_thresholds_move_before_max_pools_and_keep_their_names():
    pool = MaxPool("pool", "x", (2, 2), (2, 2))
    graph = graph_of(pool, Threshold("fire", "pool", ints(7)), shape=(4, 4, 1), kind="spikes")
    moved = threshold_before_pool(graph)
    assert [(n.name, type(n).__name__) for n in moved.nodes[1:]] == [("fire", "Threshold"), ("pool", "MaxPool")]
    assert moved.outputs[0].source == "pool"
    assert equal_on_random_codes(graph, moved)


def test_a_bias_moves_into_the_threshold():
    graph = graph_of(
        Dense("d", "x", np.ones((4, 2), dtype=np.int64), ints(-5, 9)), Threshold("t", "d", ints(20, 20)), kind="spikes"
    )
    moved = bias_into_threshold(graph)
    assert moved["t"].thresholds.tolist() == [25, 11] and not moved["d"].bias.any()
    assert equal_on_random_codes(graph, moved)


def constant_net(thresholds, padding=((0, 0), (0, 0))):
    """Three channels whose sums reach from 0 to 60, flattened into a dense layer, or read by a padded conv."""
    conv = Conv("c", "x", np.ones((2, 2, 1, 3), dtype=np.int64), ints(0, 0, 0))
    fires = Threshold("t", "c", ints(*thresholds))
    rng = np.random.default_rng(1)
    if any(map(any, padding)):
        second = Conv("d", "t", rng.integers(-3, 4, (2, 2, 3, 2)), ints(0, 0), padding=padding)
        return graph_of(conv, fires, second, Threshold("u", "d", ints(1, 0)), shape=(4, 4, 1), kind="spikes")
    tail = (
        Reshape("f", "t", (27,)),
        Dense("d", "f", rng.integers(-3, 4, (27, 2)), ints(4, 0)),
        Threshold("u", "d", ints(1, 0)),
    )
    return graph_of(conv, fires, *tail, shape=(4, 4, 1), kind="spikes")


@pytest.mark.parametrize("padding", [((0, 0), (0, 0)), ((1, 1), (1, 0))])
@pytest.mark.parametrize(
    ("thresholds", "left"), [((30, 61, 0), 1), ((30, 20, 31), 3), ((61, 61, 61), 1), ((0, 0, 0), 1), ((0, 30, 30), 2)]
)
def test_constant_neurons_disappear_and_no_output_changes(thresholds, left, padding):
    graph = constant_net(thresholds, padding)
    smaller = remove_constants(graph)
    assert smaller.shapes["t"][-1] == left
    assert equal_on_random_codes(graph, validate(smaller))


def test_unread_neurons_disappear():
    weights = np.array([[1], [0], [2], [0]])
    graph = graph_of(
        Dense("d", "x", np.arange(16).reshape(4, 4) - 8, ints(0, 0, 0, 0)),
        Threshold("t", "d", ints(-9, 1, 2, 3)),
        Dense("e", "t", weights, ints(0)),
        Threshold("u", "e", ints(2)),
        kind="spikes",
    )
    smaller = remove_constants(graph)
    assert smaller.shapes["t"] == (2,)
    assert equal_on_random_codes(graph, smaller)


def test_neurons_of_an_output_stay():
    graph = graph_of(
        Dense("d", "x", np.ones((4, 2), dtype=np.int64), ints(0, 0)), Threshold("t", "d", ints(0, 99)), kind="spikes"
    )
    assert remove_constants(graph).shapes["t"] == (2,)


def test_a_common_divisor_leaves_the_weights():
    graph = graph_of(
        Dense("d", "x", np.array([[6, 0], [-9, 0], [0, 0], [3, 0]]), ints(0, 0)),
        Threshold("t", "d", ints(10, 0)),
        kind="spikes",
    )
    reduced = reduce_scales(graph)
    assert reduced["d"].weights[:, 0].tolist() == [2, -3, 0, 1] and reduced["t"].thresholds.tolist() == [4, 0]
    assert equal_on_random_codes(graph, reduced)


def test_thresholds_are_clipped_to_what_sums_can_reach():
    graph = graph_of(Threshold("t", "x", ints(-5, 3, 999, 16)), kind="spikes")
    assert clip_thresholds(graph)["t"].thresholds.tolist() == [0, 3, 16, 16]


def test_the_rows_of_a_dense_layer_move_instead_of_what_it_reads():
    weights = np.arange(24).reshape(12, 2) - 9
    graph = graph_of(
        Permute("turned", "x", (2, 0, 1)),
        Reshape("flat", "turned", (12,)),
        Dense("out", "flat", weights, ints(0, 1)),
        shape=(2, 3, 2),
    )
    after = permute_weights(graph)
    assert kinds(after) == ["Reshape", "Dense"] and after.nodes[1].source == "x"
    assert equal_on_random_codes(graph, after)


def test_a_permute_that_somebody_else_reads_stays_for_them():
    graph = graph_of(
        Permute("turned", "x", (1, 0, 2)),
        Reshape("flat", "turned", (4,)),
        Dense("out", "flat", np.eye(4, dtype=np.int64), ints(0, 0, 0, 0)),
        shape=(2, 2, 1),
    )
    graph = validate(Graph(graph.nodes, (*graph.outputs, Output("z", "turned", "accumulators"))))
    after = permute_weights(graph)
    codes = np.arange(4).reshape(1, 2, 2, 1)
    assert kinds(after) == ["Permute", "Reshape", "Dense"]
    assert all(np.array_equal(after.run(codes)[k], graph.run(codes)[k]) for k in ("y", "z"))
