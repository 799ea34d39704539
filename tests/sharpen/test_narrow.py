"""Kernels end on a grid of few-bit integers, exactly, and the optimizer's changes are not lost on the way."""

import math
from fractions import Fraction

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whetgen.sharpen import NarrowWeights
from whetgen.sharpen.narrow import grid_numbers, grid_steps

KINDS = {
    "dense": ((5,), lambda: keras.layers.Dense(4)),
    "conv1d": ((6, 2), lambda: keras.layers.Conv1D(4, 3)),
    "conv2d": ((6, 6, 2), lambda: keras.layers.Conv2D(4, 3)),
    "grouped": ((6, 6, 4), lambda: keras.layers.Conv2D(4, 3, groups=2)),
    "depthwise": ((6, 6, 2), lambda: keras.layers.DepthwiseConv2D(3, depth_multiplier=2)),
}


def fit(model: keras.Model, bits: int, epochs: int = 2, optimizer="adam", start_epoch: int = 0) -> keras.Model:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(12, *model.input_shape[1:]))
    y = rng.normal(size=(12, *model.output_shape[1:]))
    model.compile(optimizer, "mse")
    model.fit(x, y, batch_size=4, epochs=epochs, callbacks=[NarrowWeights(bits, start_epoch)], verbose=0)
    return model


def channels(layer) -> np.ndarray:
    """One row of weights for each output channel."""
    kernel = np.asarray(keras.ops.convert_to_numpy(layer.kernel))
    depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
    return kernel.reshape(-1, kernel.shape[-1] * (kernel.shape[-2] if depthwise else 1)).T


def widest(weights: np.ndarray) -> int:
    """The largest integer of a channel in lowest terms, in exact arithmetic."""
    exact = [Fraction(float(w)) for w in weights if w]
    scale = max(x.denominator for x in exact)
    numbers = [int(x * scale) for x in exact]
    return max(map(abs, numbers)) // math.gcd(*numbers)


@pytest.mark.parametrize("bits", [2, 4, 8])
@pytest.mark.parametrize("kind", KINDS)
def test_trained_kernels_are_integers_of_that_many_bits(kind, bits):
    shape, layer = KINDS[kind]
    model = fit(keras.Sequential([keras.Input(shape), layer()]), bits)
    assert all(widest(row) < 2 ** (bits - 1) for row in channels(model.layers[-1]) if row.any())


def test_layer_in_a_nested_model_is_narrow_too():
    keras.utils.set_random_seed(0)  # with it, one channel keeps a single weight, and a negative one
    inner = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3)])
    model = fit(keras.Sequential([keras.Input((5,)), inner, keras.layers.Dense(2)]), bits=2)
    assert all(widest(row) == 1 for layer in (inner.layers[0], model.layers[-1]) for row in channels(layer))


@given(
    st.lists(st.floats(-(2.0**40), 2.0**40, width=32, allow_subnormal=False), min_size=1, max_size=20),
    st.integers(2, 16),
)
def test_products_of_number_and_step_are_exact(values, bits):
    kernel = np.array(values, np.float32)[:, None]
    step = grid_steps(kernel, bits)
    numbers = grid_numbers(kernel, step, bits)
    product = numbers * step
    assert np.abs(numbers).max() <= 2 ** (bits - 1) - 1
    for number, weight in zip(numbers[:, 0], product[:, 0], strict=True):
        assert Fraction(float(weight)) == int(number) * Fraction(float(step[0]))


def test_weights_on_a_grid_stay_where_they_are():
    kernel = np.array([[-7, 3], [7, 0], [2, -7]], np.float32) * np.array([0.5, 0.375], np.float32)
    step = grid_steps(kernel, 4)
    assert np.array_equal(grid_numbers(kernel, step, 4) * step, kernel)


def test_changes_smaller_than_a_step_add_up():
    """Straight-through: a weight moves once the latent one has crossed half a step."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    model.layers[-1].kernel.assign([[1.0], [0.0]])
    model.compile(keras.optimizers.SGD(0.1), loss=lambda _, y: -keras.ops.mean(y))
    narrow = NarrowWeights(bits=2)
    model.fit(np.array([[0.0, 1.0]] * 8), np.zeros(8), batch_size=1, callbacks=[narrow], verbose=0)
    assert model.layers[-1].kernel.numpy().tolist() == [[1.0], [1.0]]


def test_nothing_happens_before_the_start_epoch():
    model = fit(keras.Sequential([keras.Input((50,)), keras.layers.Dense(1)]), bits=2, start_epoch=2)
    assert widest(channels(model.layers[-1])[0]) > 1000


@pytest.mark.parametrize("bits", [1, 17])
def test_impossible_width_is_refused(bits):
    with pytest.raises(ValueError, match=f"^weights can have 2 to 16 bits, not {bits}$"):
        NarrowWeights(bits)


def test_bits_may_differ_by_layer():
    layers = [keras.Input((5,)), keras.layers.Dense(4, name="wide"), keras.layers.Dense(3, name="ternary")]
    model = fit(keras.Sequential(layers), {"wide": 5, "ternary": 2})
    for name, most in (("wide", 15), ("ternary", 1)):
        for channel in keras.ops.convert_to_numpy(model.get_layer(name).kernel).T:
            exact = [Fraction(float(w)) for w in channel if w]
            step = Fraction(math.gcd(*(int(x * 2**40) for x in exact)), 2**40)
            assert max(abs(x / step) for x in exact) <= most


def test_a_layer_without_bits_is_named():
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(4, name="first")])
    with pytest.raises(ValueError, match="^layer 'first' has no weight bits; there are those of other$"):
        fit(model, {"other": 3})
