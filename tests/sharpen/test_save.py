"""Saved models are small, dateless and whole."""

import time
import zipfile

import keras
import numpy as np

from whetgen.sharpen import SpikingBReLU
from whetgen.sharpen.save import save_small


def narrow_model() -> keras.Model:
    model = keras.Sequential([keras.Input((300,)), keras.layers.Dense(200, name="dense"), SpikingBReLU(name="spikes")])
    numbers = np.random.default_rng(0).integers(-7, 8, (300, 200))
    model.get_layer("dense").set_weights([numbers.astype(np.float32) / 64, np.zeros(200, np.float32)])
    return model


def test_it_is_much_smaller_and_loads_to_the_same_model(tmp_path):
    model = narrow_model()
    model.save(tmp_path / "keras.keras")
    save_small(model, tmp_path / "small.keras")
    assert (tmp_path / "small.keras").stat().st_size * 4 < (tmp_path / "keras.keras").stat().st_size
    again = keras.models.load_model(tmp_path / "small.keras")
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), again.get_weights(), strict=True))
    configs = [zipfile.ZipFile(tmp_path / name).read("config.json") for name in ("keras.keras", "small.keras")]
    assert configs[0] == configs[1]


def test_same_model_same_bytes_whatever_the_time(tmp_path):
    model = narrow_model()
    save_small(model, tmp_path / "a.keras")
    time.sleep(2.1)  # dates in archives count in steps of two seconds
    save_small(model, tmp_path / "b.keras")
    assert (tmp_path / "a.keras").read_bytes() == (tmp_path / "b.keras").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.keras") as archive:
        assert all(member.compress_type == zipfile.ZIP_DEFLATED for member in archive.infolist())
