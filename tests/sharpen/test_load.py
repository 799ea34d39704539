"""A loaded model is compared with its file by someone who did not load it."""

import warnings

import keras
import numpy as np
import pytest
from tests.foreign.files import dense, entry, kernel_and_bias, net, save

from whetgen.errors import BadInput
from whetgen.foreign.compare import Loaded, check_loaded
from whetgen.foreign.containers import open_model
from whetgen.sharpen.load import load_model

KERNEL, OTHER = (np.full((4, 4), value, np.float32) for value in (1, 2))
BIAS = np.arange(4, dtype=np.float32)


@pytest.fixture
def file(tmp_path):
    """Two Dense layers of the same shapes in a nested model, named as Keras 2 names them."""
    inner = {"class_name": "Sequential", "config": {"name": "inner", "layers": [dense("p", 4), dense("q", 4)]}}
    config = net(entry("InputLayer", "x", batch_input_shape=[None, 4]), inner)
    names = ["p/kernel:0", "p/bias:0", "q/kernel:0", "q/bias:0"]
    save(tmp_path / "m.h5", config, {"inner": [KERNEL, BIAS, OTHER, -BIAS]}, names={"inner": names})
    return open_model(tmp_path / "m.h5")


def held(p: np.ndarray, q: np.ndarray) -> list[Loaded]:
    kernels = {"p": p, "q": q}
    return [Loaded(("inner", name), "kernel", value) for name, value in kernels.items()]


def test_what_the_file_says_passes(file):
    check_loaded(file, held(KERNEL, OTHER))


@pytest.mark.parametrize(("p", "q"), [(OTHER, KERNEL), (KERNEL, KERNEL), (KERNEL + 1e-6, OTHER)])
def test_exchanged_doubled_or_changed_weights_are_refused(file, p, q):
    with pytest.raises(
        BadInput,
        match=r"m\.h5: the kernel of layer 'inner/[pq]' is not the file's once it is loaded; nothing was done, please report the model$",
    ):
        check_loaded(file, held(p, q))


def test_weights_of_renamed_layers_keep_their_order(tmp_path):
    """Layers r and p were p and q when their weights were named: p's kernel is not the one that is called p/kernel."""
    inner = {"class_name": "Sequential", "config": {"name": "inner", "layers": [dense("r", 4), dense("p", 4)]}}
    config = net(entry("InputLayer", "x", batch_input_shape=[None, 4]), inner)
    arrays = [KERNEL, BIAS, OTHER, -BIAS]
    save(
        tmp_path / "m.h5",
        config,
        {"inner": arrays},
        names={"inner": ["p/kernel:0", "p/bias:0", "q/kernel:0", "q/bias:0"]},
    )
    weights = load_model(tmp_path / "m.h5").get_weights()
    assert [w.tolist() for w in weights] == [a.tolist() for a in arrays]


def test_state_that_was_never_finished_is_refused(tmp_path):
    layers = [entry("Normalization", "n", axis=[-1], batch_input_shape=[None, 4])]
    arrays = [BIAS, BIAS + 1, np.int64(9)]
    save(tmp_path / "m.h5", net(*layers), {"n": arrays}, names={"n": ["mean:0", "variance:0", "count:0"]})
    file = open_model(tmp_path / "m.h5")
    check_loaded(file, [Loaded(("n",), "mean", BIAS[None]), Loaded(("n",), "variance", BIAS[None] + 1)])
    with pytest.raises(BadInput, match=r"the mean of layer 'n' is not the file's once it is loaded"):
        check_loaded(file, [Loaded(("n",), "mean", np.zeros((1, 4), np.float32))])


def test_loaded_model_holds_the_files_weights(file):
    model = load_model(file.path)
    assert [np.array_equal(w, v) for w, v in zip(model.get_weights(), (KERNEL, BIAS, OTHER, -BIAS), strict=True)] == [
        True
    ] * 4


def test_adapted_normalization_of_keras_3_in_a_nested_model(tmp_path):
    norm = keras.layers.Normalization()
    norm.adapt(np.arange(40, dtype=np.float32).reshape(10, 4))
    model = keras.Sequential([keras.Input((4,)), keras.Sequential([keras.Input((4,)), norm])])
    model.save(tmp_path / "m.h5")
    x = np.ones((2, 4), np.float32)
    assert np.array_equal(load_model(tmp_path / "m.h5")(x), model(x))


def test_what_keras_refuses_is_one_line_with_the_layers_name(tmp_path):
    save(
        tmp_path / "m.h5",
        net(dense("d", 3, batch_input_shape=[None, 4]), entry("Permute", "p", dims=[7])),
        {"d": kernel_and_bias()},
    )
    with pytest.raises(
        BadInput, match=r"^layer 'p' \(Permute\) has settings that do not fit \(.*\); save the model again$"
    ):
        load_model(tmp_path / "m.h5")


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_loader_that_leaves_weights_of_keras_3_as_they_were_is_found_out(dtype, tmp_path, monkeypatch):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, name="d", dtype=dtype)])
    model.save(tmp_path / "m.keras")
    assert np.array_equal(load_model(tmp_path / "m.keras").layers[0].kernel, model.layers[0].kernel)
    monkeypatch.setattr(keras.Model, "load_weights", lambda *_: None)
    with pytest.raises(
        BadInput, match=r"the kernel of layer 'd' is not the file's once it is loaded; nothing was done"
    ):
        load_model(tmp_path / "m.keras")


@pytest.mark.filterwarnings("error::UserWarning")
def test_warnings_of_keras_stay_out_of_the_users_sight(tmp_path, monkeypatch):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4)])
    model.save(tmp_path / "m.keras")
    load = keras.Model.load_weights

    def loud(*arguments):
        warnings.warn("Skipping nested container", stacklevel=2)
        load(*arguments)

    monkeypatch.setattr(keras.Model, "load_weights", loud)
    load_model(tmp_path / "m.keras")
