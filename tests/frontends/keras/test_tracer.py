"""Every supported layer means in the integer graph what Keras computes."""

import re
from fractions import Fraction

import keras
import numpy as np
import pytest
from keras import layers as L
from tests.frontends.keras.models import (
    CASES,
    IMAGE,
    ROW,
    SIGNAL,
    fire,
    fire_sigmoid,
    key,
    sequential,
    with_coarse_weights,
)

from whetgen import BadInput, InputSpec, trace
from whetgen.reading import check_against_floats, trace_steps
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
        if head.classifier and ("softmax" in name or "decode" in name):
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
    check = check_against_floats(model, traced, frames(model, 200))
    assert check.outside_bound == 0
    assert check.spikes_compared > 0
    assert check.spikes_rounded <= 0.01 * check.spikes_compared
    assert bool(traced.graph.notes) == (name in MIXING)


@pytest.mark.parametrize(
    ("scale", "layer"),
    [
        (L.Rescaling(2.0, -1.0, name="r"), "layer 'r' (Rescaling)"),
        (lambda x: x * 0.5, r"layer 'multiply\w*' (Multiply)"),
    ],
)
def test_what_scales_the_codes_replaces_the_input_scale_and_is_named(scale, layer):
    x = keras.Input(ROW)
    model = keras.Model(x, fire()(L.Dense(3)(scale(x))))
    told = (
        f"--input-scale 99 is not used: {layer} takes the codes as they are; "
        "where they are divided in front of the model, put both factors into that layer"
    )
    assert trace_steps(model, InputSpec()).warnings == ()
    traced = trace_steps(model, InputSpec(scale=99))
    assert traced.graph.meaning.scale == 1
    assert re.fullmatch(told.replace("(", r"\(").replace(")", r"\)"), *traced.warnings)


def test_an_adapted_normalization_is_exact_when_its_scale_is_common():
    norm = L.Normalization(axis=None)
    norm.adapt(np.random.default_rng(0).random((50, *IMAGE)))
    model = sequential(IMAGE, L.Conv2D(4, 3, padding="same"), fire())
    model = keras.Sequential([keras.Input(IMAGE), norm, *model.layers])
    traced = trace_steps(model, InputSpec())
    assert traced.graph.notes == ()
    assert check_against_floats(model, traced, frames(model, 100)).outside_bound == 0


IN_FRONT = {
    "flatten": lambda: [L.Flatten()],
    "reshape": lambda: [L.Reshape((7, 8, 3))],
    "noise": lambda: [L.GaussianNoise(0.1)],
    "cropping and dropout": lambda: [L.Cropping2D(1), L.Dropout(0.5)],
    "a nested model of noise": lambda: [keras.Sequential([keras.Input(IMAGE), L.GaussianNoise(0.1)])],
}


@pytest.mark.parametrize("name", IN_FRONT)
def test_a_rescaling_layer_behind_what_only_moves_replaces_the_input_scale(name):
    model = sequential(IMAGE, *IN_FRONT[name](), L.Rescaling(1 / 255), L.Dense(4), fire())
    assert trace(model, InputSpec(scale=99)).meaning.scale == 1


def test_a_rescaling_layer_behind_sums_leaves_the_input_scale():
    assert trace(sequential(ROW, L.Dense(4), L.Rescaling(0.5), fire()), InputSpec(scale=99)).meaning.scale == Fraction(
        1, 99
    )


def test_a_nested_model_with_open_axes_takes_the_shapes_around_it():
    inner = keras.Sequential([keras.Input((None, None, 2)), L.Conv2D(3, 3), fire(), L.MaxPooling2D(2)])
    model = sequential((8, 6, 2), inner, L.Flatten(), L.Dense(3), fire())
    codes = frames(model)
    theirs = np.asarray(model((codes / 256).astype("float32"), training=False))
    assert np.array_equal(trace(model, InputSpec(scale=256)).run(codes), theirs)
    assert check_against_floats(model, trace_steps(model, InputSpec(scale=256))).outside_bound == 0


class Doubled(L.Dense):
    def call(self, x):
        return 2 * super().call(x)


class Centred(L.Conv2D):
    def convolution_op(self, inputs, kernel):
        return super().convolution_op(inputs, kernel - keras.ops.mean(kernel))


class Wide(L.Dense):
    def __init__(self, **options):
        super().__init__(12, **options)

    def build(self, shape):
        super().build(shape)

    def compute_output_shape(self, shape):
        return super().compute_output_shape(shape)


def Dense(*arguments, **options):
    """A layer class of the user's that has the name of Keras' own."""
    kind = type("Dense", (L.Layer,), {"call": lambda self, x: keras.ops.abs(x), "__module__": "mine"})
    return kind(**options)


def linear(x):
    return 3 * x


def test_a_subclass_that_computes_as_its_base_is_taken_for_it():
    graph = trace(sequential(ROW, Wide(), fire()))
    assert graph.shapes[graph.outputs[0].source] == (12,)


def test_one_shared_threshold_layer_becomes_two_nodes():
    graph = trace(CASES["shared layer"]())
    assert sum(type(n).__name__ == "Threshold" for n in graph.nodes) == 2


def test_outputs_are_named_after_their_layers():
    names = [(o.name.split("_")[0], o.kind) for o in trace(CASES["several outputs"]()).outputs]
    assert names == [("spiking", "spikes"), ("logits", "accumulators")]


TELLS = {
    "softmax": (lambda: [L.Dense(3, activation="softmax")], "accumulators", True),
    "decoded": (lambda: [L.Dense(6), fire(), SoftmaxDecode(key(3, 6))], "scores", True),
    "linear": (lambda: [L.Dense(3)], "accumulators", True),
    "linear, normed": (lambda: [L.Dense(3), L.BatchNormalization(), L.Dropout(0.1)], "accumulators", True),
    "linear, reshaped": (lambda: [L.Dense(4), L.Reshape((2, 2)), L.Flatten()], "accumulators", True),
    "class maps": (lambda: [L.Reshape((2, 3, 2)), L.Conv2D(3, 1), L.GlobalAveragePooling2D()], "accumulators", True),
    "one sigmoid": (lambda: [L.Dense(1, activation="sigmoid")], "accumulators", True),
    "one spike": (lambda: [L.Dense(1), fire_sigmoid()], "spikes", True),
    "one spike, moved": (lambda: [L.Dense(1), fire(), L.Reshape((1, 1)), L.Flatten()], "spikes", True),
    "one number": (lambda: [L.Dense(1)], "accumulators", False),
    "one softmax": (lambda: [L.Dense(1, activation="softmax")], "accumulators", False),
    "sigmoids": (lambda: [L.Dense(3, activation="sigmoid")], "accumulators", False),
    "spikes": (lambda: [L.Dense(3), fire()], "spikes", False),
    "a map": (lambda: [L.Reshape((2, 3, 2)), L.Conv2D(3, 1)], "accumulators", False),
    "a flat map": (lambda: [L.Reshape((2, 3, 2)), L.Conv2D(3, 1), L.Flatten()], "accumulators", False),
}


@pytest.mark.filterwarnings("ignore:You are using a softmax over axis")
@pytest.mark.parametrize("name", TELLS)
def test_which_outputs_tell_a_class(name):
    last, kind, tells = TELLS[name]
    (head,) = trace(sequential(ROW, L.Dense(12), fire(), *last())).outputs
    assert (head.kind, head.classifier) == (kind, tells)


def _half_sharp():
    return sequential(ROW, L.Dense(4, name="d"), SpikingBReLU(sharpness=0.75, name="soft"))


def _two_inputs():
    a, b = keras.Input((3,), name="left"), keras.Input((3,), name="right")
    return keras.Model([a, b], fire()(L.Dense(2)(L.Concatenate()([a, b]))), name="twins")


def _nan():
    model = sequential(ROW, L.Dense(4, name="d"), fire())
    model.layers[0].bias.assign(np.full(4, np.nan, "float32"))
    return model


def _quantised():
    model = sequential(ROW, L.Dense(4, name="d"), fire())
    model.layers[0].quantize("int8")
    return model


def _functional(body):
    x = keras.Input(SIGNAL)
    return keras.Model(x, fire()(L.Dense(3)(body(x))))


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
    "own call": (
        lambda: sequential(ROW, Doubled(4, name="d"), fire()),
        r"layer 'd' \(Doubled\) computes something else than Dense; use Dense itself",
    ),
    "own convolution": (
        lambda: sequential(IMAGE, Centred(4, 3, name="c"), fire()),
        r"layer 'c' \(Centred\) computes something else than Conv2D; use Conv2D itself",
    ),
    "own layer of a known name": (
        lambda: sequential(ROW, Dense(name="mine"), fire()),
        r"layer 'mine' \(Dense\) is not supported; docs/reference/layers-and-operators.md lists the layers that are",
    ),
    "own activation of a known name": (
        lambda: sequential(ROW, L.Dense(4, activation=linear, name="d"), fire()),
        r"layer 'd' \(Dense\) has an activation of its own, 'linear'; use SpikingBReLU or SpikingSigmoid",
    ),
    "quantised": (
        _quantised,
        r"layer 'd' \(Dense\) is quantised \('int8'\); save the model before quantize\(\), and narrow with --weight-bits",
    ),
    "flatten, channels first": (
        lambda: sequential(IMAGE, L.Flatten(data_format="channels_first", name="f"), L.Dense(2), fire()),
        r"layer 'f' \(Flatten\) has data_format 'channels_first'; use 'channels_last'",
    ),
    "concatenate frames": (
        lambda: _functional(lambda x: keras.ops.concatenate([x, x], axis=0)),
        r"layer 'concatenate.*' \(Concatenate\) joins frames \(axis 0\); join along another axis",
    ),
    "average along an axis": (
        lambda: _functional(lambda x: keras.ops.average(x, axis=1)),
        r"\(Average\) averages along an axis; use AveragePooling or GlobalAveragePooling",
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


@pytest.mark.parametrize(
    "body",
    [
        lambda x: x**2.0,
        lambda x: keras.ops.mean(x, axis=1),
        lambda x: keras.ops.sigmoid(x),
        lambda x: x[:, 1:],
        L.TimeDistributed(L.Dense(2)),
        L.Masking(),
        L.LSTM(3),
        L.RandomTranslation(0.1, 0.1),
    ],
)
def test_a_common_refusal_says_in_one_short_line_what_to_use_instead(body):
    with pytest.raises(BadInput, match=r"is not supported; (use|put|give|augment) .*") as error:
        trace(_functional(body))
    assert len(str(error.value)) < 160


def test_layer_that_keras_saves_but_cannot_run_is_named():
    model = sequential(IMAGE, L.DepthwiseConv2D(3, strides=(2, 1), name="d"), fire())
    traced = trace_steps(model, InputSpec())
    message = (
        r"^layer 'd' \(DepthwiseConv2D\) does not run in Keras \(Current implementation only supports equal length strides "
        r"in the row and column dimensions\); change its settings and train the model again$"
    )
    with pytest.raises(BadInput, match=message):
        check_against_floats(model, traced)


def test_a_subclassed_model_is_refused():
    class Own(keras.Model):
        def call(self, x):
            return x

    with pytest.raises(BadInput, match=r"is not Sequential or functional; rebuild it"):
        trace(Own(name="own"))
