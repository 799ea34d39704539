"""What single flips cost, found for all bits at once, is what running each flipped network finds."""

from random import Random

import numpy as np
import pytest
from tests.targets.verilog.networks import CONSTRUCTS
from tests.targets.verilog.test_golden import tiny

from whetgen.fuzz.graphs import random_graph, tie_frames
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Dense, Input, MultiThreshold, Threshold
from whetgen.reference import run_tensors
from whetgen.verification.faults import singles
from whetgen.verification.faults.bits import Store, bit_at, flipped, stores
from whetgen.verification.faults.singles import single_flips
from whetgen.verification.faults.yardstick import Unflipped
from whetgen.verification.frames import Frames, default_frames


def network(seed: int, classes: int, steps: int) -> Graph:
    """Three dense layers: 5 inputs, 4 neurons of several thresholds, 3 of one, then the classes."""
    rng = np.random.default_rng(seed)
    return validate(
        Graph(
            (
                Input("x", (5,), ELEMENT_TYPES["int8"]),
                Dense("a", "x", rng.integers(-3, 4, (5, 4)), rng.integers(-2, 3, 4)),
                MultiThreshold("b", "a", np.sort(rng.integers(-90, 90, (steps, 4)), axis=0)),
                Dense("c", "b", rng.choice([-1, 1], (4, 3)), np.zeros(3, int)),
                Threshold("d", "c", rng.integers(-1, 2, 3)),
                Dense("e", "d", rng.integers(-2, 3, (3, classes)), rng.integers(-1, 2, classes)),
            ),
            (Output("y", "e", "scores", classifier=True),),
        )
    )


def naive(graph: Graph, frames: Frames, trace: Unflipped) -> dict[tuple[str, str], list[int]]:
    """Frames lost by each bit: the network run again with it."""
    keep = {output.source for output in graph.outputs}

    def lost(store: Store, number: int) -> int:
        outputs = run_tensors(flipped(graph, [bit_at([store], number)]), frames.codes, keep)
        return int(trace.right.sum()) - int(trace.yardstick.right(outputs).sum())

    return {(store.kind, store.node): [lost(store, k) for k in range(store.bits)] for store in stores(graph)}


def compare(graph: Graph, frames: Frames) -> None:
    trace = Unflipped.of(graph, frames)
    tried, worst = single_flips(trace, np.random.default_rng(0), lambda _: None)
    wanted, count = naive(graph, frames, trace), len(frames.codes)
    for row in tried:
        lost = wanted[row.kind, row.layer]
        found = (row.tried, row.harmless, row.mean * count * row.bits, row.worst * count)
        assert found == (len(lost), sum(k <= 0 for k in lost), pytest.approx(sum(lost)), max(lost)), row
    for single in worst:
        if single.kind != "activation":
            store = next(s for s in stores(graph) if (s.kind, s.node) == (single.kind, single.layer))
            place = int(np.ravel_multi_index(single.place, store.values.shape))
            assert single.loss * count == wanted[single.kind, single.layer][place * store.width + single.bit]


@pytest.mark.parametrize("classes", [1, 2, 5])
@pytest.mark.parametrize("steps", [1, 3])
@pytest.mark.parametrize("labelled", [True, False])
def test_dense_networks(classes, steps, labelled):
    graph = network(classes + steps, classes, steps)
    frames = default_frames(graph, 60)
    labels = np.random.default_rng(1).integers(0, max(classes, 2), 60) if labelled else None
    compare(graph, Frames(frames.codes, labels))


@pytest.mark.parametrize("seed", range(6))
def test_networks_of_any_kind(seed, monkeypatch):
    monkeypatch.setattr(singles, "SAMPLES", 1000)
    graph = random_graph(Random(seed), max_bits=40, small=True, steps=3)
    compare(graph, Frames(np.concatenate([tie_frames(graph), default_frames(graph, 9).codes])))


def test_few_bits_of_a_large_convolution_are_tried_and_the_rest_is_bounded(monkeypatch):
    monkeypatch.setattr(singles, "SAMPLES", 10)
    graph = CONSTRUCTS["conv"]
    tried, _ = single_flips(Unflipped.of(graph, default_frames(graph, 20)), np.random.default_rng(0), lambda _: None)
    weights = tried[0]
    assert weights.tried == 10 < weights.bits and 1 - (1 - weights.beyond) ** 10 == pytest.approx(0.95)


def test_a_spike_is_flipped_in_every_frame():
    graph, frames = tiny(), default_frames(tiny(), 40)
    trace = Unflipped.of(graph, frames)
    _, worst = single_flips(trace, np.random.default_rng(0), lambda _: None)
    for single in (s for s in worst if s.kind == "activation"):
        spikes = trace.tensors["fire"].copy()
        spikes[:, single.place[0]] ^= 1
        scores = spikes @ graph["scores"].weights + graph["scores"].bias
        assert single.loss == np.mean(np.argmax(scores, axis=1) != np.argmax(trace.tensors["scores"], axis=1))
    assert sum(s.kind == "activation" for s in worst) == 2
