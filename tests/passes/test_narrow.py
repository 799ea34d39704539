"""Narrowing keeps decisions on the calibration data as well as the bits allow."""

import re
from random import Random

import keras
import numpy as np
import pytest
from keras import layers as L
from tests.frontends.keras.models import fire, key, sequential, with_coarse_weights

from whetgen import InputSpec, trace
from whetgen.fuzz.graphs import random_codes, random_graph
from whetgen.ir import ELEMENT_TYPES, Graph, Output
from whetgen.ir.nodes import Dense, Input, Reshape, Threshold
from whetgen.passes import optimise
from whetgen.passes.narrow import best_thresholds, lost_frames, narrow, narrow_auto, weight_bits
from whetgen.sharpen import SoftmaxDecode
from whetgen.targets.output.kinds import with_kind


@pytest.fixture(scope="module")
def network():
    graph = trace(
        sequential((20,), L.Dense(16), fire(), L.Dense(9), fire(), SoftmaxDecode(key(3, 9))), InputSpec(scale=256)
    )
    codes = np.random.default_rng(0).integers(0, 256, (400, 20))
    return graph, codes


def linear_bits(graph):
    return [weight_bits(n.weights) for n in graph.nodes if type(n).__name__ == "Dense"][:2]


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


def test_frames_that_become_right_make_up_for_those_that_become_wrong(network):
    """The tolerance is about the accuracy, not about single frames."""
    graph, codes = network
    other = narrow(graph, codes, 2).graph
    before, after = graph.predict(codes), other.predict(codes)
    differ = np.flatnonzero(before != after)[:20]
    labels = before.copy()
    labels[differ[::2]] = after[differ[::2]]
    few = differ[: len(differ) // 2 * 2]
    assert len(few) >= 4 and lost_frames(graph, other, codes[few], labels[few]) == 0
    assert lost_frames(graph, other, codes[few], None) == len(few)


def test_accumulators_keep_their_real_value_roughly():
    graph = trace(sequential((20,), L.Dense(16), fire(), L.Dense(4)), InputSpec(scale=256))
    codes = np.random.default_rng(0).integers(0, 256, (100, 20))
    narrowed = narrow(graph, codes, 6).graph
    exact, rough = (g.run(codes) * float(g.outputs[0].scale) for g in (graph, narrowed))
    assert np.abs(exact - rough).max() < 0.1 * np.abs(exact).max()


def free_weights(model, seed=0):
    """Weights that no short grid holds, so that narrowing has something to do."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        if "kernel" in weight.path:
            weight.assign(rng.normal(0, 0.5, weight.shape).astype("float32"))
    return model


IMAGE = (6, 6, 2)
CARRIED = {
    "average pooling": lambda: sequential(IMAGE, L.Conv2D(4, 3), L.AveragePooling2D(2), L.BatchNormalization(), fire()),
    "average pooling, padded": lambda: sequential(IMAGE, L.Conv2D(4, 3), L.AveragePooling2D(3, padding="same"), fire()),
    "max pooling of two signs": lambda: sequential(
        IMAGE, L.Conv2D(4, 3), L.BatchNormalization(), L.MaxPooling2D(2), L.BatchNormalization(), fire()
    ),
    "global average pooling": lambda: sequential(IMAGE, L.Conv2D(6, 3), L.GlobalAveragePooling2D(), fire()),
    "flatten": lambda: sequential(IMAGE, L.Conv2D(2, 3), L.Flatten(), fire()),
    "permute": lambda: sequential(IMAGE, L.Conv2D(3, 3), L.Permute((2, 1, 3)), fire()),
    "1-D": lambda: sequential((8, 3), L.Conv1D(4, 3), L.AveragePooling1D(2), fire()),
    "separable convolution": lambda: sequential(IMAGE, L.SeparableConv2D(4, 3), fire()),
    "two dense layers": lambda: sequential((12,), L.Dense(6), L.Dense(5), fire()),
}
OUTPUTS = {
    "dense": lambda: sequential((12,), L.Dense(5)),
    "global average pooling": lambda: sequential(IMAGE, L.Conv2D(4, 3), L.GlobalAveragePooling2D()),
    "max pooling": lambda: sequential(IMAGE, L.Conv2D(4, 3), L.MaxPooling2D(2)),
    "two dense layers": lambda: sequential((12,), L.Dense(6), L.Dense(5)),
}


def residual():
    x = keras.Input(IMAGE)
    a = fire()(L.Conv2D(3, 3, padding="same")(x))
    b = L.Conv2D(3, 3, padding="same", name="wide")(a)
    return keras.Model(x, L.Flatten()(fire()(L.Add(name="join")([a, b]))))


def read_twice():
    x = keras.Input((12,))
    sums = L.Dense(6, name="wide")(x)
    return keras.Model(x, L.Concatenate()([fire()(sums), fire()(L.BatchNormalization()(sums))]))


def read_and_given_out():
    x = keras.Input((12,))
    sums = L.Dense(6, name="wide")(x)
    return keras.Model(x, [sums, fire()(sums)])


EXACT = {
    "residual add": (residual, "'join' brings its sums together with others"),
    "two thresholds": (read_twice, "'wide' is read 2 times"),
    "output and threshold": (read_and_given_out, "'wide' is read 2 times|'wide' is an output and is read by"),
}


def traced(build):
    model = free_weights(with_coarse_weights(build()))
    codes = np.random.default_rng(1).integers(0, 256, (200, *model.input_shape[1:]))
    return trace(model), codes


@pytest.mark.parametrize("bits", [6, 10])
@pytest.mark.parametrize("name", CARRIED)
def test_a_scale_is_carried_to_the_threshold_behind(name, bits):
    graph, codes = traced(CARRIED[name])
    narrowed = narrow(graph, codes, bits)
    assert all(c.bits_after <= bits < c.bits_before and c.note is None for c in narrowed.changes)
    kept = np.mean(graph.run(codes) == narrowed.graph.run(codes))
    assert narrowed.changes[-1].decisions_kept == kept > (0.9 if bits == 6 else 0.98)


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_scale_is_carried_to_the_outputs_behind(name):
    graph, codes = traced(OUTPUTS[name])
    graph = with_kind(graph, "accumulators")
    narrowed = narrow(graph, codes, 10)
    exact, rough = (
        g.run(codes) * float(g.outputs[0].scale) + float(g.outputs[0].offset) for g in (graph, narrowed.graph)
    )
    assert np.abs(exact - rough).max() < 0.02 * np.abs(exact).max()
    assert narrowed.changes[-1].note.startswith("its values move by at most 0.0")
    assert narrowed.agreement == narrowed.changes[-1].decisions_kept < 0.5


@pytest.mark.parametrize("name", EXACT)
def test_a_layer_whose_scale_meets_another_stays_exact_and_says_why(name):
    build, reason = EXACT[name]
    graph, codes = traced(build)
    narrowed = narrow(graph, codes, 4)
    wide = next(c for c in narrowed.changes if c.name == "wide")
    assert wide.bits_after == wide.bits_before > 4
    assert re.match(f"keeps its exact weights, because {reason}", wide.note)
    assert weight_bits(narrowed.graph["wide"].weights) > 4


def test_a_neuron_without_weights_does_not_blow_up_its_bias():
    weights = np.array([[1000, 0], [-777, 0], [345, 0]])
    nodes = (
        Input("x", (3,), ELEMENT_TYPES["uint8"]),
        Dense("d", "x", weights, np.array([5, 9])),
        Reshape("r", "d", (1, 2)),
        Threshold("t", "r", np.array([7, 9])),
    )
    graph = Graph(nodes, (Output("y", "t", "spikes"),))
    codes = np.random.default_rng(0).integers(0, 256, (100, 3))
    for bits in (1, 4):
        narrowed = narrow(graph, codes, bits).graph
        assert narrowed.ranges["d"][1] < 1 << 20
        assert np.array_equal(narrowed.run(codes)[..., 1], graph.run(codes)[..., 1])


def measured_agreement(exact, narrowed, codes):
    """By the real values of every frame, in fractions."""
    same = 0
    for frame in codes:
        values = []
        for graph in (exact, narrowed):
            results = graph.run(frame[None])
            results = results if isinstance(results, dict) else {graph.outputs[0].name: results}
            values.append(
                [
                    results[o.name].argmax(axis=-1).tolist()
                    if o.classifier
                    else [int(v) * o.scale for v in results[o.name].flat]
                    for o in graph.outputs
                ]
            )
        same += values[0] == values[1]
    return same / len(codes)


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("bits", [4, 32])
def test_random_graphs_stay_as_they_are_where_the_weights_fit_and_are_measured_where_not(seed, bits):
    rng = Random(seed)
    graph = optimise(random_graph(rng, max_bits=60))
    codes = random_codes(graph, rng, 20)
    narrowed = narrow(graph, codes, bits)
    assert narrowed.agreement == measured_agreement(graph, narrowed.graph, codes)
    for change in narrowed.changes:
        assert change.bits_after <= max(bits, change.bits_before if change.note else 0)
    if all(c.bits_before <= bits for c in narrowed.changes):
        assert narrowed.agreement == 1 and all(c.decisions_kept == 1 for c in narrowed.changes)


def test_the_best_threshold_is_the_best_of_all_thresholds():
    rng = np.random.default_rng(4)
    sums, fires = rng.integers(-6, 7, (50, 8)), rng.random((50, 8)) < 0.4
    levels, right = best_thresholds(sums, fires)
    for n in range(8):
        counts = {t: int(((sums[:, n] >= t) == fires[:, n]).sum()) for t in range(-7, 9)}
        assert right[n] == max(counts.values()) == counts[int(np.clip(levels[n], -7, 8))]
