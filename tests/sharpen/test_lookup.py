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
    Wiring,
    finish,
    generate_key,
    resume,
)
from whetgen.sharpen.lookup import finite_differences
from whetgen.sharpen.scores import Pools

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


@settings(max_examples=10)
@given(units=st.integers(1, 3), fan_in=st.integers(1, 4), seed=st.integers(0, 999))
def test_gradient_is_that_of_the_multilinear_extension(units, fan_in, seed):
    """Which is linear in each input alone: differences between its ends are exact."""
    rng = np.random.default_rng(seed)
    layer, x = LookupTables(units, fan_in, seed=seed), rng.integers(0, 2, (3, 6)).astype(np.float32)
    layer.build(x.shape)
    layer.tables.assign(rng.integers(0, 256, (units, 2**fan_in)) / np.float32(256))
    flow = rng.integers(-8, 9, (3, units)).astype(np.float32)
    to_inputs, to_tables = gradients(layer, x, flow)
    tables, wiring = values(layer.tables), values(layer.wiring)

    def loss(x: np.ndarray, tables: np.ndarray) -> float:
        return sum(float(flow[n, u] * extension(tables[u], x[n, wiring[:, u]])) for n, u in np.ndindex(3, units))

    for place in np.ndindex(x.shape):
        assert to_inputs[place] == loss(changed(x, place, 1.0), tables) - loss(changed(x, place, 0.0), tables)
    for place in np.ndindex(tables.shape):
        assert to_tables[place] == loss(x, changed(tables, place, 1.0)) - loss(x, changed(tables, place, 0.0))


def gradients(layer: LookupTables, x: np.ndarray, flow: np.ndarray) -> list[np.ndarray]:
    import tensorflow as tf

    inputs = tf.Variable(x)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(inputs) * flow)
    return [value.numpy() for value in tape.gradient(loss, [inputs, layer.tables.value])]


def extension(table: np.ndarray, x: np.ndarray) -> float:
    """The table's entry where inputs are 0 or 1, linear in each of them in between."""
    for value in x[::-1]:
        half = len(table) // 2
        table = (1 - value) * table[:half] + value * table[half:]
    return table[0]


def changed(array: np.ndarray, place: tuple[int, ...], value: float) -> np.ndarray:
    array = array.copy()
    array[place] = value
    return array


def test_neighbours_flow_into_the_gradient_as_far_as_they_are_near():
    layer = LookupTables(1, 2, nearness=0.5)
    layer.build((None, 2))
    layer.tables.assign([[0.0, 1.0, 0.0, 0.5]])
    layer.wiring.assign([[0], [1]])
    (to_inputs, _) = gradients(layer, np.zeros((1, 2), np.float32), np.ones((1, 1), np.float32))
    assert to_inputs.tolist() == [[1.0 + 0.5 * 0.5, 0.0 + 0.5 * -0.5]]


def test_copies_say_what_their_first_input_says():
    layer = LookupTables(5, 4, copying=True)
    layer.build((None, 9))
    assert np.array_equal(layer.bits(), np.tile([False, True], (5, 8)))


@pytest.mark.long
def test_two_layers_learn_what_one_layer_cannot():
    """The parity of six inputs, from tables of four."""
    keras.utils.set_random_seed(0)
    y = (X[:, :6].sum(axis=1) % 2).astype(np.int64)
    stack = [keras.Input((12,)), LookupTables(64, 4), SpikingBReLU(surrogate=1.0)]
    stack += [LookupTables(16, 4, seed=1, copying=True), SpikingBReLU(surrogate=1.0)]
    model = keras.Sequential([*stack, SoftmaxDecode(generate_key(16, 2, seed=0), temperature=2.0)])
    model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
    wiring = LearnWiring(X, y, 30, Wiring(every=4, size=200, rate=0.1, pool=16))
    sharpener = SimpleSharpener(2, steps=1, stop_when_sharp=False)
    model.fit(X, y, batch_size=30, epochs=40, callbacks=[sharpener, wiring], verbose=0)
    assert model.evaluate(X, y, verbose=0)[1] > 0.85, "a single layer: 0.69"


def test_wiring_finds_the_inputs_that_matter_and_the_network_solves_the_task():
    model = network()
    wiring = LearnWiring(X, Y, 12, Wiring(every=5, size=200))
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


def test_at_most_the_budget_of_costly_inputs_is_read_from_half_time_on():
    model, costly = network(), np.arange(12) < 10
    wiring = LearnWiring(X, Y, 4, Wiring(every=2, size=100, budget=2), costly)
    model.fit(X, Y, batch_size=30, epochs=4, callbacks=[wiring], verbose=0)
    read = set(values(model.layers[0].wiring).reshape(-1).tolist())
    assert {10, 11} < read and len(read) <= 4


def test_the_half_of_the_examples_that_the_loss_feels_most_teaches_the_wiring_as_well():
    model = network()
    wiring = LearnWiring(X, Y, 6, Wiring(every=2, size=100, felt=0.5))
    model.fit(X, Y, batch_size=30, epochs=6, callbacks=[wiring], verbose=0)
    assert np.isin(values(model.layers[0].wiring), [4, 9]).any(axis=0).mean() > 0.9, "random wiring: 0.45"


def test_worse_half_of_a_pool_is_drawn_again():
    layer = LookupTables(5, 3)
    layer.build((None, 12))
    pools = Pools(layer, 12, Wiring(pool=6), np.random.default_rng(0))
    candidates, points = values(pools.candidates), values(pools.values)
    pools.publish(np.float32(0))
    assert np.array_equal(values(layer.wiring).reshape(-1), candidates[np.arange(15), points.argmax(axis=1)])
    pools.draw_again(np.random.default_rng(1))
    for place in range(15):
        best = np.argsort(-points[place])[:3]
        assert values(pools.candidates)[place, :3].tolist() == candidates[place, best].tolist()
        assert values(pools.values)[place].tolist() == [*points[place, best], *[points[place, best[2]]] * 3]
    assert not np.array_equal(
        values(pools.candidates)[:, 3:], np.take_along_axis(candidates, np.argsort(-points)[:, 3:], 1)
    )


def test_wiring_rests_after_its_last_epoch():
    model = network()
    model.fit(X, Y, epochs=1, callbacks=[LearnWiring(X, Y, 0)], verbose=0)
    first = values(model.layers[0].wiring)
    model.fit(X, Y, epochs=1, callbacks=[LearnWiring(X, Y, 0, Wiring(every=1))], verbose=0)
    assert np.array_equal(values(model.layers[0].wiring), first)


def test_inputs_that_never_change_are_not_read():
    x = X.copy()
    x[:, :3], x[:, 3] = 0.0, 1.0
    model = network()
    model.fit(x, Y, epochs=2, callbacks=[LearnWiring(x, Y, 2, Wiring(every=2))], verbose=0)
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
        model, callbacks = network(), [LearnWiring(X, Y, 4, Wiring(every=3, size=100))]
        start = resume(path, model, callbacks).epochs if goes_on else 0
        kept = [*callbacks, Checkpoint(path, callbacks)]
        model.fit(X, Y, epochs=epochs, initial_epoch=start, callbacks=kept, shuffle=False, verbose=0)
        return model

    whole = [values(v).tobytes() for v in train(4).variables]
    train(2)
    assert [values(v).tobytes() for v in train(4, goes_on=True).variables] == whole
