"""Thresholds are exact, also where square roots and ties meet."""

from fractions import Fraction

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers as L
from tests.frontends.keras.models import fire, sequential

from whetgen import InputSpec, trace
from whetgen.reading import check_against_floats, trace_steps


def decided_by_squares(total, gamma, beta, mean, spread, level):
    """``gamma (total - mean) / sqrt(spread) + beta >= level`` without a square root."""
    left, right = gamma * (total - mean), level - beta
    left, right = left * abs(left), right * abs(right) * spread
    return left >= right


CODES = np.arange(256)[:, None]
quarter = st.integers(-12, 12).map(lambda n: n / 4)
norms = {
    "gamma": quarter,
    "beta": quarter,
    "mean": quarter,
    "variance": st.sampled_from([0.25, 0.24, 1.0, 3.75, 1e-6]),
    "epsilon": st.sampled_from([1e-3, 1e-5, 0.01]),
    "weight": quarter,
}


def normed(last, gamma, beta, mean, variance, epsilon, weight):
    """One neuron, its batch norm and ``last``, codes meaning q / 16."""
    model = keras.Sequential([keras.Input((1,)), L.Dense(1), L.BatchNormalization(epsilon=epsilon), last])
    model.layers[0].set_weights([np.array([[weight]], "f4"), np.array([0.125], "f4")])
    model.layers[1].set_weights([np.array([v], "f4") for v in (gamma, beta, mean, variance)])
    return trace(model, InputSpec(scale=16))


def decisions(level, gamma, beta, mean, variance, epsilon, weight):
    """What that neuron decides on every code, in fractions."""
    spread = Fraction(float(np.float32(variance))) + Fraction(str(epsilon))
    sums = (Fraction(int(q), 16) * Fraction(weight) + Fraction(1, 8) for q in CODES[:, 0])
    parts = (Fraction(gamma), Fraction(beta), Fraction(mean), spread, level)
    return [int(decided_by_squares(total, *parts)) for total in sums]


@settings(max_examples=60)
@given(**norms)
def test_a_norm_before_a_threshold_is_decided_as_its_squares_are(**norm):
    assert normed(fire(), **norm).run(CODES)[:, 0].tolist() == decisions(Fraction(1, 2), **norm)


@settings(max_examples=60)
@given(**norms)
def test_the_class_of_one_sigmoid_is_decided_as_its_squares_are(**norm):
    assert normed(L.Activation("sigmoid"), **norm).predict(CODES).tolist() == decisions(Fraction(0), **norm)


@pytest.mark.parametrize("bias, classes", [(-1.0, [0, 1, 1]), (-1.25, [0, 0, 1]), (-0.875, [0, 1, 1])])
def test_a_sigmoid_at_one_half_is_class_1(bias, classes):
    model = keras.Sequential([keras.Input((1,)), L.Dense(1, activation="sigmoid")])
    model.layers[0].set_weights([np.array([[0.5]], "f4"), np.array([bias], "f4")])
    assert trace(model, InputSpec(scale=1)).predict(np.array([[1], [2], [3]])).tolist() == classes


@pytest.mark.parametrize(("weight", "fires_from"), [(0.5, 128), (-0.5, None)])
def test_equality_fires(weight, fires_from):
    model = keras.Sequential([keras.Input((1,)), L.Dense(1, use_bias=False), fire()])
    model.layers[0].set_weights([np.array([[weight]], "f4")])
    spikes = trace(model, InputSpec(scale=128)).run(np.arange(256)[:, None])[:, 0]
    assert spikes.tolist() == [int(fires_from is not None and q >= fires_from) for q in range(256)]


def test_zero_padding_pads_the_real_value_zero():
    """With an offset the threshold depends on how many taps lie inside."""
    model = sequential((4, 4, 1), L.Rescaling(1 / 128, offset=-1.0), L.Conv2D(1, 3, padding="same"), fire())
    graph = trace(model)
    assert graph[
        "spiking_b_re_lu" if "spiking_b_re_lu" in graph.by_name else graph.nodes[-1].name
    ].thresholds.shape == (4, 4, 1)


def test_pixels_over_255_are_exact():
    model = keras.Sequential([keras.Input((1,)), L.Dense(1, use_bias=False), fire()])
    model.layers[0].set_weights([np.array([[2.5]], "f4")])
    spikes = trace(model).run(np.array([[50], [51]]))
    assert spikes[:, 0].tolist() == [0, 1]  # 51/255 * 2.5 is exactly 0.5


def test_norms_that_cancel_before_an_output_are_rounded_and_noted():
    """gamma 0 leaves sums of two square roots, which no single one divides."""
    model = sequential((4,), L.Dense(3), L.BatchNormalization(), L.BatchNormalization())
    weights = [np.array(v, "f4") for v in ([0, 0, 0], [1, 2, 3], [0.5, 0.25, 1], [0.3, 0.7, 2])]
    model.layers[1].set_weights(weights)
    model.layers[2].set_weights([np.array(v, "f4") for v in ([1, 2, 3], [0.5, 1, 1.5], [1, 1, 1], [0.9, 0.3, 5])])
    traced = trace_steps(model, InputSpec())
    assert len(traced.graph.notes) == 1 and "no common unit" in traced.graph.notes[0]
    assert check_against_floats(model, traced).outside_bound == 0


@pytest.mark.parametrize("beta", [(-2, -1, -3), (0, 0, 0), (1, 2, 0), (-1, 0, 1)])
def test_constant_scores_keep_their_order(beta):
    """gamma 0: nothing but beta is left, and its sign must not turn the order."""
    model = sequential((4,), L.Dense(3), L.BatchNormalization())
    model.layers[1].set_weights([np.array(v, "f4") for v in ((0, 0, 0), beta, (1, 2, 3), (1, 1, 2))])
    graph = trace(model)
    (values,) = graph.run(np.zeros((1, 4), int)).tolist()
    assert graph.outputs[0].scale > 0 and [v * graph.outputs[0].scale for v in values] == list(beta)
    assert graph.predict(np.zeros((1, 4), int)).tolist() == [int(np.argmax(beta))]


def test_sums_that_happen_to_be_0_or_1_are_no_spikes():
    model = sequential((3,), fire(), L.Dense(2, use_bias=False), L.Reshape((1, 2)))
    model.layers[1].set_weights([np.array([[1, 0], [0, 1], [0, 0]], "f4")])
    (output,) = trace(model).outputs
    assert (output.kind, output.scale) == ("accumulators", 1)


def test_spikes_that_were_moved_and_pooled_are_spikes():
    layers = L.Conv2D(2, 2), fire(), L.MaxPooling2D(2), L.ZeroPadding2D(1), L.Flatten()
    assert trace(sequential((5, 5, 1), *layers)).outputs[0].kind == "spikes"
