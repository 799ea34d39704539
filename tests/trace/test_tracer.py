"""Every supported layer means in the integer graph what Keras computes."""

import keras
import numpy as np
import pytest
from keras import layers as L
from tests.trace.models import CASES, IMAGE, ROW, SIGNAL, fire, fire_sigmoid, key, sequential, with_coarse_weights

from whetgen import BadInput, InputSpec, trace
from whetgen.api import check_against_keras, trace_steps
from whetgen.sharpen import SoftmaxDecode, SpikingBReLU


def frames(model, count=40, seed=3):
    return np.random.default_rng(seed).integers(0, 256, (count, *model.input_shape[1:]))


def real_outputs(graph, codes):
    """Real values of all outputs, by name."""
    results = graph.run(codes)
    results = results if isinstance(results, dict) else {graph.outputs[0].name: results}
    return [results[o.name].astype(float) * float(o.scale) + float(o.offset) for o in graph.outputs]


@pytest.mark.parametrize("name", CASES)
def test_spikes_and_sums_equal_keras_where_float32_is_exact(name):
    model = CASES[name]()
    codes = frames(model)
    graph = trace(model, InputSpec(scale=256))
    real = codes / (1 if name.startswith("rescaling") else 256)
    theirs = model(real.astype("float32"), training=False)
    theirs = [np.asarray(t) for t in (theirs if isinstance(theirs, list | tuple) else [theirs])]
    for head, ours, wanted in zip(graph.outputs, real_outputs(graph, codes), theirs, strict=True):
        if head.classifier:
            logits = np.exp(ours - ours.max(axis=-1, keepdims=True))
            np.testing.assert_allclose(logits / logits.sum(axis=-1, keepdims=True), wanted, atol=1e-5)
        elif "sigmoid map" in name:
            np.testing.assert_allclose(1 / (1 + np.exp(-ours)).reshape(wanted.shape), wanted, atol=1e-5)
        else:
            assert np.array_equal(ours.reshape(wanted.shape), wanted)
    assert graph.notes == ()


NORMS = {
    "behind dense": lambda: sequential(ROW, L.Dense(16), L.BatchNormalization(), fire()),
    "behind conv, no scale": lambda: sequential(IMAGE, L.Conv2D(6, 3), L.BatchNormalization(scale=False), fire()),
    "before dropout": lambda: sequential(
        ROW, L.Dense(16), L.BatchNormalization(center=False), L.Dropout(0.3), fire_sigmoid()
    ),
    "before max pooling": lambda: sequential(IMAGE, L.Conv2D(6, 3), L.BatchNormalization(), L.MaxPooling2D(2), fire()),
    "behind max pooling": lambda: sequential(IMAGE, L.Conv2D(6, 3), L.MaxPooling2D(2), L.BatchNormalization(), fire()),
    "behind average pooling": lambda: sequential(
        IMAGE, L.Conv2D(6, 3), L.AveragePooling2D(2), L.BatchNormalization(), fire()
    ),
    "average pooling same": lambda: sequential(
        IMAGE,
        L.Conv2D(6, 3),
        fire(),
        L.AveragePooling2D(2, padding="same"),
        L.Conv2D(3, 2),
        L.BatchNormalization(),
        fire(),
    ),
    "two in a row": lambda: sequential(ROW, L.Dense(16), L.BatchNormalization(), L.BatchNormalization(), fire()),
    "behind an add": lambda: _norm_behind_add(),
    "before flatten": lambda: sequential(IMAGE, L.Conv2D(6, 3), L.BatchNormalization(), L.Flatten(), fire()),
    "before zero padding": lambda: sequential(
        IMAGE, L.Conv2D(6, 3), L.BatchNormalization(), L.ZeroPadding2D(1), fire()
    ),
    "before up-sampling": lambda: sequential(IMAGE, L.Conv2D(6, 3), L.BatchNormalization(), L.UpSampling2D(2), fire()),
    "along the height": lambda: sequential(IMAGE, L.Conv2D(6, 3), L.BatchNormalization(axis=1), fire()),
    "on a signal": lambda: sequential(SIGNAL, L.Conv1D(6, 3), L.BatchNormalization(), fire()),
}

MIXING = {
    "of the input": lambda: sequential(IMAGE, L.BatchNormalization(), L.Conv2D(4, 3, padding="same"), fire()),
    "of spikes": lambda: sequential(ROW, L.Dense(8), fire(), L.BatchNormalization(), L.Dense(6), fire()),
    "on both sides of an add": lambda: _two_norms_added(),
    "of logits": lambda: sequential(ROW, L.Dense(8), fire(), L.Dense(6), L.BatchNormalization(), L.Softmax()),
}


def _norm_behind_add():
    x = keras.Input(ROW)
    y = fire()(L.BatchNormalization()(L.Add()([L.Dense(5)(x), L.Dense(5)(x)])))
    return with_coarse_weights(keras.Model(x, y))


def _two_norms_added():
    x = keras.Input(ROW)
    y = fire()(L.Add()([L.BatchNormalization()(L.Dense(5)(x)), L.BatchNormalization()(L.Dense(5)(x))]))
    return with_coarse_weights(keras.Model(x, y))


@pytest.mark.parametrize("name", [*NORMS, *MIXING])
def test_batch_norm_anywhere_differs_from_float32_inside_the_rounding_bound_only(name):
    model = {**NORMS, **MIXING}[name]()
    traced = trace_steps(model, InputSpec())
    check = check_against_keras(model, traced, frames(model, 200))
    assert check.outside_bound == 0
    assert check.spikes_compared > 0
    assert check.spikes_rounded <= 0.01 * check.spikes_compared
    assert bool(traced.graph.notes) == (name in MIXING)


def test_a_rescaling_layer_replaces_the_input_scale():
    assert trace(CASES["rescaling"](), InputSpec(scale=99)).meaning.scale == 1


def test_an_adapted_normalization_is_exact_when_its_scale_is_common():
    norm = L.Normalization(axis=None)
    norm.adapt(np.random.default_rng(0).random((50, *IMAGE)))
    model = sequential(IMAGE, L.Conv2D(4, 3, padding="same"), fire())
    model = keras.Sequential([keras.Input(IMAGE), norm, *model.layers])
    traced = trace_steps(model, InputSpec())
    assert traced.graph.notes == ()
    assert check_against_keras(model, traced, frames(model, 100)).outside_bound == 0


def test_one_shared_threshold_layer_becomes_two_nodes():
    graph = trace(CASES["shared layer"]())
    assert sum(type(n).__name__ == "Threshold" for n in graph.nodes) == 2


def test_outputs_are_named_after_their_layers():
    names = [(o.name.split("_")[0], o.kind) for o in trace(CASES["several outputs"]()).outputs]
    assert names == [("spiking", "spikes"), ("logits", "accumulators")]


def _half_sharp():
    return sequential(ROW, L.Dense(4, name="d"), SpikingBReLU(sharpness=0.75, name="soft"))


def _two_inputs():
    a, b = keras.Input((3,), name="left"), keras.Input((3,), name="right")
    return keras.Model([a, b], fire()(L.Dense(2)(L.Concatenate()([a, b]))), name="twins")


def _nan():
    model = sequential(ROW, L.Dense(4, name="d"), fire())
    model.layers[0].bias.assign(np.full(4, np.nan, "float32"))
    return model


REFUSED = {
    "not sharp": (_half_sharp, r"layer 'soft' \(SpikingBReLU\) has sharpness 0.75; train on until it is exactly 1.0"),
    "relu": (
        lambda: sequential(ROW, L.Dense(4, activation="relu", name="d")),
        r"layer 'd' \(Dense\) has the activation 'relu', which is not binary; use SpikingBReLU",
    ),
    "relu layer": (
        lambda: sequential(ROW, L.Dense(4), L.ReLU(name="r")),
        r"layer 'r' \(ReLU\) is not supported; use SpikingBReLU",
    ),
    "layer norm": (
        lambda: sequential(ROW, L.LayerNormalization(name="ln"), L.Dense(4), fire()),
        r"layer 'ln' \(LayerNormalization\) is not supported; use BatchNormalization",
    ),
    "transposed conv": (
        lambda: sequential(IMAGE, L.Conv2DTranspose(2, 3, name="up"), fire()),
        r"layer 'up' \(Conv2DTranspose\) is not supported; use UpSampling2D followed by Conv2D",
    ),
    "bilinear": (
        lambda: sequential(IMAGE, L.UpSampling2D(2, interpolation="bilinear", name="up"), L.Conv2D(2, 2), fire()),
        r"layer 'up' \(UpSampling2D\) interpolates 'bilinear'; use interpolation='nearest'",
    ),
    "softmax inside": (
        lambda: sequential(ROW, L.Dense(4, activation="softmax", name="s"), L.Dense(2, name="d"), fire()),
        r"'s_softmax' \(softmax\) is read by 'd'",
    ),
    "decode of sums": (
        lambda: sequential(ROW, L.Dense(4), SoftmaxDecode(key(2, 4), name="dec")),
        r"layer 'dec' \(SoftmaxDecode\) does not read spikes",
    ),
    "two inputs": (_two_inputs, r"model 'twins' has 2 inputs \(left, right\); join them"),
    "open shape": (
        lambda: sequential((None, None, 3), L.Conv2D(2, 3), fire()),
        r"input shape \(None, None, 3\); give the model a fixed input shape",
    ),
    "NaN": (_nan, r"weight '.*d/bias' holds NaN or Inf"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_supported_is_refused_with_its_name_and_a_way_out(name):
    build, message = REFUSED[name]
    with pytest.raises(BadInput, match=message):
        trace(build())


def test_a_subclassed_model_is_refused():
    class Own(keras.Model):
        def call(self, x):
            return x

    with pytest.raises(BadInput, match=r"is not Sequential or functional; rebuild it"):
        trace(Own(name="own"))
