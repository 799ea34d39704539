"""Narrowing keeps decisions on the calibration data as well as the bits allow."""

import numpy as np
import pytest
from keras import layers as L
from tests.trace.models import fire, key, sequential

from whetgen import InputSpec, trace
from whetgen.passes.narrow import _best_thresholds, lost_frames, narrow, narrow_auto, weight_bits
from whetgen.sharpen import SoftmaxDecode


@pytest.fixture(scope="module")
def network():
    graph = trace(
        sequential((20,), L.Dense(16), fire(), L.Dense(9), fire(), SoftmaxDecode(key(3, 9))), InputSpec(scale=256)
    )
    codes = np.random.default_rng(0).integers(0, 256, (400, 20))
    return graph, codes


def linear_bits(graph):
    return [weight_bits(n) for n in graph.nodes if type(n).__name__ == "Dense"][:2]


@pytest.mark.parametrize("bits", [1, 2, 3, 4])
def test_no_weight_is_wider_than_asked(network, bits):
    graph, codes = network
    narrowed = narrow(graph, codes, bits)
    assert max(linear_bits(narrowed.graph)) <= bits
    assert [c.name for c in narrowed.changes] == [n.name for n in graph.nodes if type(n).__name__ == "Dense"][:2]


def test_enough_bits_change_nothing(network):
    graph, codes = network
    narrowed = narrow(graph, codes, 12)
    assert str(narrowed.graph) == str(graph) and narrowed.agreement == 1.0


def test_more_bits_agree_more(network):
    graph, codes = network
    agreements = [narrow(graph, codes, bits).agreement for bits in (1, 3, 5)]
    assert agreements[0] < agreements[1] <= agreements[2] and agreements[2] > 0.9


@pytest.mark.parametrize("tolerance", [0.0, 0.05])
def test_auto_stays_within_the_tolerance(network, tolerance):
    graph, codes = network
    labels = graph.predict(codes)
    narrowed = narrow_auto(graph, codes, labels, tolerance)
    assert lost_frames(graph, narrowed.graph, codes, labels) <= tolerance * len(codes)
    assert sum(linear_bits(narrowed.graph)) <= sum(linear_bits(graph))


def test_accumulators_keep_their_real_value_roughly():
    graph = trace(sequential((20,), L.Dense(16), fire(), L.Dense(4)), InputSpec(scale=256))
    codes = np.random.default_rng(0).integers(0, 256, (100, 20))
    narrowed = narrow(graph, codes, 6).graph
    exact, rough = (g.run(codes) * float(g.outputs[0].scale) for g in (graph, narrowed))
    assert np.abs(exact - rough).max() < 0.1 * np.abs(exact).max()


def test_the_best_threshold_is_the_best_of_all_thresholds():
    rng = np.random.default_rng(4)
    sums, fires = rng.integers(-6, 7, (50, 8)), rng.random((50, 8)) < 0.4
    levels, right = _best_thresholds(sums, fires)
    for n in range(8):
        counts = {t: int(((sums[:, n] >= t) == fires[:, n]).sum()) for t in range(-7, 9)}
        assert right[n] == max(counts.values()) == counts[int(np.clip(levels[n], -7, 8))]
