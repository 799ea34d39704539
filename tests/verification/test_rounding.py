"""The comparison with Keras finds what rounding cannot explain."""

import tracemalloc
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from keras import layers as L
from tests.frontends.keras.models import fire, fire_sigmoid, key, sequential

from whetgen import InputSpec
from whetgen.ir.nodes import Threshold
from whetgen.passes import Lowered
from whetgen.reading import check_against_floats, trace_steps
from whetgen.sharpen import SoftmaxDecode
from whetgen.verification.rounding import frames_at_once


@pytest.fixture(scope="module")
def model():
    net = sequential((30,), L.Dense(12), L.BatchNormalization(), fire(), L.Dense(6), fire(), SoftmaxDecode(key(3, 6)))
    rng = np.random.default_rng(0)
    net.layers[0].set_weights([rng.normal(0, 1, (30, 12)).astype("f4"), rng.normal(0, 1, 12).astype("f4")])
    return net


def shifted(traced, by):
    """The same network with its first thresholds moved by a share of their range."""
    nodes = list(traced.lowered.graph.nodes)
    index = next(i for i, n in enumerate(nodes) if isinstance(n, Threshold))
    lo, hi = traced.lowered.graph.ranges[nodes[index].source]
    nodes[index] = replace(nodes[index], thresholds=nodes[index].thresholds + int((hi - lo) * by))
    graph = traced.lowered.graph.with_nodes(nodes)
    return replace(traced, lowered=Lowered(graph, traced.lowered.preactivations))


def test_the_right_network_stays_inside_the_bound(model):
    check = check_against_floats(model, trace_steps(model, InputSpec()))
    assert check.outside_bound == 0
    assert check.spikes_compared > 1000


def test_a_wrong_threshold_is_found(model):
    check = check_against_floats(model, shifted(trace_steps(model, InputSpec()), 0.02))
    assert check.outside_bound > 0


def test_a_shift_inside_the_bound_is_counted_and_allowed(model):
    """Sums where float32 cannot tell: on the threshold itself, plus or minus its rounding."""
    codes = np.random.default_rng(1).integers(0, 256, (4000, 30))
    traced = trace_steps(model, InputSpec())
    check = check_against_floats(model, traced, codes)
    assert check.outside_bound == 0
    assert check.frames_rounded <= check.spikes_rounded


HEADS = {
    "linear": lambda: [L.Dense(4)],
    "sigmoid": lambda: [L.Dense(4, activation="sigmoid")],
    "softmax": lambda: [L.Dense(4, activation="softmax")],
    "one sigmoid": lambda: [L.Dense(1, activation="sigmoid")],
    "norm and one sigmoid": lambda: [L.Dense(1), L.BatchNormalization(), L.Activation("sigmoid")],
    "norm and softmax": lambda: [L.Dense(4), L.BatchNormalization(), L.Softmax()],
    "pooled": lambda: [L.Reshape((4, 3, 1)), L.Conv2D(2, 2), L.GlobalAveragePooling2D()],
}


def with_random_weights(net, size=0.4):
    rng = np.random.default_rng(2)
    for weight in net.weights:
        if "kernel" in weight.path or "bias" in weight.path:
            weight.assign(rng.normal(0, size, weight.shape).astype("f4"))
    return net


def scaled(traced, by):
    """The same network with its output's values a little too large."""
    outputs = tuple(replace(o, scale=o.scale * by) for o in traced.lowered.graph.outputs)
    graph = replace(traced.lowered.graph, outputs=outputs)
    return replace(traced, lowered=Lowered(graph, traced.lowered.preactivations))


@pytest.mark.parametrize("name", HEADS)
def test_values_of_outputs_are_compared(name):
    net = with_random_weights(sequential((30,), L.Dense(12), fire(), *HEADS[name]()))
    traced = trace_steps(net, InputSpec())
    right, wrong = (check_against_floats(net, t) for t in (traced, scaled(traced, Fraction(1001, 1000))))
    assert right.values_compared >= 250 * net.output_shape[1] and right.outside_bound == 0
    assert wrong.outside_bound > 0


@pytest.mark.parametrize("where", ["first kernel", "gamma", "last kernel"])
def test_numbers_too_small_for_float32_stay_inside_the_bound(where):
    """TensorFlow flushes denormals to 0, where the exact sum still tells them apart."""
    net = sequential((6,), L.Dense(8, use_bias=False), L.BatchNormalization(), fire_sigmoid(), L.Dense(3))
    rng = np.random.default_rng(0)
    dense, norm = net.layers[0], net.layers[1]
    norm.set_weights([np.ones(8, "f4"), np.zeros(8, "f4"), np.zeros(8, "f4"), np.ones(8, "f4")])
    tiny = (rng.normal(0, 1, (6, 8)) * 1e-40).astype("f4")
    if where == "last kernel":
        net.layers[-1].set_weights([tiny[:, :3].repeat(2, axis=0)[:8], np.zeros(3, "f4")])
    elif where == "gamma":
        norm.gamma.assign(np.full(8, -1e-40, "f4"))
    else:
        dense.kernel.assign(tiny)
    assert check_against_floats(net, trace_steps(net, InputSpec())).outside_bound == 0


def test_scores_that_softmax_cannot_tell_apart_are_no_strays():
    """At that temperature all of Keras' shares are equal, so its argmax is the first class."""
    net = sequential((30,), L.Dense(9), fire(), SoftmaxDecode(key(3, 9), temperature=1e9))
    check = check_against_floats(net, trace_steps(net, InputSpec()))
    assert check.classes_rounded > 0 and check.outside_bound == 0


def test_frames_in_parts_are_counted_as_all_at_once(model, monkeypatch):
    traced = shifted(trace_steps(model, InputSpec()), 0.02)
    whole = check_against_floats(model, traced)
    monkeypatch.setattr("whetgen.verification.rounding._AT_ONCE", 500)
    assert frames_at_once(traced.real.graph) == 6
    assert check_against_floats(model, traced) == whole


def test_a_check_of_large_maps_takes_the_memory_of_a_few_frames():
    """256 frames of these maps would be 512 MiB of spikes and as much of sums."""
    net = with_random_weights(sequential((128, 128, 1), L.Conv2D(16, 1), fire(), L.MaxPooling2D(128)))
    traced = trace_steps(net, InputSpec())
    tracemalloc.start()
    assert check_against_floats(net, traced).outside_bound == 0
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 400 << 20
