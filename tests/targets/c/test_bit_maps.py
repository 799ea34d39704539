"""Neurons of several thresholds pass their spikes on as maps of bits: what the reference computes, by any choice of kernels."""

from collections import Counter
from random import Random

import numpy as np
import pytest
from tests.random_graphs import random_codes
from tests.targets.c.batch import expected, run_batch
from tests.targets.c.test_kernels import near, pick_the_rarest, weights

from whetgen import Options, generate
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Conv, Dense, Input, MaxPool, MultiThreshold, Node, Reshape
from whetgen.targets.c import planner
from whetgen.targets.c.maps import stored
from whetgen.targets.c.mcus import find_mcu
from whetgen.targets.c.options import COptions
from whetgen.targets.c.plan import plan
from whetgen.verification.c_runner import SANITIZERS
from whetgen.verification.checks import verify
from whetgen.verification.frames import Frames

FRAMES = 6
STRICT = ("-O2", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror")


def steps(rng: Random, values: np.ndarray, count: int) -> np.ndarray:
    """(count, channels) ascending thresholds that sums meet now and then."""
    return np.sort(np.stack([near(rng, values) for _ in range(count)]), axis=0)


def dense_network(rng: Random, count: int) -> Graph:
    """Pixels made levels, or bits; three dense layers."""
    inputs, hidden, more = rng.choice((5, 70, 150)), rng.choice((3, 20, 33, 64)), rng.choice((1, 9, 40))
    first, second, third = weights(rng, inputs, hidden), weights(rng, hidden, more), weights(rng, more, 3)
    levels = np.sort([rng.randint(1, 255) for _ in range(count)])
    nodes: list[Node] = [Input("in", (inputs,), ELEMENT_TYPES["uint8"])]
    if rng.random() < 0.7:
        nodes.append(MultiThreshold("pixels", "in", np.repeat(levels[:, None], inputs, axis=1)))
    scale = 1 if len(nodes) == 2 else 150
    nodes += [
        Dense("first", nodes[-1].name, first, near(rng, first)),
        MultiThreshold("fire1", "first", steps(rng, first, count) * scale),
        Dense("second", "fire1", second, near(rng, second)),
        MultiThreshold("fire2", "second", steps(rng, second, count)),
        Dense("third", "fire2", third, near(rng, third)),
    ]
    return validate(Graph(tuple(nodes), (Output("sums", "third", "accumulators"),)))


def conv_network(rng: Random, count: int) -> Graph:
    """Thresholds that differ along the border, perhaps pooled, so that the maps are not made binary."""
    side, maps, more = rng.choice((5, 6)), rng.choice((3, 8, 20)), rng.choice((4, 9))
    first, second = weights(rng, 3, 3, 2, maps), weights(rng, 2, 2, maps, more)
    rows = np.stack([steps(rng, first, count) for _ in range(side * side)], axis=1)
    nodes: list[Node] = [
        Input("in", (side, side, 2), ELEMENT_TYPES["bit"]),
        Conv("conv1", "in", first, near(rng, first), padding=((1, 1), (1, 1))),
        MultiThreshold("fire1", "conv1", rows.reshape(count, side, side, maps)),
    ]
    if rng.random() < 0.5:
        nodes.append(MaxPool("pool", "fire1", (2, 2), (1, 1)))
    nodes += [
        Conv("conv2", nodes[-1].name, second, near(rng, second), padding=((0, 1), (1, 0))),
        MultiThreshold("fire2", "conv2", steps(rng, second, count)),
    ]
    size = int(np.prod(Graph(tuple(nodes), ()).shapes["fire2"]))
    last = weights(rng, size, 3)
    nodes += [Reshape("flat", "fire2", (size,)), Dense("last", "flat", last, near(rng, last))]
    return validate(Graph(tuple(nodes), (Output("sums", "last", "accumulators"),)))


@pytest.mark.slow
@pytest.mark.parametrize(("first", "flags"), [(0, SANITIZERS), (500, STRICT)])
def test_any_choice_of_kernels_gives_the_same_bits(first, flags, tmp_path, monkeypatch):
    seen: Counter = Counter()
    seeds = range(first, first + 40)
    graphs = [(dense_network if seed % 2 else conv_network)(Random(seed), 2 + seed // 2 % 3) for seed in seeds]
    cases = [(graph, random_codes(graph, Random(seed), FRAMES)) for seed, graph in zip(seeds, graphs, strict=True)]
    monkeypatch.setattr(planner, "choose", pick_the_rarest(Random(first), seen))
    found = run_batch(cases, tmp_path, flags)
    for seed, (graph, codes), outputs in zip(seeds, cases, found, strict=True):
        assert np.array_equal(outputs, expected(graph, codes)), f"seed {seed}\n{graph}"
    assert {"planes of 32", "planes of 16", "planes of 8", "lanes of 8", "lanes of 16", "binarise"} <= set(seen), seen


@pytest.mark.parametrize("constant_time", [False, True])
def test_networks_give_the_bits_of_the_reference(constant_time, tmp_path):
    graphs = [make(Random(seed), count) for seed, make in enumerate((dense_network, conv_network)) for count in (2, 3)]
    cases = [(graph, random_codes(graph, Random(1), FRAMES)) for graph in graphs]
    found = run_batch(cases, tmp_path, options=COptions(constant_time=constant_time))
    for (graph, codes), outputs in zip(cases, found, strict=True):
        assert np.array_equal(outputs, expected(graph, codes))


@pytest.mark.slow
@pytest.mark.parametrize(("board", "mcu"), [("mps2-an386", "cortex-m4"), ("atmega328p", "avr")])
def test_boards_give_the_bits_of_the_reference(board, mcu, tmp_path):
    graph = conv_network(Random(5), 3)
    generate(graph, "c", tmp_path / "net", Options("net", mcu=mcu))
    result = verify(tmp_path / "net", Frames(random_codes(graph, Random(1), FRAMES)), on=board)
    assert (result.mismatches, result.failures) == (0, ())


def test_maps_do_not_lie_over_the_bytes_that_they_come_from(tmp_path):
    """Spikes of one threshold may, and each map is made of all bytes."""
    nodes = (
        Input("in", (9, 8, 4), ELEMENT_TYPES["uint8"]),
        MaxPool("pool", "in", (2, 2), (1, 1)),
        MultiThreshold("fire", "pool", np.array([[80] * 4, [140] * 4, [200] * 4])),
        Reshape("flat", "fire", (224,)),
        Dense("out", "flat", np.arange(224 * 3).reshape(224, 3) % 7 - 3, np.zeros(3, int)),
    )
    graph = validate(Graph(nodes, (Output("sums", "out", "accumulators"),)))
    assert "fire" in stored(graph, find_mcu("generic"), False).maps
    codes = random_codes(graph, Random(1), FRAMES)
    assert np.array_equal(run_batch([(graph, codes)], tmp_path)[0], expected(graph, codes))


def chain(count: int, output: str = "out") -> Graph:
    rng = np.random.default_rng(3)
    nodes = (
        Input("in", (40,), ELEMENT_TYPES["bit"]),
        Dense("sum", "in", rng.integers(-3, 4, (40, 20)), np.zeros(20, int)),
        MultiThreshold("fire", "sum", np.arange(count)[:, None] + np.zeros((1, 20), int)),
        Dense("out", "fire", rng.integers(-3, 4, (20, 4)), np.zeros(4, int)),
    )
    outputs = [Output("sums", "out", "accumulators")]
    outputs += [Output("levels", output, "accumulators")] if output != "out" else []
    return validate(Graph(nodes, tuple(outputs)))


def test_a_sum_is_made_once_and_no_layer_of_its_own_compares_it():
    assert [choice.layer for choice in plan(chain(3), "net").choices] == ["sum", "out"]


@pytest.mark.parametrize(
    ("graph", "why"), [(chain(4), "four maps cost more than bytes"), (chain(2, "fire"), "an output")]
)
def test_other_neurons_are_split(graph, why):
    assert not stored(graph, find_mcu("generic"), False).maps, why


def test_maps_that_are_pooled_are_not_made_binary():
    graphs = [conv_network(Random(seed), 2) for seed in range(8)]
    for graph in graphs:
        maps = stored(graph, find_mcu("generic"), False).maps
        assert maps["fire1"].binary == ("pool" not in maps)
        assert maps["fire2"].binary
    assert any("pool" in graph.by_name for graph in graphs)
