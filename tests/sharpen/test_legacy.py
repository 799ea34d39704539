"""Files of the original package load; they are written here with h5py as Keras 2 laid them out."""

import h5py
import keras
import numpy as np
import pytest
from tests.foreign.files import dense, entry, norm, save

import whetgen
from whetgen.sharpen import generate_key, spiking_layers
from whetgen.sharpen.load import load_model

RNG = np.random.default_rng(0)
KEY = generate_key(6, 3, seed=0)


def arrays(*shapes) -> list[np.ndarray]:
    return [RNG.normal(size=shape).astype(np.float32) for shape in shapes]


W1, W2 = arrays((4, 5), (5,)), arrays((5, 6), (6,))
NORM = [*arrays((5,), (5,), (5,)), np.abs(arrays((5,))[0]) + 0.1]
WEIGHTS = {"d1": W1, "n": NORM, "s1": [], "d2": W2, "s2": [], "out": []}


def sequence(key, as_list: bool) -> dict:
    layers = [
        dense("d1", 5, batch_input_shape=[None, 4]),
        norm("n"),
        entry("Spiking_BRelu", "s1", sharpness=1.0, sharpen_start_limit=0.0),
        dense("d2", 6),
        entry("Spiking_Sigmoid", "s2", sharpness=1.0),
        entry("Softmax_Decode", "out", key=key),
    ]
    return {"class_name": "Sequential", "config": layers if as_list else {"name": "net", "layers": layers}}


def by_hand_spikes(x: np.ndarray) -> np.ndarray:
    gamma, beta, mean, variance = NORM
    z = (x @ W1[0] + W1[1] - mean) / np.sqrt(variance + 0.001) * gamma + beta
    return ((z >= 0.5) @ W2[0] + W2[1] >= 0).astype(int)


def by_hand(x: np.ndarray) -> np.ndarray:
    return (2 * by_hand_spikes(x) - 1) @ (2 * KEY.astype(int) - 1).T


@pytest.mark.parametrize("as_list", [True, False], ids=["Keras 2.1", "Keras 2.3"])
@pytest.mark.parametrize(
    "key", [KEY.tolist(), {"type": "ndarray", "value": KEY.tolist()}, None], ids=["list", "dict", "array"]
)
def test_sequential_model_computes_what_its_weights_say(as_list, key, tmp_path):
    weights = {**WEIGHTS, "out": [KEY.astype(np.float32)]} if key is None else WEIGHTS
    save(tmp_path / "old.h5", sequence(key, as_list), weights)
    model = load_model(tmp_path / "old.h5")
    x = RNG.normal(size=(50, 4)).astype(np.float32)
    scores = by_hand(x)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    np.testing.assert_allclose(model.predict(x, verbose=0), powers / powers.sum(-1, keepdims=True), atol=1e-5)


SIGNS = 2 * KEY.astype(np.float32) - 1
SQUARE = np.array(
    [
        [1, 0, 0, 0, 1, 0],
        [0, 1, 0, 0, 0, 0],
        [0, 0, 1, 0, 0, 0],
        [0, 1, 0, 1, 0, 0],
        [0, 0, 1, 0, 1, 0],
        [1, 0, 0, 0, 0, 1],
    ]
)


@pytest.mark.parametrize("given", [KEY.tolist(), None], ids=["beside the configuration's", "alone"])
@pytest.mark.parametrize("stored", [SIGNS.T, SIGNS, KEY.T.astype(np.float32)], ids=["ports", "signs", "transposed"])
def test_key_among_the_weights_is_read_in_every_form(stored, given, tmp_path):
    save(tmp_path / "old.h5", sequence(given, True), {**WEIGHTS, "out": [stored]})
    assert np.array_equal(load_model(tmp_path / "old.h5").layers[-1].key, KEY)


@pytest.mark.parametrize("stored", [(2 * SQUARE - 1).T, SQUARE], ids=["ports", "as it is"])
def test_square_key_of_signs_is_the_matrix_that_spikes_are_multiplied_with(stored, tmp_path):
    save(tmp_path / "old.h5", sequence(None, True), {**WEIGHTS, "out": [stored.astype(np.float32)]})
    assert np.array_equal(load_model(tmp_path / "old.h5").layers[-1].key, SQUARE)


def test_trained_key_is_refused_by_name(tmp_path):
    save(tmp_path / "old.h5", sequence(KEY.tolist(), True), {**WEIGHTS, "out": [SIGNS.T * 0.9]})
    with pytest.raises(whetgen.BadInput) as refused:
        load_model(tmp_path / "old.h5")
    assert str(refused.value) == (
        "layer 'out' (Softmax_Decode) has a trained key, with values other than 0 and 1 or -1 and 1; "
        "train the model with a key that stays as it is"
    )


def test_neurons_in_no_class_are_harmless(tmp_path):
    key = np.array([[1, 0, 1, 0, 0, 0], [0, 1, 1, 0, 0, 0], [0, 0, 1, 0, 0, 1]])
    save(tmp_path / "old.h5", sequence(key.tolist(), True), WEIGHTS)
    graph = whetgen.trace(load_model(tmp_path / "old.h5"), whetgen.InputSpec(scale=16))
    codes = RNG.integers(0, 256, (40, 4))
    spikes = (by_hand_spikes(codes / 16)).astype(int)
    assert np.array_equal(graph.run(codes), (2 * spikes - 1) @ (2 * key - 1).T)


def test_nested_model_that_is_called_twice_counts_from_1(tmp_path):
    config = functional()
    inner = config["config"]["layers"][4]
    inner["config"]["layers"][1]["config"]["units"] = 5
    inner["inbound_nodes"] = [[["s1", 0, 0, {}]], [["inner", 1, 0, {}]]]
    config["config"]["layers"][5]["inbound_nodes"] = [[["inner", 2, 0, {}]]]
    key = KEY[:, :5].tolist()
    config["config"]["layers"][6]["config"]["key"] = key
    twice = [np.eye(5, dtype=np.float32) * 2, np.ones(5, np.float32)]
    save(tmp_path / "old.h5", config, {"x": [], "d1": W1, "n": NORM, "s1": [], "inner": twice, "s2": [], "out": []})
    model = load_model(tmp_path / "old.h5")
    read = model.get_layer("s2")._inbound_nodes[0].input_tensors[0]
    once, x = keras.Model(model.input, model.get_layer("s1").output), np.zeros((1, 4), np.float32)
    assert np.array_equal(keras.Model(model.input, read)(x), 4 * np.asarray(once(x)) + 3)


def test_sharpness_among_the_weights_counts(tmp_path):
    weights = {**WEIGHTS, "s1": [np.float32(1.0)], "s2": [np.array([0.5], np.float32)]}
    save(tmp_path / "old.h5", sequence(KEY.tolist(), True), weights)
    assert [layer.sharpness for layer in spiking_layers(load_model(tmp_path / "old.h5"))] == [1.0, 0.5]


def functional() -> dict:
    inner = {
        "class_name": "Model",
        "name": "inner",
        "config": {
            "name": "inner",
            "layers": [
                {**entry("InputLayer", "i", batch_input_shape=[None, 5]), "inbound_nodes": []},
                {**dense("d2", 6), "inbound_nodes": [[["i", 0, 0, {}]]]},
            ],
            "input_layers": [["i", 0, 0]],
            "output_layers": [["d2", 0, 0]],
        },
        "inbound_nodes": [[["s1", 0, 0, {}]]],
    }
    layers = [
        {**entry("InputLayer", "x", batch_input_shape=[None, 4]), "inbound_nodes": []},
        {**dense("d1", 5), "inbound_nodes": [[["x", 0, 0, {}]]]},
        {**norm("n"), "inbound_nodes": [[["d1", 0, 0, {}]]]},
        {**entry("Spiking_BRelu", "s1", sharpness=1.0), "inbound_nodes": [[["n", 0, 0, {}]]]},
        inner,
        {**entry("Spiking_Sigmoid", "s2", sharpness=1.0), "inbound_nodes": [[["inner", 1, 0, {}]]]},
        {**entry("Softmax_Decode", "out", key=KEY.tolist()), "inbound_nodes": [[["s2", 0, 0, {}]]]},
    ]
    ports = {"input_layers": [["x", 0, 0]], "output_layers": [["out", 0, 0]]}
    return {"class_name": "Model", "config": {"name": "net", "layers": layers, **ports}}


@pytest.mark.parametrize("first", [0, 1], ids=["calls from 0", "calls of nested models from 1"])
def test_functional_and_nested_model(first, tmp_path):
    config = functional()
    config["config"]["layers"][5]["inbound_nodes"] = [[["inner", first, 0, {}]]]
    save(tmp_path / "old.h5", config, {"x": [], "d1": W1, "n": NORM, "s1": [], "inner": W2, "s2": [], "out": []})
    model = load_model(tmp_path / "old.h5")
    x = RNG.normal(size=(50, 4)).astype(np.float32)
    assert np.array_equal(model.predict(x, verbose=0).argmax(-1), by_hand(x).argmax(-1))


@pytest.mark.parametrize("source", [["inner", 2, 0, {}], ["d1", 1, 0, {}], ["nothing", 0, 0, {}]])
def test_call_of_nothing_is_refused(source, tmp_path):
    config = functional()
    config["config"]["layers"][5]["inbound_nodes"] = [[source]]
    save(tmp_path / "old.h5", config, WEIGHTS)
    with pytest.raises(whetgen.BadInput, match=r"^layer 's2' reads a layer that is not in the model$"):
        load_model(tmp_path / "old.h5")


def test_call_with_an_array_is_refused_in_a_file_of_keras_2(tmp_path):
    """Such a call waited for the array as for a tensor, without end."""
    config = functional()
    read = {"class_name": "__keras_tensor__", "config": {"keras_history": ["d1", 0, 0]}}
    array = {"class_name": "__numpy__", "config": {"value": [1.0] * 5, "dtype": "float32"}}
    config["config"]["layers"][2] = {**entry("Add", "n"), "inbound_nodes": [{"args": [[read, array]]}]}
    save(tmp_path / "old.h5", config, {"x": [], "d1": W1, "n": [], "s1": [], "inner": W2, "s2": [], "out": []})
    with pytest.raises(
        whetgen.BadInput,
        match=r"^layer 'n' is called with an array, which Keras 2 does not save; save the model again$",
    ):
        load_model(tmp_path / "old.h5")


def test_input_layer_without_a_shape_is_named(tmp_path):
    config = functional()
    config["config"]["layers"][0]["config"].pop("batch_input_shape")
    save(tmp_path / "old.h5", config, {"x": [], "d1": [], "n": [], "s1": [], "inner": W2, "s2": [], "out": []})
    with pytest.raises(whetgen.BadInput, match=r"^layer 'x' \(InputLayer\) declares no shape; save the model again$"):
        load_model(tmp_path / "old.h5")


@pytest.mark.slow
def test_old_model_generates_c_that_verifies(tmp_path, monkeypatch):
    save(tmp_path / "old.h5", sequence(KEY.tolist(), True), WEIGHTS)
    from whetgen.app.cli import main

    with pytest.raises(SystemExit) as ended:
        main([str(tmp_path / "old.h5"), "--target", "c", "--out", str(tmp_path / "c"), "--verify", "--quiet"])
    assert ended.value.code == 0


def test_weights_without_a_model_are_refused(tmp_path):
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file.attrs["layer_names"] = [b"d1"]
    with pytest.raises(ValueError, match=r"w\.h5 holds weights only; save the whole model with model\.save"):
        load_model(tmp_path / "w.h5")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda c, w: c.append(entry("CuDNNGRU", "g")),
            r"^layer 'g' \(CuDNNGRU\) is not supported; use Conv1D layers$",
        ),
        (lambda c, w: c[-1]["config"].pop("key"), r"^layer 'out' \(Softmax_Decode\) has no key$"),
        (
            lambda c, w: w.update(d1=W2),
            r"^layer 'd1' \(Dense\) needs a kernel of shape \(4, 5\), which the file does not hold; save the model again$",
        ),
    ],
)
def test_what_cannot_be_read_is_named(change, message, tmp_path):
    config, weights = sequence(KEY.tolist(), True), dict(WEIGHTS)
    change(config["config"], weights)
    save(tmp_path / "old.h5", config, weights)
    with pytest.raises(ValueError, match=message):
        load_model(tmp_path / "old.h5")


def test_file_of_keras_3_is_left_to_keras(tmp_path):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.save(tmp_path / "new.h5")
    assert [layer.name for layer in load_model(tmp_path / "new.h5").layers] == [model.layers[0].name]


def test_file_that_is_no_hdf5_is_bad_input(tmp_path):
    (tmp_path / "bad.h5").write_bytes(b"nothing")
    message = r"bad\.h5: Keras cannot load this model \(no whole HDF5 file; copy or save it again\)$"
    with pytest.raises(whetgen.BadInput, match=message):
        load_model(tmp_path / "bad.h5")
