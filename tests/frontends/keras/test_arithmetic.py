"""Sums and products: constants as they are, tensors of different shapes as NumPy broadcasts them."""

import re
from fractions import Fraction

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers as L
from tests.frontends.keras.models import fire, fire_sigmoid, sequential, with_coarse_weights

from whetgen import BadInput, InputSpec, trace
from whetgen.reading import check_against_floats, load_model, trace_steps

MAP = (4, 3, 2)


def network(body, shape=MAP, head=True):
    """Sums of a Dense behind ``body``, on coarse weights."""
    x = keras.Input(shape, name="codes")
    y = body(L.Dense(shape[-1], name="first")(x))
    return with_coarse_weights(keras.Model(x, fire()(L.Dense(3, name="last")(y)) if head else y))


def assert_equals_keras(model):
    traced = trace_steps(model, InputSpec(scale=256))
    codes = np.random.default_rng(5).integers(0, 256, (30, *model.input_shape[1:]))
    ours = traced.graph.run(codes).astype(float)
    (head,) = traced.graph.outputs
    wanted = np.asarray(model((codes / 256).astype("float32")))
    assert np.array_equal((ours * float(head.scale) + float(head.offset)).reshape(wanted.shape), wanted)
    assert check_against_floats(model, traced).outside_bound == 0
    return traced


ROWS = np.array([0.5, -2.0], "float32")
OPERATIONS = {
    "x * c": lambda x: x * 0.5,
    "c * x": lambda x: 2 * x,
    "x / c": lambda x: x / 4,
    "ops.divide": lambda x: keras.ops.divide(x, -0.5),
    "-x": lambda x: -x,
    "x + c": lambda x: x + 0.25,
    "x - c": lambda x: x - 1,
    "c - x": lambda x: 1 - x,
    "an array": lambda x: x * ROWS,
    "an array of a map": lambda x: x + np.arange(24, dtype="float32").reshape(MAP) / 8,
    "an array with the axis of the batch": lambda x: x - np.full((1, 1, 3, 1), 0.5, "float32"),
    "a tensor": lambda x: keras.ops.convert_to_tensor(ROWS) + x,
    "a variable": lambda x: keras.ops.multiply(x, keras.Variable(ROWS)),
    "division by an array": lambda x: x / ROWS,
    "a factor of 0": lambda x: x * np.array([0.0, 1.0], "float32"),
    "a layer with a constant": lambda x: L.Multiply()([x, keras.ops.convert_to_tensor(ROWS)[None, None, None]]),
    "a sum with a constant": lambda x: L.Add()([x, keras.ops.ones((1, *MAP)) * 0.5, x]),
    "a mean with a constant": lambda x: L.Average()([x, keras.ops.ones((1, *MAP)) * 0.5]),
    "a longer constant": lambda x: L.Dense(1)(x) + ROWS,
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_arithmetic_with_constants_means_what_keras_computes(name, tmp_path):
    model = network(OPERATIONS[name])
    graph = assert_equals_keras(model).graph
    model.save(tmp_path / "net.keras")
    again = trace(load_model(tmp_path / "net.keras"), InputSpec(scale=256))
    codes = np.random.default_rng(1).integers(0, 256, (9, *MAP))
    assert np.array_equal(again.run(codes), graph.run(codes))


def test_a_number_means_its_decimals_and_an_array_its_bits():
    """As for a Rescaling layer: 0.1 is a tenth; the float32 of an array is what it is."""
    written = trace(network(lambda x: x * 0.1, head=False)).outputs[0].scale
    stored = trace(network(lambda x: x * np.array([0.1, 0.1], "float32"), head=False)).outputs[0].scale
    plain = trace(network(lambda x: x, head=False)).outputs[0].scale
    assert (written / plain, stored / plain) == (Fraction(1, 10), Fraction(float(np.float32(0.1))))


@pytest.mark.parametrize(
    "body", [lambda x: x / 255, lambda x: x * (1 / 255), lambda x: (x - 127.5) / 127.5, lambda x: L.Flatten()(x) / 255]
)
def test_a_product_with_a_constant_at_the_input_takes_the_codes_as_they_are(body):
    x = keras.Input(MAP)
    assert trace(keras.Model(x, fire()(L.Dense(2)(body(x))))).meaning.scale == 1


BROADCASTS = {
    "(1, 1, C)": lambda x: L.Add()([x, L.GlobalMaxPooling2D(keepdims=True)(x)]),
    "(1, 1, C) less": lambda x: L.Subtract()([L.GlobalMaxPooling2D(keepdims=True)(x), x]),
    "(C,) of a merging layer": lambda x: L.Add()([L.GlobalMaxPooling2D()(x), x]),
    "(H, W, 1)": lambda x: x - L.Dense(1)(x),
    "(H, 1, C)": lambda x: x + L.MaxPooling2D((1, 3))(x),
    "(1, W, C)": lambda x: L.Average()([x, L.MaxPooling2D((4, 1))(x)]),
    "(1, W, 1) and (H, 1, C)": lambda x: L.Dense(1)(L.MaxPooling2D((4, 1))(x)) + L.MaxPooling2D((1, 3))(x),
    "scale and offset of each element": lambda x: L.MaxPooling2D((1, 3))(x) * ROWS + L.Dense(1)(x),
}


@pytest.mark.parametrize("name", BROADCASTS)
def test_sums_of_different_shapes_are_broadcast(name):
    assert_equals_keras(network(BROADCASTS[name]))


def test_a_row_is_broadcast_as_a_map_is():
    assert_equals_keras(network(lambda x: x + L.Dense(1)(x), shape=(5,)))
    assert_equals_keras(network(lambda x: x + L.MaxPooling1D(6)(x), shape=(6, 2)))


@settings(max_examples=12)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=3, max_size=3))
def test_any_axes_of_size_one_are_broadcast(keeps):
    """``keeps``: for each axis whether the left and the right tensor have it whole."""
    x = keras.Input(MAP)
    left, right = (
        L.Cropping2D(tuple((0, 0 if keep else n - 1) for keep, n in zip(side, MAP[:2], strict=False)))(
            L.Dense(2 if side[2] else 1)(x)
        )
        for side in zip(*keeps, strict=True)
    )
    assert_equals_keras(with_coarse_weights(keras.Model(x, left - right)))


SPIKES = {
    "two": lambda x: L.Multiply()([fire()(x), fire_sigmoid()(x)]),
    "three": lambda x: L.Multiply()([fire()(x), fire_sigmoid()(x), fire()(-x)]),
    "moved and pooled": lambda x: fire()(x) * L.UpSampling2D((4, 3))(L.MaxPooling2D((4, 3))(fire_sigmoid()(x))),
    "of all channels": lambda x: fire()(x) * L.GlobalMaxPooling2D(keepdims=True)(fire_sigmoid()(x)),
    "and a factor": lambda x: L.Multiply()([fire()(x), fire_sigmoid()(x), keras.ops.ones((1, *MAP)) * 0.5]),
}


@pytest.mark.parametrize("name", SPIKES)
def test_a_product_of_spikes_is_a_neuron_that_needs_all(name):
    assert_equals_keras(network(SPIKES[name]))


REFUSED = {
    "of two sums": (lambda x: L.Multiply(name="m")([x, x]), "layer 'm' (Multiply) multiplies tensors of which one is no "
                    "spikes; use Add or Concatenate followed by a sharpened layer, or multiply spikes with spikes"),
    "of spikes and sums": (lambda x: L.Multiply(name="m")([x, fire()(x)]), "layer 'm' (Multiply) multiplies tensors of "
                           "which one is no spikes; use Add or Concatenate followed by a sharpened layer, or multiply spikes with spikes"),
    "by a tensor": (lambda x: keras.ops.divide(x, x), "layer 'divide' (Divide) divides by a tensor; divide by a constant"),
    "into a constant": (lambda x: 1 / x, "layer 'true_divide' (TrueDivide) divides by a tensor; divide by a constant"),
    "by 0": (lambda x: x / np.array([0.0, 1.0]), "layer 'true_divide' (TrueDivide) divides by 0; give another constant"),
    "NaN": (lambda x: x + float("nan"), "layer 'add' (Add) has a constant that is NaN or Inf; give a number"),
    "of other rank": (lambda x: keras.ops.add(x, L.Dense(2)(L.Flatten()(x))),
                      "layer 'add' (Add) joins tensors of 1 and 3 axes; reshape one of them first"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_affine_is_refused_with_its_name_and_a_way_out(name):
    body, message = REFUSED[name]
    keras.backend.clear_session()
    with pytest.raises(BadInput, match=f"^{re.escape(message)}$"):
        trace(network(body))


def test_an_epsilon_without_end_is_refused():
    """Keras makes it of a text with many digits."""
    model = sequential((3,), L.BatchNormalization(epsilon=float("9" * 400), name="n"))
    with pytest.raises(BadInput) as refused:
        trace(model)
    assert (
        str(refused.value) == "layer 'n' (BatchNormalization) has an epsilon that is NaN or Inf; train the model again"
    )
