"""The comparison with stock hls4ml: the twin is a twin, the rows say what they measure."""

import re
from pathlib import Path

import numpy as np
import pytest

import whetgen
from whetgen.app.bench.hls4ml import compare_predictions, time_bridge, time_stock
from whetgen.app.bench.stock_twin import stock_twin
from whetgen.errors import BadInput
from whetgen.sharpen import SoftmaxDecode, SpikingBReLU, SpikingSigmoid, generate_key
from whetgen.sharpen.data import load

keras = pytest.importorskip("keras")
DIGITS = Path(__file__).parents[3] / "models" / "digits-mlp.keras"


def mlp(*layers):
    keras.utils.set_random_seed(1)
    return keras.Sequential([keras.Input((6,)), *layers])


def test_the_twin_scores_what_the_keys_score():
    model = mlp(
        keras.layers.Dense(12),
        SpikingSigmoid(1.0),
        keras.layers.Dense(8),
        keras.layers.BatchNormalization(name="norm"),
        SpikingBReLU(1.0, name="last"),
        SoftmaxDecode(generate_key(8, 3, seed=2), name="decode"),
    )
    rng = np.random.default_rng(1)
    gamma, beta, mean = rng.normal(1, 0.3, 8), rng.normal(0.5, 0.5, 8), rng.normal(0, 0.5, 8)
    model.get_layer("norm").set_weights([gamma, beta, mean, rng.uniform(0.5, 2, 8)])
    x = rng.normal(0, 1, (300, 6)).astype(np.float32)
    spikes = keras.Model(model.inputs, model.get_layer("last").output).predict(x, verbose=0)
    wanted = (2 * spikes - 1) @ (2.0 * model.get_layer("decode").key.T - 1)
    assert stock_twin(model).predict(x, verbose=0).tolist() == wanted.tolist()
    assert 0.1 < spikes.mean() < 0.9


def test_the_twins_scores_fit_six_integer_bits():
    model = mlp(keras.layers.Dense(100), SpikingBReLU(1.0), SoftmaxDecode(generate_key(100, 10, seed=2), name="decode"))
    kernel, bias = stock_twin(model).get_layer("decode").get_weights()
    assert set(np.abs(kernel).reshape(-1)) == {0.125} and not bias.any()
    assert np.abs(kernel).sum(axis=0).max() <= 16


def test_a_layer_without_a_twin_is_refused():
    model = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Conv2D(2, 2, name="conv")])
    message = "layer 'conv' (Conv2D) has no twin among stock hls4ml's layers here; use an MLP"
    with pytest.raises(BadInput, match=f"^{re.escape(message)}$"):
        stock_twin(model)


@pytest.mark.slow
def test_ours_agrees_where_rounding_to_few_bits_does_not(tmp_path):
    model, data = whetgen.load_model(DIGITS), load("digits")
    codes = data.x_test.reshape(-1, *model.input_shape[1:])
    rows = compare_predictions(
        model, codes, tmp_path, data.y_test, whetgen.InputSpec(scale=16), precisions=("ap_fixed<8,4>",)
    )
    assert [(row.route, row.types, row.images) for row in rows] == [
        ("hls4ml", "ap_fixed<8,4>", 450),
        ("hls4ml with whetgen's layers", "ap_fixed<8,4>", 450),
        ("whetgen's to_hls4ml", "exact integers", 450),
    ]
    stock, hooked, ours = rows
    assert stock.differ > 0 and hooked.differ > 0 and stock.accuracy < ours.accuracy
    assert (ours.differ, ours.unexplained, ours.bits_differ) == (0, 0, 0)


@pytest.mark.slow
def test_build_times_are_told_by_step(tmp_path):
    graph = whetgen.trace(whetgen.load_model(DIGITS), whetgen.InputSpec(scale=16))
    for made in (time_stock(tmp_path / "stock", widths=(64, 40, 30)), time_bridge(graph, tmp_path / "bridge")):
        assert [step.name for step in made.steps] == ["convert", "write and compile"]
        assert made.seconds == sum(step.seconds for step in made.steps) > made.steps[1].seconds > 0
        assert made.cpu_seconds > 0
    assert list((tmp_path / "stock" / "firmware").glob("*.so")) and list(
        (tmp_path / "bridge" / "firmware").glob("*.so")
    )
