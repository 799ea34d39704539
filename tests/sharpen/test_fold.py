"""Folding a batch norm changes no value beyond rounding, and only where it may."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from whetgen.sharpen import SpikingBReLU, fold_batch_norm

KINDS = {
    "dense": ((5,), lambda **o: layers.Dense(4, **o)),
    "conv1d": ((6, 2), lambda **o: layers.Conv1D(4, 3, **o)),
    "conv2d": ((6, 6, 4), lambda **o: layers.Conv2D(4, 3, groups=2, **o)),
    "depthwise": ((6, 6, 2), lambda **o: layers.DepthwiseConv2D(3, depth_multiplier=2, **o)),
    "separable": ((6, 6, 2), lambda **o: layers.SeparableConv2D(4, 3, **o)),
    "transposed": ((4, 4, 2), lambda **o: layers.Conv2DTranspose(3, 2, **o)),
}


def stirred(model: keras.Model, seed: int = 0) -> keras.Model:
    """The model with random weights everywhere, variances above 0."""
    rng = np.random.default_rng(seed)
    for variable in (v for v in model.weights if v.name != "sharpness"):
        value = rng.normal(size=variable.shape)
        variable.assign(np.abs(value) + 0.1 if variable.name == "moving_variance" else value)
    return model


def same(model: keras.Model, folded: keras.Model) -> None:
    x = np.random.default_rng(1).normal(size=(7, *model.input_shape[1:])).astype(np.float32)
    before, after = model.predict(x, verbose=0), folded.predict(x, verbose=0)
    np.testing.assert_allclose(after, before, rtol=1e-4, atol=1e-4 * np.abs(before).max())


def norms(model: keras.Model) -> int:
    return sum(isinstance(layer, layers.BatchNormalization) for layer in model.layers)


@settings(max_examples=15)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    epsilon=st.floats(1e-9, 10),
    use_bias=st.booleans(),
    scale=st.booleans(),
    center=st.booleans(),
    functional=st.booleans(),
    seed=st.integers(0, 999),
)
def test_values_stay_for_every_epsilon_bias_scale_and_center(kind, epsilon, use_bias, scale, center, functional, seed):
    shape, layer = KINDS[kind]
    stack = [layer(use_bias=use_bias), layers.BatchNormalization(epsilon=epsilon, scale=scale, center=center)]
    model = keras.Sequential([keras.Input(shape), *stack, layers.Flatten(), layers.Dense(2)])
    if functional:
        model = keras.Model(model.inputs, model.outputs)
    stirred(model, seed)
    folded = fold_batch_norm(model)
    assert norms(model) == 1 and norms(folded) == 0, "the model itself is left alone"
    same(model, folded)


def test_spikes_stay_and_so_do_names():
    model = keras.Sequential(
        [keras.Input((6,)), layers.Dense(8, name="a"), layers.BatchNormalization(), SpikingBReLU(1.0, name="s")]
    )
    folded = fold_batch_norm(stirred(model))
    model.layers[-1].sharpness = folded.layers[-1].sharpness = 1.0
    assert [layer.name for layer in folded.layers] == ["a", "s"]
    same(model, folded)


def test_branches_and_nested_models():
    x = keras.Input((6, 6, 2))
    inner = keras.Sequential([keras.Input((6, 6, 2)), layers.Conv2D(3, 1), layers.BatchNormalization()], name="inner")
    a = layers.BatchNormalization()(layers.Conv2D(3, 3, padding="same", use_bias=False)(x))
    model = stirred(keras.Model(x, layers.Add()([a, inner(x)])))
    folded = fold_batch_norm(model)
    assert norms(folded) == 0 and norms(folded.get_layer("inner")) == 0
    same(model, folded)


def read_twice():
    x = keras.Input((5,))
    y = layers.Dense(5)(x)
    return keras.Model(x, layers.Add()([layers.BatchNormalization()(y), y]))


def shared_norm():
    x, norm = keras.Input((5,)), layers.BatchNormalization()
    return keras.Model(x, layers.Add()([norm(layers.Dense(5)(x)), norm(layers.Dense(5)(x))]))


def shared_layer():
    x, dense = keras.Input((5,)), layers.Dense(5)
    return keras.Model(x, layers.BatchNormalization()(dense(dense(x))))


@pytest.mark.parametrize(
    "model",
    [
        read_twice,
        shared_norm,
        shared_layer,
        lambda: keras.Sequential([keras.Input((5,)), layers.Dense(4, "tanh"), layers.BatchNormalization()]),
        lambda: keras.Sequential([keras.Input((5,)), layers.BatchNormalization(), layers.Dense(4)]),
        lambda: keras.Sequential([keras.Input((5, 5, 1)), layers.Conv2D(5, 1), layers.BatchNormalization(axis=1)]),
    ],
    ids=["sum read twice", "shared norm", "shared layer", "activation between", "norm in front", "another axis"],
)
def test_norm_that_cannot_be_folded_stays(model):
    model = stirred(model())
    folded = fold_batch_norm(model)
    assert norms(folded) == norms(model) == 1
    same(model, folded)


def test_model_of_another_kind_is_refused():
    class Own(keras.Model):
        def call(self, x):
            return x

    with pytest.raises(ValueError, match=r"^model 'own' is neither Sequential nor functional$"):
        fold_batch_norm(Own(name="own"))
    with pytest.raises(ValueError, match=r"^model 'open' has no weights yet; give it an input shape$"):
        fold_batch_norm(keras.Sequential([layers.Dense(2)], name="open"))
