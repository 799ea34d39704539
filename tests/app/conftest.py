"""A model, a folder generated from it, and a Keras that must not be asked for."""

import pytest
from keras import layers as L
from tests.app.command import run
from tests.frontends.keras.models import fire, key, sequential

from whetgen.sharpen import SoftmaxDecode


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "tiny-net.keras"
    sequential(
        (6, 5, 1), L.Conv2D(3, 3, name="conv"), fire(), L.Flatten(), L.Dense(6), fire(), SoftmaxDecode(key(3, 6))
    ).save(path)
    return path


@pytest.fixture
def folder(model, tmp_path, capsys):
    assert run(capsys, model, "--target", "c", "--out", tmp_path / "c", "--quiet") == (0, "", "")
    return tmp_path / "c"


@pytest.fixture
def no_keras(monkeypatch):
    def refuse(*_):
        raise AssertionError("keras was asked for")

    monkeypatch.setattr("whetgen.reading.need_keras", refuse)
    monkeypatch.setattr("whetgen.reading.load_model", refuse)
