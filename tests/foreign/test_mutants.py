"""Damaged model files are refused in one line, or load: whatever the damage."""

from pathlib import Path

import h5py
import numpy as np
import pytest
from tests.foreign.files import dense, entry, kernel_and_bias, net, norm, save
from tests.mutants import mutant

import whetgen

MODELS = Path(__file__).parents[2] / "models"


def keras_2(path, change=lambda text: text) -> None:
    """A nested model whose configuration is changed as JSON."""
    inner = {"class_name": "Sequential", "config": {"name": "inner", "layers": [dense("e", 3), norm("n")]}}
    layers = [dense("d", 3, batch_input_shape=[None, 4]), entry("Spiking_BRelu", "s", sharpness=1.0), inner]
    norms = [array for _ in range(2) for array in [kernel_and_bias()[1]] * 2]
    arrays = {"d": kernel_and_bias(), "s": [], "inner": [*kernel_and_bias(3), *norms]}
    save(path, net(*layers), arrays)
    with h5py.File(path, "r+") as file:
        file.attrs["model_config"] = np.bytes_(change(file.attrs["model_config"]))


def load(path) -> None:
    try:
        whetgen.load_model(path)
    except whetgen.BadInput as error:
        assert "\n" not in str(error) and "\x1b" not in str(error) and len(str(error)) < 700


@pytest.mark.parametrize("seed", range(20))
def test_damaged_archive(seed, tmp_path):
    (tmp_path / "m.keras").write_bytes(mutant((MODELS / "digits-mlp.keras").read_bytes(), seed))
    load(tmp_path / "m.keras")


@pytest.mark.parametrize("seed", range(10))
def test_damaged_hdf5(seed, tmp_path):
    keras_2(tmp_path / "whole.h5")
    (tmp_path / "m.h5").write_bytes(mutant((tmp_path / "whole.h5").read_bytes(), seed))
    load(tmp_path / "m.h5")


@pytest.mark.parametrize("seed", range(20))
def test_absurd_configuration(seed, tmp_path):
    keras_2(tmp_path / "m.h5", lambda text: mutant(text.encode(), seed))
    load(tmp_path / "m.h5")


def test_whole_file_loads(tmp_path):
    keras_2(tmp_path / "m.h5")
    assert len(whetgen.load_model(tmp_path / "m.h5").weights) == 9
