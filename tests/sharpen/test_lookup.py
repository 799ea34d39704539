"""Lookup tables answer with the entry of their inputs' pattern, and learn which inputs to read."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whetgen.sharpen import (
    Checkpoint,
    LearnWiring,
    LookupTables,
    SimpleSharpener,
    SoftmaxDecode,
    SpikingBReLU,
    finish,
    generate_key,
    resume,
)
from whetgen.sharpen.wiring import finite_differences

RNG = np.random.default_rng(0)
X = RNG.integers(0, 2, (600, 12)).astype(np.float32)
Y = (2 * X[:, 4] + X[:, 9]).astype(np.int64)


def values(variable) -> np.ndarray:
    return np.array(keras.ops.convert_to_numpy(variable))


def network(surrogate: float = 1.0) -> keras.Model:
    keras.utils.set_random_seed(0)
    decode = SoftmaxDecode(generate_key(24, 4, seed=0), temperature=4.0)
    stack = [keras.Input((12,)), LookupTables(24, 3, seed=1), SpikingBReLU(surrogate=surrogate), decode]
    model = keras.Sequential(stack)
    model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@settings(max_examples=30)
@given(units=st.integers(1, 5), fan_in=st.integers(1, 6), seed=st.integers(0, 999))
def test_entry_is_that_of_the_wired_inputs_pattern(units, fan_in, seed):
    layer = LookupTables(units, fan_in, seed=seed)
    x = np.random.default_rng(seed).integers(0, 2, (4, 7)).astype(np.float32)
    out = values(layer(x))
    wiring, tables = values(layer.wiring), values(layer.tables)
    for row, unit in np.ndindex(4, units):
        pattern = sum(int(x[row, read]) << place for place, read in enumerate(wiring[:, unit]))
        assert out[row, unit] == tables[unit, pattern]
    assert all(len(set(column)) == fan_in for column in wiring.T.tolist())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LookupTables(0), "^units 0 and fan_in 6 must be at least 1$"),
        (lambda: LookupTables(4).build((None, 5)), "^a neuron cannot read 6 different inputs of 5$"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_entries_stay_within_0_and_1():
    model = network()
    model.fit(X, Y, batch_size=30, epochs=3, verbose=0)
    tables = values(model.layers[0].tables)
    assert tables.min() >= 0.0 and tables.max() <= 1.0 and {0.0, 1.0} <= set(tables.reshape(-1).tolist())


def test_slope_without_neighbours_is_the_difference_of_two_entries():
    table = RNG.random(16)
    slopes = finite_differences(4, 0.0) @ table
    for place, pattern in np.ndindex(4, 16):
        difference = table[pattern | 1 << place] - table[pattern & ~(1 << place)]
        assert slopes[place, pattern] == pytest.approx(difference, abs=1e-6)


def test_entries_count_less_for_each_bit_that_differs():
    weights = finite_differences(3, 0.5)
    assert weights[0, 0b000].tolist() == [-1, 1, -0.5, 0.5, -0.5, 0.5, -0.25, 0.25]


def test_wiring_finds_the_inputs_that_matter_and_the_network_solves_the_task():
    model = network()
    wiring = LearnWiring(X, Y, 12, every=5, size=200)
    model.fit(
        X,
        Y,
        batch_size=30,
        epochs=15,
        callbacks=[SimpleSharpener(2, steps=1, stop_when_sharp=False), wiring],
        verbose=0,
    )
    found = values(model.layers[0].wiring)
    assert np.isin(found, [4, 9]).any(axis=0).mean() > 0.9, "random wiring: 0.45"
    assert model.evaluate(X, Y, verbose=0)[1] == 1.0


def test_wiring_rests_after_its_last_epoch():
    model = network()
    model.fit(X, Y, epochs=1, callbacks=[LearnWiring(X, Y, 0)], verbose=0)
    first = values(model.layers[0].wiring)
    model.fit(X, Y, epochs=1, callbacks=[LearnWiring(X, Y, 0, every=1)], verbose=0)
    assert np.array_equal(values(model.layers[0].wiring), first)


def test_inputs_that_never_change_are_not_read():
    x = X.copy()
    x[:, :3], x[:, 3] = 0.0, 1.0
    model = network()
    model.fit(x, Y, epochs=2, callbacks=[LearnWiring(x, Y, 2, every=2)], verbose=0)
    assert values(model.layers[0].wiring).min() == 4


def test_finished_tables_are_bits_and_the_network_decides_the_same(tmp_path):
    model = network()
    model.fit(X, Y, epochs=2, callbacks=[SimpleSharpener(0, steps=1)], verbose=0)
    finished = finish(model)
    assert set(values(finished.layers[0].tables).reshape(-1).tolist()) == {0.0, 1.0}
    assert np.array_equal(finished.predict(X, verbose=0), model.predict(X, verbose=0))
    finished.save(tmp_path / "m.keras")
    loaded = keras.models.load_model(tmp_path / "m.keras", safe_mode=True)
    assert np.array_equal(loaded.predict(X, verbose=0), model.predict(X, verbose=0))


def test_resumed_wiring_ends_like_an_uninterrupted_one(tmp_path):
    path = tmp_path / "state.npz"

    def train(epochs: int, goes_on: bool = False) -> keras.Model:
        model, callbacks = network(), [LearnWiring(X, Y, 4, every=3, size=100)]
        start = resume(path, model, callbacks).epochs if goes_on else 0
        kept = [*callbacks, Checkpoint(path, callbacks)]
        model.fit(X, Y, epochs=epochs, initial_epoch=start, callbacks=kept, shuffle=False, verbose=0)
        return model

    whole = [values(v).tobytes() for v in train(4).variables]
    train(2)
    assert [values(v).tobytes() for v in train(4, goes_on=True).variables] == whole
