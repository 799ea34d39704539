"""Values of several thresholds, in maps of bits or in bytes: what the reference computes, by any choice of kernels."""

from collections import Counter
from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.targets.c.compiled import expected
from tests.targets.c.test_kernels import near, pick_the_rarest, weights

from whetgen import Options, generate
from whetgen.fuzz.c_batch import run_batch
from whetgen.fuzz.graphs import random_codes, random_graph
from whetgen.host.scratch import scratch_folder
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import (
    Concat,
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
from whetgen.targets.c import planner
from whetgen.targets.c.elements import bit_maps
from whetgen.targets.c.kernels.kernel import searched
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


def mixed_network(rng: Random, count: int) -> Graph:
    """What else reads and makes values of several thresholds: groups, moves, sums of maps, pools, an output."""
    maps, fewer = rng.choice((4, 8)), rng.randint(1, count)
    first, aside = weights(rng, 3, 3, 1, maps), weights(rng, 1, 1, 1, maps)
    grouped, dense = weights(rng, 3, 3, 2, maps), weights(rng, 18 * maps, 5)
    same = ((1, 1), (1, 1))
    kind = ELEMENT_TYPES[rng.choice(("bit", "uint8"))]
    scale = 1 if kind.bits == 1 else 90
    nodes: list[Node] = [
        Input("in", (6, 6, 1), kind),
        Conv("conv", "in", first, near(rng, first) * scale, padding=same),
        MultiThreshold("fire", "conv", steps(rng, first, count) * scale),
        Conv("aside", "in", aside, near(rng, aside)),
        fire("few", "aside", steps(rng, aside, fewer) * scale),
        Conv("grouped", "fire", grouped, near(rng, grouped), padding=same, groups=maps // 2),
        MultiThreshold("fire2", "grouped", steps(rng, grouped, count)),
        WeightedSum("sum", ("fire", "few", "fire2"), (np.arange(maps) - 2, 2 + 0 * np.arange(maps), np.arange(maps)), np.arange(maps)),
        MultiThreshold("fire3", "sum", np.sort(np.array([[rng.randint(-9, 40) for _ in range(maps)] for _ in range(count)]), axis=0)),
        Permute("turned", "fire3", (1, 0, 2)),
        Pad("padded", "turned", ((1, 1), (0, 0))),
        Concat("joined", ("turned", "few"), 2),
        SumPool("pooled", rng.choice(("fire", "padded")), (2, 2), (2, 2)),
        fire("fire4", "pooled", np.sort(np.array([[rng.randint(0, 4 * count) for _ in range(maps)] for _ in range(fewer)]), axis=0)),
        MaxPool("largest", "joined", (2, 2), (2, 2)),
        Reshape("flat", "largest", (18 * maps,)),
        Dense("dense", "flat", dense, near(rng, dense)),
        MultiThreshold("values", "dense", steps(rng, dense, count)),
    ]  # fmt: skip
    outputs = rng.sample(("values", "fire4", "fire2", "padded", "dense"), 2)
    return validate(Graph(tuple(nodes), tuple(Output(name, name, "accumulators") for name in outputs)))


def fire(name: str, source: str, thresholds: np.ndarray) -> Threshold | MultiThreshold:
    return MultiThreshold(name, source, thresholds) if len(thresholds) > 1 else Threshold(name, source, thresholds[0])


NETWORKS = (dense_network, conv_network, mixed_network)


@pytest.mark.slow
@pytest.mark.parametrize(("first", "flags"), [(0, SANITIZERS), (500, STRICT)])
def test_any_choice_of_kernels_gives_the_same_bits(first, flags, tmp_path, monkeypatch):
    seen: Counter = Counter()
    seeds = range(first, first + 42)
    graphs = [NETWORKS[seed % 3](Random(seed), 2 + seed // 3 % 14) for seed in seeds]
    cases = [(graph, random_codes(graph, Random(seed), FRAMES)) for seed, graph in zip(seeds, graphs, strict=True)]
    monkeypatch.setattr(planner, "choose", pick_the_rarest(Random(first), seen))
    found = run_batch(cases, tmp_path, flags)
    for seed, (graph, codes), outputs in zip(seeds, cases, found, strict=True):
        assert np.array_equal(outputs, expected(graph, codes)), f"seed {seed}\n{graph}"
    assert {"general", "planes of 32", "planes of 16", "planes of 8", "lanes of 8", "lanes of 16", "look-up"} <= set(
        seen
    ), seen


@given(st.randoms(use_true_random=False))
@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_random_networks_of_up_to_15_thresholds_give_the_bits_of_the_reference(rng):
    graph = random_graph(rng, max_bits=60, steps=15)
    codes = random_codes(graph, Random(1), 3)
    with scratch_folder() as folder:
        assert np.array_equal(run_batch([(graph, codes)], folder, ("-O1",))[0], expected(graph, codes)), str(graph)


@pytest.mark.slow
@pytest.mark.parametrize(("first", "flags"), [(0, SANITIZERS), (500, STRICT)])
def test_many_random_networks_of_up_to_15_thresholds_give_the_bits_of_the_reference(first, flags, tmp_path):
    graphs = [random_graph(Random(seed), steps=15) for seed in range(first, first + 50)]
    cases = [(graph, random_codes(graph, Random(1), FRAMES)) for graph in graphs]
    for (graph, codes), outputs in zip(cases, run_batch(cases, tmp_path, flags), strict=True):
        assert np.array_equal(outputs, expected(graph, codes)), str(graph)


@pytest.mark.parametrize("constant_time", [False, True])
def test_networks_give_the_bits_of_the_reference(constant_time, tmp_path):
    made = product(NETWORKS[: 2 if constant_time else 3], (2, 6, 15))
    graphs = [make(Random(seed), count) for seed, (make, count) in enumerate(made)]
    cases = [(graph, random_codes(graph, Random(1), FRAMES)) for graph in graphs]
    found = run_batch(cases, tmp_path, ("-O1",), options=COptions(constant_time=constant_time))
    for (graph, codes), outputs in zip(cases, found, strict=True):
        assert np.array_equal(outputs, expected(graph, codes))


@pytest.mark.slow
@pytest.mark.parametrize("make", NETWORKS)
@pytest.mark.parametrize(("board", "mcu"), [("mps2-an386", "cortex-m4"), ("atmega328p", "avr")])
def test_boards_give_the_bits_of_the_reference(board, mcu, make, tmp_path):
    """The AVR has an int of 16 bits, counters of 8 neurons a word, and tables in an address space of their own."""
    graph = make(Random(5), 13)
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


@pytest.mark.parametrize("count", range(2, 16))
def test_a_sum_is_made_once_and_no_layer_of_its_own_compares_it(count):
    assert [choice.layer for choice in plan(chain(count), "net").choices] == ["sum", "out"]
    maps = stored(chain(count), find_mcu("generic"), False)
    assert maps.elements("fire") == bit_maps(count.bit_length())


@pytest.mark.parametrize("count", range(2, 16))
def test_a_search_finds_the_number_of_thresholds_reached(count):
    """As ``wg_staircase.h`` does, which also knows behind which bits there is no further threshold."""
    first = count.bit_length() - 1
    for value in range(count + 1):
        found = int(value >= 1 << first)
        for j, step in zip(reversed(range(first)), searched(count), strict=True):
            never = not count >> j & 1 and found == count >> (j + 1)
            found = 2 * found + int(value >= step[found] and not never)
        assert found == value


@pytest.mark.parametrize("name", ["fire", "pooled", "moved"])
def test_values_that_are_an_output_or_that_groups_read_are_bytes(name):
    ones, zeros = np.ones((1, 1, 1, 4), dtype=int), np.zeros(4, dtype=int)
    nodes = (
        Input("in", (4, 4, 4), ELEMENT_TYPES["uint8"]),
        MultiThreshold("fire", "in", np.array([[80] * 4, [140] * 4])),
        MaxPool("pooled", "fire", (2, 2), (2, 2)),
        Pad("moved", "pooled", ((1, 1), (0, 0))),
        Conv("groups", "moved", ones, zeros, groups=4),
    )
    graph = Graph(nodes, (Output("sums", "groups", "accumulators"),))
    assert not stored(validate(graph), find_mcu("generic"), False).maps
    outputs = Graph(nodes[:-1], (Output("values", name, "accumulators"),))
    assert name not in stored(validate(outputs), find_mcu("generic"), False).maps
