"""Neurons of limited fan-in compute sums of the inputs they are wired to, and learn which these are."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whetgen.sharpen import NarrowWeights, Rewire, SparseDense, SpikingBReLU, Thermometer, finish
from whetgen.sharpen.fan_in import sparse_layers
from whetgen.sharpen.rewire import exchange


def values(variable) -> np.ndarray:
    return np.array(keras.ops.convert_to_numpy(variable))


@settings(max_examples=30)
@given(
    groups=st.integers(1, 5),
    sharing=st.integers(1, 3),
    fan_in=st.integers(1, 4),
    use_bias=st.booleans(),
    seed=st.integers(0, 999),
)
def test_sums_are_those_of_the_wired_inputs_and_of_the_plain_layer(groups, sharing, fan_in, use_bias, seed):
    layer = SparseDense(groups * sharing, fan_in, sharing, use_bias=use_bias, seed=seed)
    x = np.random.default_rng(seed).integers(-4, 5, (3, 6)).astype(np.float32)
    out = values(layer(x))
    layer.kernel.assign(np.random.default_rng(seed).integers(-4, 5, layer.kernel.shape))
    out = values(layer(x))
    wiring, kernel = values(layer.wiring), values(layer.kernel)
    for unit in range(layer.units):
        read = wiring[:, unit // sharing]
        assert len(set(read.tolist())) == fan_in
        assert np.array_equal(out[:, unit], x[:, read] @ kernel[:, unit])
    assert np.array_equal(out, values(layer.to_dense()(x)))


def test_input_that_is_read_twice_has_both_weights():
    layer = SparseDense(1, 2)
    layer.build((None, 3))
    layer.wiring.assign([[1], [1]])
    layer.kernel.assign([[2.0], [3.0]])
    assert layer.dense_kernel().tolist() == [[0.0], [5.0], [0.0]]


def test_second_layer_reads_neighbours():
    layer = SparseDense(2, 3, rewired=False)
    layer.build((None, 6))
    layer.kernel.assign(np.ones((3, 2)))
    assert values(layer(np.arange(6, dtype=np.float32)[None])).tolist() == [[3.0, 12.0]]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SparseDense(5, sharing=2), "^units 5 must be a multiple of sharing 2, and fan_in 6 at least 1$"),
        (lambda: SparseDense(4, 6).build((None, 5)), "^a neuron cannot read 6 different inputs of 5$"),
        (
            lambda: SparseDense(2, 3, rewired=False, name="top").build((None, 7)),
            "^layer 'top': 2 groups of 3 neighbours need 6 inputs, not 7$",
        ),
    ],
)
def test_numbers_that_do_not_fit_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def network(sharing: int = 1) -> keras.Model:
    keras.utils.set_random_seed(0)
    stack = [keras.Input((12,)), SparseDense(8 * sharing, 3, sharing), SpikingBReLU(surrogate=1.0)]
    if sharing > 1:
        stack += [SparseDense(8, sharing, rewired=False, use_bias=True), SpikingBReLU(surrogate=1.0)]
    model = keras.Sequential([*stack, keras.layers.Dense(2)])
    model.compile(keras.optimizers.Adam(0.02), "mse")
    return model


def test_exchange_takes_the_least_weight_for_the_greatest_gradient():
    layer = SparseDense(2, 2)
    layer.build((None, 5))
    layer.wiring.assign([[0, 2], [1, 3]])
    layer.kernel.assign([[1.0, -2.0], [0.1, 2.0]])
    gradient = np.array([[9, 9], [9, 9], [1, 9], [-3, 9], [2, 1]], np.float32)
    assert exchange(layer, gradient, share=0.5) == 1
    assert values(layer.wiring).tolist() == [[0, 2], [3, 3]], "input 3, which neuron 0 did not read"
    assert values(layer.kernel)[:, 0] == pytest.approx([1.0, 0.55]), "against the gradient, as large as the mean"
    assert values(layer.kernel)[:, 1].tolist() == [-2.0, 2.0]


def test_nothing_is_exchanged_without_a_gradient():
    layer = SparseDense(4, 2)
    layer.build((None, 5))
    before = values(layer.wiring)
    assert exchange(layer, np.zeros((5, 4), np.float32), share=1.0) == 0
    assert np.array_equal(values(layer.wiring), before)


@pytest.mark.parametrize("sharing", [1, 2])
def test_rewiring_finds_the_inputs_that_matter(sharing):
    """Two of 12 inputs decide; most neurons end up reading them."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, (600, 12)).astype(np.float32)
    y = x[:, [4, 9]]
    model = network(sharing)
    (layer,) = sparse_layers(model)
    before = np.isin(values(layer.wiring), [4, 9]).any(axis=0).sum()
    model.fit(x, y, batch_size=50, epochs=15, callbacks=[Rewire(x, y, 12, every=6, size=200)], verbose=0)
    wiring = values(layer.wiring)
    assert np.isin(wiring, [4, 9]).any(axis=0).sum() > before and set(wiring.reshape(-1)) >= {4, 9}
    assert all(len(set(column)) == 3 for column in wiring.T.tolist())


@pytest.mark.parametrize("sharing", [1, 2])
def test_finished_model_is_plain_and_computes_the_same(sharing, tmp_path):
    model = network(sharing)
    x = np.random.default_rng(0).integers(0, 2, (40, 12)).astype(np.float32)
    model.fit(x, x[:, :2], epochs=2, callbacks=[NarrowWeights(3)], verbose=0)
    plain = finish(model)
    kinds = {type(layer) for layer in plain.layers}
    assert kinds == {keras.layers.Dense, SpikingBReLU}
    assert [layer.name for layer in plain.layers] == [layer.name for layer in model.layers]
    np.testing.assert_allclose(plain.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-5, atol=1e-6)
    model.save(tmp_path / "m.keras")
    loaded = keras.models.load_model(tmp_path / "m.keras", safe_mode=True)
    assert np.array_equal(model.predict(x, verbose=0), loaded.predict(x, verbose=0))


def test_finish_reaches_nested_models():
    inner = keras.Sequential([keras.Input((6,)), SparseDense(4, 2)])
    model = keras.Sequential([keras.Input((6,)), inner, SpikingBReLU(0.5)])
    plain = finish(model)
    x = np.random.default_rng(0).normal(size=(5, 6)).astype(np.float32)
    assert isinstance(plain.layers[0].layers[0], keras.layers.Dense) and plain.layers[1].sharpness == 0.5
    np.testing.assert_allclose(plain.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-6)


# Thermometers


def test_levels_come_one_after_the_other():
    out = values(Thermometer([0.25, 0.75])(np.array([[0.0, 0.25], [0.5, 1.0]], np.float32)))
    assert out.tolist() == [[0, 1, 0, 0], [1, 1, 0, 1]]


def test_adapted_thresholds_are_quantiles_between_values_that_occur():
    layer = Thermometer([0.3, 0.6])
    layer.adapt(np.array([[0, 5], [0, 5], [1, 5], [2, 5], [3, 5]], np.float32))
    assert values(layer.thresholds).tolist() == [[1.5, 6.0], [2.5, 6.0]]


@settings(max_examples=30)
@given(st.lists(st.integers(0, 255), min_size=1, max_size=30), st.integers(1, 4))
def test_adapted_thresholds_grow_and_lie_between_codes(codes, levels):
    layer = Thermometer(np.arange(1, levels + 1))
    layer.adapt(np.array(codes, np.float32)[:, None])
    thresholds = values(layer.thresholds)[:, 0]
    assert (np.diff(thresholds) >= 0).all() and not set(thresholds.tolist()) & set(map(float, codes))


def test_thermometer_keeps_its_thresholds_in_the_file(tmp_path):
    model = keras.Sequential([keras.Input((2, 3)), Thermometer([0.5])])
    model.layers[0].adapt(np.random.default_rng(0).normal(size=(9, 2, 3)))
    model.save(tmp_path / "m.keras")
    loaded = keras.models.load_model(tmp_path / "m.keras", safe_mode=True)
    assert np.array_equal(values(loaded.layers[0].thresholds), values(model.layers[0].thresholds))
    assert loaded.output_shape == (None, 2, 3)


@pytest.mark.parametrize("thresholds", [[], [0.5, 0.5], [0.5, 0.2]])
def test_thresholds_that_do_not_grow_are_refused(thresholds):
    with pytest.raises(ValueError, match="^thresholds are one number or more that grow, not "):
        Thermometer(thresholds)
