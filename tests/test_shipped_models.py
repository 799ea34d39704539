"""The models that ship: real test images through RTL, HLS and C, every bit equal, accuracy as promised.

MNIST and Fashion-MNIST come through the project's own loader; where they cannot be had the tests fail, they do not skip.
"""

import json
import time
from pathlib import Path

import numpy as np
import pytest

import whetgen
from whetgen.reading import check_against_floats, trace_steps
from whetgen.sharpen import LookupTables
from whetgen.sharpen.data import load

MODELS = Path(__file__).parents[1] / "models"
SCALES = {"digits-mlp": 16, "mnist-mlp": 255, "mnist-cnn": 255, "fashion-cnn": 255}
DATA = {"digits-mlp": "digits", "mnist-mlp": "mnist", "mnist-cnn": "mnist", "fashion-cnn": "fashion_mnist"}
LEAST_ACCURACY = {"digits-mlp": 0.96, "mnist-mlp": 0.98, "mnist-cnn": 0.993, "fashion-cnn": 0.92}
SMALL = {"mnist-mlp-small": 0.9767, "mnist-cnn-small": 0.9717, "mnist-mlp-pruned": 0.986, "mnist-cnn-4bit": 0.99}
RTL_FRAMES = {"digits-mlp": None, "mnist-mlp": 100, "mnist-cnn": 20, "fashion-cnn": 4}
HLS_FRAMES = {
    "digits-mlp": None,
    "mnist-mlp": 250,
    "mnist-cnn": 30,
    "fashion-cnn": 2,
}  # six seconds a frame of clothes


def all_models(*short):
    """For each of the models; what is not ``short`` is a long test."""
    names = [name if name in short else pytest.param(name, marks=pytest.mark.long) for name in SCALES]
    return pytest.mark.parametrize("name", names)


@pytest.fixture(scope="module")
def traced():
    """Model and its stages by name, each made once."""
    made = {}

    def get(name):
        if name not in made:
            model = whetgen.load_model(MODELS / f"{name}.keras")
            made[name] = model, trace_steps(model, whetgen.InputSpec(scale=SCALES[name]))
        return made[name]

    return get


@pytest.fixture(scope="module")
def frames(tmp_path_factory):
    def get(name):
        path = tmp_path_factory.getbasetemp() / f"{DATA[name]}.npz"
        data = load(DATA[name])
        np.savez(path, x=data.x_test, y=data.y_test)
        return path

    return get


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "mnist-mlp-small",
        "mnist-cnn-small",
        *(pytest.param(n, marks=pytest.mark.long) for n in ("mnist-mlp-pruned", "mnist-cnn-4bit")),
    ],
)
def test_small_networks_compute_every_bit_in_c(name, tmp_path):
    graph = whetgen.trace(whetgen.load_model(MODELS / f"{name}.keras"), whetgen.InputSpec(scale=255))
    data = load("mnist")
    np.savez(tmp_path / "mnist.npz", x=data.x_test, y=data.y_test)
    whetgen.generate(graph, "c", tmp_path / "c", whetgen.Options(name="net", mcu="cortex-m4"))
    result = whetgen.verify(tmp_path / "c", tmp_path / "mnist.npz")
    assert result.passed and result.vectors == 10_000, result
    assert result.accuracy >= SMALL[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", SCALES)
def test_c_computes_every_bit_of_some_images(name, traced, frames, tmp_path):
    whetgen.generate(traced(name)[1].graph, "c", tmp_path / "c", whetgen.Options(name="net"))
    assert whetgen.verify(tmp_path / "c", frames(name), 40).passed


@pytest.mark.slow
def test_rtl_that_is_folded_computes_every_bit_of_some_digits(traced, frames, tmp_path):
    graph = traced("digits-mlp")[1].graph
    whetgen.generate(graph, "verilog", tmp_path / "v", whetgen.Options(name="net", architecture="folded"))
    assert whetgen.verify(tmp_path / "v", frames("digits-mlp"), 40).passed


@pytest.mark.slow
@all_models("digits-mlp")
def test_c_computes_every_bit_and_reaches_the_accuracy(name, traced, frames, tmp_path):
    whetgen.generate(traced(name)[1].graph, "c", tmp_path / "c", whetgen.Options(name="net"))
    result = whetgen.verify(tmp_path / "c", frames(name))
    assert result.passed, result
    assert result.vectors == (450 if name == "digits-mlp" else 10_000)
    assert result.accuracy >= LEAST_ACCURACY[name]


@pytest.mark.slow
@all_models()
def test_rtl_computes_every_bit_in_the_promised_cycles(name, traced, frames, tmp_path):
    graph = traced(name)[1].graph
    made = whetgen.generate(graph, "verilog", tmp_path / "v", whetgen.Options(name="net"))
    result = whetgen.verify(tmp_path / "v", frames(name), RTL_FRAMES[name])
    assert result.passed, result
    assert result.vectors == (RTL_FRAMES[name] or 450)
    assert result.measured["latency_cycles"] == made.manifest["latency_cycles"]
    assert made.manifest["architecture"] == ("unrolled" if name == "digits-mlp" else "folded")
    if RTL_FRAMES[name] is None:
        assert result.accuracy >= LEAST_ACCURACY[name]


@pytest.mark.slow
@all_models("digits-mlp")
def test_hls_computes_every_bit(name, traced, frames, tmp_path):
    whetgen.generate(traced(name)[1].graph, "hls", tmp_path / "h", whetgen.Options(name="net"))
    result = whetgen.verify(tmp_path / "h", frames(name), HLS_FRAMES[name])
    assert result.passed, result
    assert result.vectors == (HLS_FRAMES[name] or 450)
    if HLS_FRAMES[name] is None:
        assert result.accuracy >= LEAST_ACCURACY[name]


@pytest.mark.slow
def test_catapult_computes_every_bit_of_the_digits(traced, frames, tmp_path):
    options = whetgen.Options(name="net", hls_tool="catapult")
    whetgen.generate(traced("digits-mlp")[1].graph, "hls", tmp_path / "h", options)
    result = whetgen.verify(tmp_path / "h", frames("digits-mlp"))
    assert result.passed and result.vectors == 450 and result.accuracy >= LEAST_ACCURACY["digits-mlp"]


@pytest.mark.slow
@pytest.mark.parametrize("name", SCALES)
def test_keras_differs_inside_its_rounding_bound_only(name, traced):
    model, stages = traced(name)
    data = load(DATA[name])
    check = check_against_floats(model, stages, data.x_test[:300].reshape(-1, *stages.graph.input.shape))
    assert check.outside_bound == 0 and check.spikes_compared > 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "tables", "least"),
    [
        pytest.param("mnist-lut", [2000], 0.98, marks=pytest.mark.long),
        ("mnist-lut-small", [600], 0.97),
        ("mnist-lut-tiny", [575], 0.972),
        pytest.param("mnist-lut-98", [1500], 0.9815, marks=pytest.mark.long),
        pytest.param("mnist-lut-deep", [1713, 2000], 0.9845, marks=pytest.mark.long),
        pytest.param("mnist-lut-windows", [32, 128, 4000], 0.9915, marks=pytest.mark.long),
    ],
)
def test_tables_reach_their_accuracy_as_integers(name, tables, least):
    model = whetgen.load_model(MODELS / f"{name}.keras")
    stages, data = trace_steps(model, whetgen.InputSpec()), load("mnist")
    layers = [layer for layer in model.layers if isinstance(layer, LookupTables)]
    assert [layer.bits().shape for layer in layers] == [(count, 64) for count in tables]
    images = data.x_test.reshape(-1, *stages.graph.input.shape)
    parts = [stages.graph.predict(part) for part in np.split(images, 20)]
    assert np.mean(np.concatenate(parts) == data.y_test) >= least
    check = check_against_floats(model, stages, images[:100])
    assert check.outside_bound == 0 and check.spikes_compared > 0


def test_the_weights_that_ship_are_narrow(traced):
    for name, bits in (("digits-mlp", 4), ("mnist-mlp", 4), ("mnist-cnn", 6), ("fashion-cnn", 6)):
        layers = [n for n in traced(name)[1].graph.nodes if type(n).__name__ in ("Dense", "Conv")]
        assert max(int(np.abs(n.weights).max()) for n in layers) < 1 << (bits - 1), name


if __name__ == "__main__":  # python tests/test_shipped_models.py: how long the reference takes
    network = whetgen.trace(whetgen.load_model(MODELS / "mnist-mlp.keras"))
    images = load("mnist").x_test
    start = time.perf_counter()
    network.run(images.reshape(-1, *network.input.shape))
    print(json.dumps({"frames": len(images), "seconds": round(time.perf_counter() - start, 2)}))
