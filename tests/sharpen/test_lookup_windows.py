"""Tables that slide over a map answer as a table on each window would."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whetgen.sharpen import (
    LearnWiring,
    LookupTables,
    LookupTables2D,
    SimpleSharpener,
    SoftmaxDecode,
    SpikingBReLU,
    Wiring,
    finish,
    generate_key,
)

RNG = np.random.default_rng(0)
X = RNG.integers(0, 2, (300, 6, 6, 1)).astype(np.float32)
Y = np.zeros(300, np.int64)
X[::2, 1:4, 2:4, 0], Y[::2] = 1, 1  # a bar, in noise, somewhere
for n in range(0, 300, 2):
    X[n] = np.roll(X[n], RNG.integers(0, 3), axis=0)


@settings(max_examples=25, deadline=None)
@given(
    size=st.integers(1, 3),
    stride=st.integers(1, 3),
    padding=st.sampled_from(["valid", "same"]),
    shape=st.tuples(st.integers(3, 6), st.integers(3, 6), st.integers(2, 3)),
    seed=st.integers(0, 99),
)
def test_windows_are_those_of_a_convolution(size, stride, padding, shape, seed):
    rng = np.random.default_rng(seed)
    layer, flat = LookupTables2D(4, size, stride, padding, fan_in=2, seed=seed), LookupTables(4, 2, seed=seed)
    x = rng.integers(0, 2, (2, *shape)).astype(np.float32)
    out = keras.ops.convert_to_numpy(layer(x))
    inputs = size * size * shape[2]
    eye = np.eye(inputs, dtype=np.float32).reshape(size, size, shape[2], inputs)
    windows = keras.ops.convert_to_numpy(keras.ops.conv(x, eye, stride, padding))
    assert out.shape[1:] == layer.compute_output_shape((None, *shape))[1:] == (*windows.shape[1:3], 4)
    flat.build((None, inputs))
    flat.set_weights(layer.get_weights())
    assert np.array_equal(out.reshape(-1, 4), keras.ops.convert_to_numpy(flat(windows.reshape(-1, inputs))))


def test_settings_come_back_from_the_configuration(tmp_path):
    layer = LookupTables2D(3, 2, 2, "same", fan_in=4, seed=5, nearness=0.25, copying=True, name="windows")
    assert LookupTables2D.from_config(layer.get_config()).get_config() == layer.get_config()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LookupTables2D(4, 0), "size 0 and stride 1 must be at least 1, padding 'valid' valid or same"),
        (lambda: LookupTables2D(4, 3, padding="causal"), "size 3 and stride 1 must be at least 1, padding 'causal' valid or same"),
        (lambda: LookupTables2D(0, 3), "units 0 and fan_in 6 must be at least 1"),
        (lambda: LookupTables2D(4, 2).build((None, 5, 5, 1)), "a neuron cannot read 6 different inputs of 4"),
    ],
)  # fmt: skip
def test_settings_that_do_not_fit_are_refused(make, message):
    with pytest.raises(ValueError) as refused:
        make()
    assert str(refused.value) == message


@pytest.mark.slow
def test_windows_learn_what_they_read():
    keras.utils.set_random_seed(0)
    stack = [
        keras.Input((6, 6, 1)),
        LookupTables2D(8, 3, fan_in=3),
        SpikingBReLU(surrogate=1.0),
        keras.layers.Flatten(),
    ]
    stack += [LookupTables(16, 4, seed=1, copying=True), SpikingBReLU(surrogate=1.0)]
    model = keras.Sequential([*stack, SoftmaxDecode(generate_key(16, 2, seed=0), temperature=2.0)])
    model.compile(
        keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=True
    )
    first = keras.ops.convert_to_numpy(model.layers[0].wiring).copy()
    wiring = LearnWiring(X, Y, 8, Wiring(every=2, size=100, rate=0.1, felt=0.5))
    sharpener = SimpleSharpener(1, steps=1, stop_when_sharp=False)
    model.fit(X, Y, batch_size=30, epochs=10, callbacks=[sharpener, wiring], verbose=0)
    assert model.evaluate(X, Y, verbose=0)[1] > 0.95
    assert not np.array_equal(first, keras.ops.convert_to_numpy(model.layers[0].wiring))
    finished = finish(model)
    assert np.array_equal(finished.predict(X, verbose=0), model.predict(X, verbose=0))
