"""The network for photos that ships: the JPEG copies of CIFAR-10's test images through C, RTL and HLS, every bit equal.

Where there are no copies the originals are read, as Keras downloads them; where these cannot be had the tests fail, they do not skip.
"""

import io
import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import whetgen
from whetgen.sharpen.data import FOLDER_VARIABLE, load
from whetgen.verification.rtl_runner import BulkSimulator

MODELS = Path(__file__).parents[1] / "models"
COPIES = "cifar10_jpeg.npz"


def copies(count: int) -> tuple[np.ndarray, np.ndarray]:
    """uint8 (count, 32, 32, 3) and labels."""
    path = Path(os.environ.get(FOLDER_VARIABLE, "")) / COPIES
    if not path.is_file():
        data = load("cifar10")
        return data.x_test[:count], data.y_test[:count]
    packed = np.load(path)
    files, ends = packed["test_jpeg"].tobytes(), [0, *packed["test_end"][:count]]
    images = [Image.open(io.BytesIO(files[a:b])).convert("RGB") for a, b in pairwise(ends)]
    return np.stack([np.asarray(image) for image in images]), packed["test_label"][:count]


@pytest.fixture(scope="module")
def graph():
    return whetgen.trace(whetgen.load_model(MODELS / "cifar10-small.keras"))


def checked(graph, target: str, count: int, folder: Path, **options):
    images, labels = copies(count)
    np.savez(folder / "photos.npz", x=images, y=labels)
    whetgen.generate(graph, target, folder / "net", whetgen.Options(name="net", **options))
    result = whetgen.verify(folder / "net", folder / "photos.npz")
    assert result.passed and result.vectors == count, result
    return result


@pytest.mark.slow
def test_c_computes_every_bit_and_is_as_good_as_promised(graph, tmp_path):
    """82.37 % of all 10,000; 81.1 % of the first 1,000."""
    assert checked(graph, "c", 1_000, tmp_path, mcu="cortex-m4").accuracy >= 0.811


@pytest.mark.long
def test_hls_computes_every_bit(graph, tmp_path):
    checked(graph, "hls", 1, tmp_path, target_fps=1000, clock_mhz=100)


@pytest.mark.long
def test_rtl_gives_the_classes_in_the_promised_cycles(graph, tmp_path):
    """In bulk only: every frame takes 73,728 cycles, and cocotb's tests eight frames."""
    options = whetgen.Options(name="net", target_fps=1000, clock_mhz=100)
    promised = whetgen.generate(graph, "verilog", tmp_path / "net", options).manifest
    images, _ = copies(2)
    found = BulkSimulator(tmp_path / "net", tmp_path / "build").run(images)
    assert found.outputs[:, 0].tolist() == graph.predict(images).tolist()
    assert found.latency_cycles == promised["latency_cycles"]
    assert found.interval_cycles == promised["initiation_interval_cycles"] == 73_728
