"""The models that ship, through hls4ml's compile() and predict(): no bit of the test images differs."""

from pathlib import Path

import numpy as np
import pytest

import whetgen
from whetgen.sharpen.data import load
from whetgen.verification.frames import flat_outputs
from whetgen.verification.hls4ml_runner import run_hls4ml

MODELS = Path(__file__).parents[3] / "models"
LEAST_ACCURACY = 0.96


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "scale", "data", "images"),
    [
        ("digits-mlp", 16, "digits", 450),
        pytest.param("mnist-mlp", 255, "mnist", 1_000, marks=pytest.mark.long),
        pytest.param("mnist-cnn", 255, "mnist", 100, marks=pytest.mark.long),
    ],
)
def test_every_bit_of_the_images(name, scale, data, images, tmp_path):
    graph = whetgen.trace(whetgen.load_model(MODELS / f"{name}.keras"), whetgen.InputSpec(scale=scale))
    frames = load(data)
    codes = frames.x_test[:images].reshape(-1, *graph.input.shape)
    found, wanted = run_hls4ml(graph, codes, tmp_path), flat_outputs(graph, codes)
    assert len(codes) == images
    assert int(np.any(found != wanted, axis=1).sum()) == 0
    assert np.mean(np.argmax(found, axis=1) == frames.y_test[:images]) >= LEAST_ACCURACY
