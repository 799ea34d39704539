"""Arrays of Keras 2 go to the layers that they belong to: by name where there is one, else in Keras 2's order."""

import numpy as np
import pytest
from tests.foreign.files import dense, entry, net, norm, save, save_zip

from whetgen.errors import BadInput
from whetgen.foreign.containers import open_model
from whetgen.foreign.stored import stored_arrays

A, B, C, D = (np.full((4, 4), value, np.float32) for value in (1, 2, 3, 4))
a, b, c, d = (np.full(4, value, np.float32) for value in (1, 2, 3, 4))
VALUES = {"A": A, "B": B, "C": C, "D": D, "a": a, "b": b, "c": c, "d": d, "1": np.float32(1), "k": np.int64(7)}


def frozen(layer: dict) -> dict:
    return {**layer, "config": {**layer["config"], "trainable": False}}


def square(name: str, **more) -> dict:
    return dense(name, 4, **more)


def sequence(name: str, *layers: dict) -> dict:
    return {"class_name": "Sequential", "config": {"name": name, "layers": list(layers)}}


def entrance() -> dict:
    return entry("InputLayer", "x", batch_input_shape=[None, 4])


def spikes(name: str) -> dict:
    return entry("Spiking_BRelu", name, sharpness=1.0)


def stored(path, config: dict, arrays: dict[str, list[tuple[str, str]]]) -> dict[str, str]:
    """Which arrays each layer got, in the order of its weights; ``arrays``: name and value by top layer."""
    weights = {layer: [VALUES[value] for _, value in pairs] for layer, pairs in arrays.items()}
    save(path, config, weights, names={layer: [name for name, _ in pairs] for layer, pairs in arrays.items()})
    letters = {(v.shape, float(v.reshape(-1)[0])): letter for letter, v in VALUES.items()}
    found = stored_arrays(open_model(path))
    return {
        layer: "".join(letters[v.shape, float(v.reshape(-1)[0])] for v in held.values())
        for layer, held in found.items()
        if held
    }


def unnamed(letters: str) -> list[tuple[str, str]]:
    return [(f"Variable_{n}:0", letter) for n, letter in enumerate(letters)]


def test_frozen_layer_of_a_nested_model_comes_last(tmp_path):
    config = net(entrance(), sequence("inner", frozen(square("p")), square("q")))
    assert stored(tmp_path / "m.h5", config, {"inner": unnamed("AaBb")}) == {"inner/p": "Bb", "inner/q": "Aa"}


def test_frozen_nested_model_keeps_its_own_order(tmp_path):
    inner = frozen(sequence("inner", square("p"), square("q")))
    config = net(entrance(), sequence("outer", inner, square("r")))
    expected = {"outer/inner/p": "Bb", "outer/inner/q": "Cc", "outer/r": "Aa"}
    assert stored(tmp_path / "m.h5", config, {"outer": unnamed("AaBbCc")}) == expected


def test_batch_norm_in_a_nested_model_is_split(tmp_path):
    config = net(entrance(), sequence("inner", square("p"), norm("n"), square("q")))
    expected = {"inner/p": "Aa", "inner/n": "bdab", "inner/q": "Bc"}
    assert stored(tmp_path / "m.h5", config, {"inner": unnamed("AabdBcab")}) == expected


def test_names_say_more_than_the_order(tmp_path):
    """Freezing that the file does not tell of: a Sequential model has no ``trainable`` in its configuration."""
    config = net(entrance(), sequence("inner", square("p"), square("q")))
    arrays = [("q/kernel:0", "A"), ("q/bias:0", "a"), ("p/kernel:0", "B"), ("p/bias:0", "b")]
    assert stored(tmp_path / "m.h5", config, {"inner": arrays}) == {"inner/p": "Bb", "inner/q": "Aa"}


def test_equal_names_in_two_nested_models_are_told_apart_by_the_model(tmp_path):
    config = net(entrance(), sequence("outer", sequence("one", square("p")), sequence("two", square("p"))))
    arrays = [("two/p/kernel:0", "A"), ("two/p/bias:0", "a"), ("one/p/kernel:0", "B"), ("one/p/bias:0", "b")]
    assert stored(tmp_path / "m.h5", config, {"outer": arrays}) == {"outer/one/p": "Bb", "outer/two/p": "Aa"}


@pytest.mark.parametrize("letters", ["1AaBb1", "AaBb11", "11AaBb", "Aa1Bb1"])
def test_sharpness_is_found_wherever_it_stands(letters, tmp_path):
    config = net(entrance(), sequence("inner", square("p"), spikes("s"), square("q"), spikes("t")))
    expected = {"inner/p": "Aa", "inner/s": "1", "inner/q": "Bb", "inner/t": "1"}
    assert stored(tmp_path / "m.h5", config, {"inner": unnamed(letters)}) == expected


def test_state_of_a_dropout_is_left_out(tmp_path):
    config = net(entrance(), sequence("inner", square("p"), entry("Dropout", "o", rate=0.5)))
    assert stored(tmp_path / "m.h5", config, {"inner": unnamed("kAa")}) == {"inner/p": "Aa"}


@pytest.mark.parametrize(
    ("letters", "shapes"), [("Aa", "[(4, 4), (4,)]"), ("AaBba", "[(4, 4), (4,), (4, 4), (4,), (4,)]")]
)
def test_too_few_and_too_many_arrays_are_refused(letters, shapes, tmp_path):
    config = net(entrance(), sequence("inner", square("p"), square("q")), square("r"))
    with pytest.raises(BadInput) as refused:
        stored(tmp_path / "m.h5", config, {"inner": unnamed(letters), "r": unnamed("CcDd")})
    needed = "[(4, 4), (4,), (4, 4), (4,)]"
    assert str(refused.value) == f"layer 'inner' has weights of shapes {shapes} in the file, it needs {needed}"


@pytest.mark.parametrize("root", ["layers", "_layer_checkpoint_dependencies"])
def test_archive_of_keras_2_is_read_by_class_and_number(root, tmp_path):
    config = net(entrance(), sequence("inner", square("p"), spikes("s"), frozen(square("q"))), square("r"), spikes("t"))
    arrays = {
        f"{root}/sequential/{root}/dense/vars/0": A,
        f"{root}/sequential/{root}/dense/vars/1": a,
        f"{root}/sequential/{root}/spiking_b_relu/vars/0": np.float32(1),
        f"{root}/sequential/{root}/dense_1/vars/0": B,
        f"{root}/sequential/{root}/dense_1/vars/1": b,
        f"{root}/dense/vars/0": C,
        f"{root}/dense/vars/1": c,
        f"{root}/spiking_b_relu/vars/0": np.float32(1),
    }
    save_zip(tmp_path / "m.keras", config, arrays, version="2.15.0")
    found = stored_arrays(open_model(tmp_path / "m.keras"))
    assert {path: [float(v.reshape(-1)[0]) for v in held.values()] for path, held in found.items()} == {
        "inner/p": [1, 1], "inner/s": [1], "inner/q": [2, 2], "r": [3, 3], "t": [1],
    }  # fmt: skip
