"""The vectorised interpreter equals plain loops over Python integers; passes keep random networks as they are."""

from random import Random

import numpy as np
import pytest

from whetgen import BadInput
from whetgen.fuzz.graphs import random_codes, random_graph, tie_frames
from whetgen.fuzz.loops import naive_run
from whetgen.ir import ELEMENT_TYPES, Graph, Output
from whetgen.ir.nodes import Dense, Input
from whetgen.passes import optimise
from whetgen.reference import run_tensors

SEEDS = range(200)


def frames_of(graph, rng):
    return np.concatenate([tie_frames(graph), random_codes(graph, rng, 5)])


@pytest.mark.slow
@pytest.mark.parametrize("block", range(0, 200, 20))
def test_random_networks_mean_what_plain_loops_compute(block):
    for seed in range(block, block + 20):
        rng = Random(seed)
        graph = random_graph(rng, steps=(1, 3)[seed % 2])
        frames = frames_of(graph, rng)
        tensors = run_tensors(graph, frames)
        for index in range(len(frames)):
            for output, wanted in naive_run(graph, frames[index]).items():
                source = next(o.source for o in graph.outputs if o.name == output)
                assert [int(v) for v in tensors[source][index].reshape(-1)] == list(wanted), (seed, output)
        for name, (lo, hi) in graph.ranges.items():
            assert lo <= tensors[name].min() and tensors[name].max() <= hi, (seed, name)


@pytest.mark.slow
def test_passes_keep_random_networks_bit_for_bit():
    for seed in range(1000, 1200):
        rng = Random(seed)
        graph = random_graph(rng, steps=(1, 3)[seed % 2])
        frames = frames_of(graph, rng)
        before, after = graph.run(frames), optimise(graph).run(frames)
        before, after = (r if isinstance(r, dict) else {"": r} for r in (before, after))
        for name in before:
            assert np.array_equal(before[name], after[name]), (seed, name)


def tiny():
    node = Input("x", (2,), ELEMENT_TYPES["int8"])
    dense = Dense("d", "x", np.array([[1, -1], [2, 2]]), np.array([0, 0]))
    return Graph((node, dense), (Output("y", "d", "scores", classifier=True),))


def test_one_frame_needs_no_batch_axis():
    assert tiny().run(np.array([3, -1])).tolist() == [1, -5]
    assert tiny().run(np.array([[3, -1]])).tolist() == [[1, -5]]


def test_the_lowest_index_wins_ties():
    assert tiny().predict(np.array([[0, 5], [1, 0], [-1, 0]])).tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (np.zeros((4, 3), int), r"input codes have shape \(4, 3\), the network takes \(frames, 2\)"),
        (np.zeros((4, 2)), r"input codes are float64, they must be integers of type int8"),
        (np.full((4, 2), 128), r"input codes reach from 128 to 128, int8 holds -128..127"),
    ],
)
def test_codes_that_do_not_fit_are_refused(codes, message):
    with pytest.raises(BadInput, match=message):
        tiny().run(codes)
