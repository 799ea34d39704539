"""What Keras saves opens again, whatever it is made of: with the same weights."""

import numpy as np
import pytest
from tests.frontends.keras.models import CASES

from whetgen.foreign.containers import open_model
from whetgen.sharpen.load import construct


@pytest.mark.parametrize("suffix", ["keras", "h5"])
@pytest.mark.parametrize("name", CASES)
def test_model_is_the_same_once_it_is_loaded(name, suffix, tmp_path):
    model = CASES[name]()
    model.save(tmp_path / f"m.{suffix}")
    file = open_model(tmp_path / f"m.{suffix}")
    loaded = construct(file)
    assert len(loaded.weights) == len(model.weights)
    for ours, theirs in zip(loaded.weights, model.weights, strict=True):
        assert np.array_equal(np.asarray(ours), np.asarray(theirs)), theirs.path
