"""The networks for photos that ship: the JPEG copies of CIFAR-10's test images through C, RTL and HLS, every bit equal.

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
from whetgen.ir import Graph
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


def traced(name: str) -> Graph:
    return whetgen.trace(whetgen.load_model(MODELS / f"{name}.keras"))


def checked(graph, target: str, count: int, folder: Path, **options):
    images, labels = copies(count)
    np.savez(folder / "photos.npz", x=images, y=labels)
    whetgen.generate(graph, target, folder / "net", whetgen.Options(name="net", **options))
    result = whetgen.verify(folder / "net", folder / "photos.npz")
    assert result.passed and result.vectors == count, result
    return result


@pytest.mark.parametrize(
    ("name", "count", "accuracy"),
    [
        pytest.param("cifar10-small", 1_000, 0.811, marks=pytest.mark.slow),
        pytest.param("cifar10-vgg", 200, 0.85, marks=pytest.mark.long),
        pytest.param("cifar10-vgg-2bit", 200, 0.9, marks=pytest.mark.long),
    ],
)
def test_c_computes_every_bit_and_is_as_good_as_promised(name, count, accuracy, tmp_path):
    """What they reach on the first images; all 10,000 are in docs/reference/recipes.md."""
    assert checked(traced(name), "c", count, tmp_path, mcu="cortex-m4").accuracy >= accuracy


@pytest.mark.long
def test_hls_computes_every_bit(tmp_path):
    checked(traced("cifar10-small"), "hls", 1, tmp_path, target_fps=1000, clock_mhz=100)


@pytest.mark.long
@pytest.mark.parametrize(("name", "interval"), [("cifar10-small", 73_728), ("cifar10-vgg-2bit", 98_436)])
def test_rtl_gives_the_classes_in_the_promised_cycles(name, interval, tmp_path):
    """In bulk only: a frame takes that many cycles, and cocotb's tests eight frames."""
    graph = traced(name)
    options = whetgen.Options(name="net", target_fps=1000, clock_mhz=100)
    promised = whetgen.generate(graph, "verilog", tmp_path / "net", options).manifest
    images, _ = copies(2)
    found = BulkSimulator(tmp_path / "net", tmp_path / "build").run(images)
    assert found.outputs[:, 0].tolist() == graph.predict(images).tolist()
    assert found.latency_cycles == promised["latency_cycles"]
    assert found.interval_cycles == promised["initiation_interval_cycles"] == interval
