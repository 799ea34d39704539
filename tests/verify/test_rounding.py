"""The comparison with Keras finds what rounding cannot explain."""

from dataclasses import replace

import numpy as np
import pytest
from keras import layers as L
from tests.trace.models import fire, key, sequential

from whetgen import InputSpec
from whetgen.api import check_against_keras, trace_steps
from whetgen.ir.nodes import Threshold
from whetgen.passes import Lowered
from whetgen.sharpen import SoftmaxDecode


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
    check = check_against_keras(model, trace_steps(model, InputSpec()))
    assert check.outside_bound == 0
    assert check.spikes_compared > 1000


def test_a_wrong_threshold_is_found(model):
    check = check_against_keras(model, shifted(trace_steps(model, InputSpec()), 0.02))
    assert check.outside_bound > 0


def test_a_shift_inside_the_bound_is_counted_and_allowed(model):
    """Sums where float32 cannot tell: on the threshold itself, plus or minus its rounding."""
    codes = np.random.default_rng(1).integers(0, 256, (4000, 30))
    traced = trace_steps(model, InputSpec())
    check = check_against_keras(model, traced, codes)
    assert check.outside_bound == 0
    assert check.frames_rounded <= check.spikes_rounded
