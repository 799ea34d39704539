"""Voting tables that the loss does not miss become constants of their class; what is constant or unread is trimmed."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import whetgen
from whetgen.sharpen import (
    Checkpoint,
    LookupTables,
    PruneTables,
    SoftmaxDecode,
    SpikingBReLU,
    Thermometer,
    finish,
    generate_key,
    resume,
    trim,
)
from whetgen.sharpen.prune_tables import constants, losses_without

RNG = np.random.default_rng(0)
X = RNG.integers(0, 2, (200, 8)).astype(np.float32)
Y = np.eye(3, dtype=np.float32)[(X[:, 0] + X[:, 1]).astype(int)]
ALL = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)


def network(hidden: int = 0, seed: int = 0, fan_in: int = 3) -> keras.Model:
    keras.utils.set_random_seed(seed)
    stack: list = [keras.Input((8,)), Thermometer([0.5])]
    for number, width in enumerate((hidden, 24) if hidden else (24,)):
        stack += [LookupTables(width, fan_in, seed=seed + number), SpikingBReLU(1.0, surrogate=1.0)]
    model = keras.Sequential([*stack, SoftmaxDecode(generate_key(24, 3, seed=seed), temperature=4.0)])
    model.compile(keras.optimizers.Adam(0.02), "categorical_crossentropy")
    return model


def constant(model: keras.Model) -> int:
    return int(np.isin(model.layers[-3].bits().mean(axis=1), (0.0, 1.0)).sum())


def pruned(left: int = 10) -> keras.Model:
    model = network()
    model.fit(X, Y, epochs=4, callbacks=[PruneTables(X, Y, left, 1, 3)], shuffle=False, verbose=0)
    return model


def test_as_many_tables_are_left_as_asked_and_the_loss_hardly_minds():
    whole, model = network(), pruned()
    whole.fit(X, Y, epochs=4, shuffle=False, verbose=0)
    assert constant(model) == 14 and constant(whole) == 0
    assert model.evaluate(X, Y, verbose=0) < 1.5 * whole.evaluate(X, Y, verbose=0)


def test_a_table_is_missed_as_much_as_the_loss_grows_without_it():
    model = network()
    key, decode = model.layers[-1].key, model.layers[-1]
    votes = keras.Model(model.inputs, model.layers[-2].output).predict(X, verbose=0)
    missed = losses_without(votes, Y, key, decode.temperature)
    loss = keras.losses.CategoricalCrossentropy()
    for table in (0, 7, 23):
        without = votes.copy()
        without[:, table] = votes[:, table].mean()
        grown = float(loss(Y, decode(without))) - float(loss(Y, decode(votes)))
        assert missed[table] == pytest.approx(grown, abs=1e-5)


def test_a_class_keeps_the_sum_of_its_means():
    key = np.array([[1, 1, 1, 0, 0], [0, 0, 0, 1, 1]])
    bits = constants(np.array([0.4, 0.7, 0.5, np.nan, 0.4]), key)
    assert bits[:3].tolist() == [0.0, 1.0, 1.0] and np.isnan(bits[3]) and bits[4] == 0.0


def test_resumed_pruning_ends_like_an_uninterrupted_one(tmp_path):
    path = tmp_path / "state.npz"

    def train(epochs: int, goes_on: bool = False) -> list[bytes]:
        model, callbacks = network(), [PruneTables(X, Y, 10, 0, 2)]
        start = resume(path, model, callbacks).epochs if goes_on else 0
        kept = [*callbacks, Checkpoint(path, callbacks)]
        model.fit(X, Y, epochs=epochs, initial_epoch=start, callbacks=kept, shuffle=False, verbose=0)
        return [np.asarray(weight).tobytes() for weight in model.get_weights()]

    whole = train(4)
    train(2)
    assert train(4, goes_on=True) == whole


@pytest.mark.parametrize(
    ("left", "epochs", "message"),
    [
        (
            0,
            (1, 2),
            "at least 1 table stays and pruning stops after it starts, not left 0, start_epoch 1, stop_epoch 2",
        ),
        (
            5,
            (2, 2),
            "at least 1 table stays and pruning stops after it starts, not left 5, start_epoch 2, stop_epoch 2",
        ),
    ],
)
def test_settings_that_do_not_fit_are_refused(left, epochs, message):
    with pytest.raises(ValueError) as refused:
        PruneTables(X, Y, left, *epochs)
    assert str(refused.value) == message


def test_a_model_without_voting_tables_is_refused():
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(3)], name="plain")
    model.compile("adam", "mse")
    with pytest.raises(ValueError) as refused:
        model.fit(X, Y, callbacks=[PruneTables(X, Y, 5, 0, 1)], verbose=0)
    assert str(refused.value) == "plain does not end in LookupTables, spikes and SoftmaxDecode: no tables to prune"


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 999), hidden=st.sampled_from([0, 4, 20]), share=st.sampled_from([0.0, 0.3, 0.9]))
def test_trimmed_networks_decide_exactly_the_same(seed, hidden, share):
    """Whatever is constant, ignored or unread."""
    rng = np.random.default_rng(seed)
    model = network(hidden, seed)
    for layer in model.layers:
        if isinstance(layer, LookupTables):
            bits = rng.integers(0, 2, layer.tables.shape)
            bits = np.where(rng.random((layer.units, 1)) < share, bits[:, :1], bits)
            bits = np.where(rng.random((layer.units, 1)) < share, bits[:, np.arange(8) & 5], bits)
            layer.tables.assign(bits.astype(np.float32))
    model = finish(model)
    smaller = trim(model)
    before, after = (whetgen.trace(m, whetgen.InputSpec(type="bit", scale=1)) for m in (model, smaller))
    assert np.array_equal(before.run(ALL), after.run(ALL))
    first, *_ = [layer for layer in smaller.layers if isinstance(layer, LookupTables)]
    assert first.units <= (hidden or 24)


def test_trimming_leaves_no_constant_and_nothing_unread(tmp_path):
    model = network(hidden=40)
    for layer in (model.layers[1], model.layers[3]):
        layer.tables.assign(np.where(np.arange(layer.units)[:, None] % 2, 1.0, RNG.integers(0, 2, layer.tables.shape)))
    smaller = trim(finish(model))
    hidden, voters = smaller.layers[1], smaller.layers[3]
    assert hidden.units <= 20 and voters.units <= 12
    assert set(np.unique(voters.wiring)) == set(range(hidden.units))
    assert not {0.0, 1.0} & set(voters.bits().mean(axis=1).tolist()) and any(smaller.layers[-1].offsets)
    smaller.save(tmp_path / "m.keras")
    loaded = whetgen.load_model(tmp_path / "m.keras")
    assert np.array_equal(loaded.predict(X, verbose=0), smaller.predict(X, verbose=0))
    assert np.array_equal(loaded.predict(X, verbose=0).argmax(-1), finish(model).predict(X, verbose=0).argmax(-1))


def test_other_models_are_left_as_they_are():
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(3)])
    assert trim(model) is model
