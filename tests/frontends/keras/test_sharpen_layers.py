"""Layers that training adds are traced exactly and generate: limited fan-in, thermometers, binarised input, narrow grids."""

import json

import keras
import numpy as np
import pytest
from keras import layers

import whetgen
from whetgen.errors import BadInput
from whetgen.passes.narrow import narrow
from whetgen.reading import check_against_floats, trace_steps
from whetgen.sharpen import (
    LookupTables,
    LookupTables2D,
    NarrowWeights,
    PruneWeights,
    SoftmaxDecode,
    SparseDense,
    SpikingBReLU,
    Thermometer,
    finish,
    generate_key,
)

RNG = np.random.default_rng(0)
CODES = RNG.integers(0, 256, (200, 5, 5, 1)).astype(np.uint8)


def spikes() -> list:
    return [layers.BatchNormalization(), SpikingBReLU(1.0, surrogate=1.0)]


def head() -> list:
    return [layers.Dense(12, use_bias=False), *spikes(), SoftmaxDecode(generate_key(12, 3, seed=0))]


def lookup(sharing: int = 1) -> keras.Model:
    stack = [keras.Input((5, 5, 1)), layers.Flatten(), Thermometer([0.3, 0.6]), SparseDense(24, 6, sharing), *spikes()]
    if sharing > 1:
        stack += [SparseDense(24 // sharing, sharing, rewired=False, use_bias=True), *spikes()]
    return keras.Sequential([*stack, *head()])


MODELS = {
    "limited fan-in": lookup,
    "sub-networks": lambda: lookup(sharing=3),
    "thermometer of a map": lambda: keras.Sequential(
        [keras.Input((5, 5, 1)), Thermometer([0.2, 0.5]), layers.Conv2D(3, 2), *spikes(), layers.Flatten(), *head()]
    ),
    "binarised input": lambda: keras.Sequential(
        [keras.Input((5, 5, 1)), layers.Flatten(), Thermometer([0.5]), layers.Dense(8), *spikes(), *head()]
    ),
    "narrow convolution": lambda: keras.Sequential(
        [keras.Input((5, 5, 1)), layers.Conv2D(4, 3, use_bias=False), *spikes(), layers.Flatten(), *head()]
    ),
}


def trained(kind: str, bits: int = 2, extra: tuple = ()) -> keras.Model:
    keras.utils.set_random_seed(0)
    model = MODELS[kind]()
    for layer in model.layers:
        if isinstance(layer, Thermometer) and kind != "binarised input":
            layer.adapt(CODES.reshape(200, *layer.input.shape[1:]) / np.float32(255))
    model.compile("adam", "sparse_categorical_crossentropy")
    x, y = CODES / np.float32(255), RNG.integers(0, 3, 200)
    model.fit(x, y, epochs=2, callbacks=[*extra, NarrowWeights(bits)], verbose=0)
    return model


@pytest.mark.parametrize("kind", MODELS)
def test_integers_are_keras_and_plain_layers_mean_the_same(kind):
    model = trained(kind)
    stages = trace_steps(model, whetgen.InputSpec())
    check = check_against_floats(model, stages, CODES)
    assert check.outside_bound == 0 and check.spikes_compared > 0
    plain = whetgen.trace(finish(model))
    assert np.array_equal(plain.run(CODES), stages.graph.run(CODES))
    classes = model.predict(CODES / np.float32(255), verbose=0).argmax(-1)
    assert np.mean(stages.graph.predict(CODES) == classes) == 1.0


@pytest.mark.slow
@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("target", ["c", "verilog"])
def test_model_of_each_kind_generates_and_verifies(kind, target, tmp_path):
    model = trained(kind)
    model.save(tmp_path / "m.keras")
    graph = whetgen.trace(whetgen.load_model(tmp_path / "m.keras"))
    whetgen.generate(graph, target, tmp_path / "out", whetgen.Options(name="net"))
    assert whetgen.verify(tmp_path / "out", count=20).passed


def tables() -> keras.Model:
    stack = [keras.Input((5, 5, 1)), layers.Flatten(), Thermometer([0.31, 0.61]), LookupTables(24, 6, name="tables")]
    decode = SoftmaxDecode(generate_key(24, 3, seed=0))
    return keras.Sequential([*stack, SpikingBReLU(1.0, surrogate=1.0), decode])


def sliding_tables() -> keras.Model:
    stack = [keras.Input((5, 5, 1)), Thermometer([0.31, 0.61]), LookupTables2D(4, 3, 2, "same", name="windows")]
    stack += [SpikingBReLU(1.0, surrogate=1.0), layers.Flatten(), LookupTables(24, 6, name="tables")]
    return keras.Sequential([*stack, SpikingBReLU(1.0, surrogate=1.0), SoftmaxDecode(generate_key(24, 3, seed=0))])


@pytest.mark.parametrize("made", [tables, sliding_tables])
def test_lookup_tables_are_neurons_that_compute_the_same(made):
    model = finish(made())
    stages = trace_steps(model, whetgen.InputSpec())
    check = check_against_floats(model, stages, CODES)
    assert check.outside_bound == check.spikes_rounded == 0 and check.spikes_compared > 0
    classes = model.predict(CODES / np.float32(255), verbose=0).argmax(-1)
    assert np.array_equal(stages.graph.predict(CODES), classes)


def test_lookup_tables_that_are_not_settled_are_refused():
    with pytest.raises(BadInput) as refused:
        whetgen.trace(tables())
    assert str(refused.value) == (
        "layer 'tables' (LookupTables) has table entries other than 0 and 1; whetgen.sharpen.finish(model) settles them"
    )


@pytest.mark.slow
@pytest.mark.parametrize("target", ["c", "verilog", "hls"])
@pytest.mark.parametrize("made", [tables, sliding_tables])
def test_lookup_tables_generate_and_verify(target, made, tmp_path):
    made().save(tmp_path / "m.keras")
    model = finish(whetgen.load_model(tmp_path / "m.keras"))
    whetgen.generate(whetgen.trace(model), target, tmp_path / "out", whetgen.Options(name="net"))
    assert whetgen.verify(tmp_path / "out", count=20).passed


@pytest.mark.slow
def test_sliding_tables_unrolled_are_one_lookup_table_for_each_bit(tmp_path):
    """3 x 3 places of 4 kernels, 24 tables that vote: at most as many LUTs."""
    graph = whetgen.trace(finish(sliding_tables()))
    options = whetgen.Options(name="net", architecture="unrolled", bus_bits="full")
    whetgen.generate(graph, "verilog", tmp_path / "out", options)
    logic = {layer["layer"]: layer for layer in json.loads((tmp_path / "out/whetgen.json").read_text())["logic"]}
    assert len(logic) == 4, "the two of tables, the pixels' comparators and the votes"
    assert logic["windows"]["strategy"] == logic["tables"]["strategy"] == "tables"
    assert logic["windows"]["cost"]["luts"] <= 36 and logic["tables"]["cost"]["luts"] <= 24
    assert whetgen.verify(tmp_path / "out", count=20).passed


def linear_weights(graph: whetgen.Graph) -> list[np.ndarray]:
    """Of the trained layers; the last node with weights decodes the spikes."""
    return [np.asarray(n.weights) for n in graph.nodes if type(n).__name__ in ("Dense", "Conv")][:-1]


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("kind", ["narrow convolution", "binarised input", "sub-networks"])
def test_narrowing_after_training_on_the_grid_is_lossless(kind, bits):
    """The traced integers already have that few bits; ``--weight-bits`` then changes nothing."""
    graph = whetgen.trace(trained(kind, bits))
    most = max(1, 2 ** (bits - 1) - 1)
    assert max(int(np.abs(w).max()) for w in linear_weights(graph)) <= most
    narrowed = narrow(graph, CODES.reshape(200, *graph.input.shape), max(2, bits))
    assert np.array_equal(narrowed.graph.run(CODES), graph.run(CODES)) and narrowed.agreement == 1.0


def test_pruned_synapses_are_gone_from_the_integers():
    graph = whetgen.trace(trained("narrow convolution", 4, (PruneWeights(60, 0, 1),)))
    assert sum(int(np.count_nonzero(w)) for w in linear_weights(graph)) <= 60
