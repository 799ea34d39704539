"""The scripts of docs/how-to/pytorch.md: what they export means to whetgen what it means to PyTorch."""

import fcntl
import subprocess
from pathlib import Path

import numpy as np
import pytest

import whetgen

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / "build" / "torch" / "bin" / "python"


def install_torch():
    """An environment of its own, made once, by one worker; where it cannot be made, the tests fail."""
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / "torch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(["make", "torch"], cwd=ROOT, check=True)


@pytest.fixture(scope="module", autouse=True)
def installed():
    install_torch()


@pytest.mark.long
@pytest.mark.parametrize(
    ("script", "models"),
    [("from_pytorch", ["net", "net-old"]), ("from_brevitas", ["net"])],
    ids=["PyTorch", "Brevitas"],
)
def test_an_exported_network_has_the_classes_that_its_framework_gives(script, models, tmp_path):
    subprocess.run([PYTHON, ROOT / "examples" / f"{script}.py", tmp_path], check=True, capture_output=True)
    given = np.load(tmp_path / "classes.npz")
    assert len(np.unique(given["y"])) == 10
    for name in models:
        graph = whetgen.trace(whetgen.load_model(tmp_path / f"{name}.onnx"))
        assert np.array_equal(graph.predict(given["x"].astype(np.int64)), given["y"])
