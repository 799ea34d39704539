"""Thresholds are exact, also where square roots and ties meet."""

from fractions import Fraction

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers as L
from tests.trace.models import fire, sequential

from whetgen import InputSpec, trace
from whetgen.api import check_against_keras, trace_steps


def decided_by_squares(total, gamma, beta, mean, spread, level):
    """``gamma (total - mean) / sqrt(spread) + beta >= level`` without a square root."""
    left, right = gamma * (total - mean), level - beta
    left, right = left * abs(left), right * abs(right) * spread
    return left >= right


quarter = st.integers(-12, 12).map(lambda n: n / 4)


@settings(max_examples=60, deadline=None)
@given(
    gamma=quarter,
    beta=quarter,
    mean=quarter,
    variance=st.sampled_from([0.25, 0.24, 1.0, 3.75, 1e-6]),
    epsilon=st.sampled_from([1e-3, 1e-5, 0.01]),
    weight=quarter,
)
def test_a_norm_before_a_threshold_is_decided_as_its_squares_are(gamma, beta, mean, variance, epsilon, weight):
    model = keras.Sequential([keras.Input((1,)), L.Dense(1), L.BatchNormalization(epsilon=epsilon), fire()])
    model.layers[0].set_weights([np.array([[weight]], "f4"), np.array([0.125], "f4")])
    model.layers[1].set_weights([np.array([v], "f4") for v in (gamma, beta, mean, variance)])
    codes = np.arange(256)[:, None]
    spread = Fraction(float(np.float32(variance))) + Fraction(str(epsilon))
    wanted = [
        decided_by_squares(
            Fraction(int(q), 16) * Fraction(weight) + Fraction(1, 8),
            Fraction(gamma),
            Fraction(beta),
            Fraction(mean),
            spread,
            Fraction(1, 2),
        )
        for q in codes[:, 0]
    ]
    assert trace(model, InputSpec(scale=16)).run(codes)[:, 0].tolist() == [int(w) for w in wanted]


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
    assert check_against_keras(model, traced).outside_bound == 0


def test_sums_that_happen_to_be_0_or_1_are_no_spikes():
    model = sequential((3,), fire(), L.Dense(2, use_bias=False), L.Reshape((1, 2)))
    model.layers[1].set_weights([np.array([[1, 0], [0, 1], [0, 0]], "f4")])
    (output,) = trace(model).outputs
    assert (output.kind, output.scale) == ("accumulators", 1)


def test_spikes_that_were_moved_and_pooled_are_spikes():
    layers = L.Conv2D(2, 2), fire(), L.MaxPooling2D(2), L.ZeroPadding2D(1), L.Flatten()
    assert trace(sequential((5, 5, 1), *layers)).outputs[0].kind == "spikes"
