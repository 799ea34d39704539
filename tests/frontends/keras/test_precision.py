"""Whatever precision a model computes in, its meaning is exact arithmetic over the parameters that it stores."""

import re
from fractions import Fraction

import keras
import numpy as np
import pytest
from keras import layers as L
from tests.frontends.keras.models import IMAGE, ROW, fire, fire_sigmoid, key

from whetgen import BadInput, InputSpec, trace
from whetgen.ir.files import graph_sha256
from whetgen.reading import check_against_floats, trace_steps
from whetgen.sharpen import LookupTables, SoftmaxDecode, SparseDense

HALVES = ("mixed_float16", "mixed_bfloat16", "float16", "bfloat16")


def filled(model, size=0.6):
    """Random weights that fill their mantissas."""
    rng = np.random.default_rng(4)
    for weight in model.weights:
        if weight.name == "tables":
            weight.assign(rng.integers(0, 2, weight.shape))
        elif weight.name not in ("sharpness", "key", "wiring") and "seed" not in weight.path:
            values = rng.normal(0, size, weight.shape)
            weight.assign(np.abs(values) + 0.1 if "variance" in weight.path else values)
    return model


def stack(*layers, shape=ROW):
    return filled(keras.Sequential([keras.Input(shape, name="codes"), *layers]))


NETWORKS = {
    "dense": lambda p: stack(
        L.Dense(9, dtype=p, name="a"), L.BatchNormalization(dtype=p, name="b"), fire(dtype=p, name="c"),
        L.Dense(4, dtype=p, name="d"),
    ),
    "conv": lambda p: stack(
        L.Rescaling(1 / 255, dtype=p, name="r"), L.SeparableConv2D(4, 3, dtype=p, name="a"),
        L.AveragePooling2D(2, dtype=p, name="b"), fire_sigmoid(dtype=p, name="c"), L.Flatten(dtype=p, name="f"),
        L.Dense(6, activation=fire(dtype=p, name="own"), dtype=p, name="d"),
        SoftmaxDecode(key(3, 6), dtype=p, name="e"), shape=IMAGE,
    ),
    "nested": lambda p: stack(
        keras.Sequential([keras.Input(ROW), L.Dense(8, dtype=p, name="a"), fire(dtype=p, name="c")], name="inner"),
        L.Dense(5, dtype=p, name="d"), fire(dtype=p, name="e"),
    ),
    "one layer": lambda p: stack(L.Dense(9, name="a"), fire(name="c"), L.Dense(5, dtype=p, name="d"), fire(name="e")),
    "few inputs": lambda p: stack(
        SparseDense(8, fan_in=3, dtype=p, name="a"), fire(dtype=p, name="c"),
        LookupTables(6, fan_in=3, dtype=p, name="d"), L.Dense(3, dtype=p, name="e"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("policy", HALVES)
@pytest.mark.parametrize("name", NETWORKS)
def test_half_precision_means_the_parameters_as_they_are_stored(name, policy):
    """The same graph as a float32 model of those parameters, and equal to Keras where that computes in float32."""
    model = NETWORKS[name](policy)
    twin = NETWORKS[name]("float32")
    for ours, theirs in zip(twin.weights, model.weights, strict=True):
        ours.assign(np.asarray(theirs).astype("float64"))
    traced = trace_steps(model, InputSpec())
    assert graph_sha256(traced.graph) == graph_sha256(trace(twin))
    check = check_against_floats(model, traced)
    assert check.spikes_compared > 0 and check.outside_bound == 0


@pytest.mark.parametrize("name", NETWORKS)
def test_a_check_leaves_the_precision_of_a_model_as_it_was(name):
    model = NETWORKS[name]("mixed_float16")
    codes = np.random.default_rng(0).random((3, *model.input_shape[1:]))
    before = [layer.dtype_policy.name for layer in model._flatten_layers()], np.asarray(model(codes))
    check_against_floats(model, trace_steps(model, InputSpec()))
    after = [layer.dtype_policy.name for layer in model._flatten_layers()], np.asarray(model(codes))
    assert before[0] == after[0] and np.array_equal(before[1], after[1])


@pytest.mark.parametrize("policy", HALVES)
@pytest.mark.parametrize("given", [False, True])
def test_a_normalization_keeps_its_statistics_past_half_precision(given, policy):
    def norm(dtype):
        if given:
            return L.Normalization(mean=np.full(10, 0.1), variance=np.full(10, 0.7), dtype=dtype, name="n")
        made = L.Normalization(dtype=dtype, name="n")
        made.adapt(np.random.default_rng(0).random((50, *ROW)).astype("float32"))
        return made

    def network(dtype):
        return keras.Sequential(
            [keras.Input(ROW, name="codes"), norm(dtype), L.Dense(6, dtype=dtype, name="d"), fire(name="f")]
        )

    model, twin = network(policy), network("float32")
    twin.set_weights([np.asarray(w).astype("float32") for w in model.weights])
    twin.layers[0].finalize_state()
    traced = trace_steps(model, InputSpec())
    assert graph_sha256(traced.graph) == graph_sha256(trace(twin))
    assert check_against_floats(model, traced).outside_bound == 0


def test_float64_parameters_are_taken_to_their_last_bit():
    model = stack(L.Dense(3, dtype="float64"))
    kernel, bias = (np.asarray(w) for w in model.weights)
    assert kernel.dtype == "float64" and np.any(kernel != kernel.astype("float32"))
    traced = trace_steps(model, InputSpec(scale=256))
    codes = np.arange(10)
    (head,) = traced.graph.outputs
    ours = [Fraction(int(v)) * head.scale + head.offset for v in traced.graph.run(codes)]
    assert ours == [
        sum((Fraction(w) * Fraction(int(c), 256) for w, c in zip(column, codes, strict=True)), Fraction(b))
        for column, b in zip(kernel.T.tolist(), bias.tolist(), strict=True)
    ]
    assert check_against_floats(model, traced).outside_bound == 0


@pytest.mark.parametrize("name", NETWORKS)
def test_float64_differs_from_keras_inside_the_rounding_bound_only(name):
    model = NETWORKS[name]("float64")
    assert check_against_floats(model, trace_steps(model, InputSpec())).outside_bound == 0


def test_numbers_beyond_float32_are_refused_with_the_weight():
    model = stack(L.Dense(3, dtype="float64", name="d"))
    model.layers[0].bias.assign([0, -1e39, 0])
    message = r"weight '.*d/bias' holds -1e\+39, which is beyond float32; scale the layer down"
    with pytest.raises(BadInput, match=message):
        trace(model)


@pytest.mark.parametrize("layer", [lambda: L.Dense(3, name="d"), lambda: L.Dense(3, dtype="mixed_bfloat16", name="d")])
def test_a_layer_that_overflows_in_keras_is_refused_by_name(layer):
    model = stack(layer(), fire())
    model.layers[0].kernel.assign(np.full((10, 3), 3e38))
    traced = trace_steps(model, InputSpec())
    message = "layer 'd' (Dense) overflows float32 in Keras, its results are Inf or NaN; give it smaller weights"
    with pytest.raises(BadInput, match=f"^{re.escape(message)}$"):
        check_against_floats(model, traced)


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
def test_a_quantised_model_is_refused_by_name(policy):
    model = stack(L.Dense(4, dtype=policy, name="d"), fire())
    model.quantize("int8")
    message = "layer 'd' (Dense) is quantised ('int8'); save the model before quantize(), and narrow with --weight-bits"
    with pytest.raises(BadInput, match=f"^{re.escape(message)}$"):
        trace(model)
