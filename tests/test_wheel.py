"""The wheel by itself: built, unpacked beside what else is installed, and used where no repository is."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
USE = """
import sys, pathlib, whetgen
site, out = map(pathlib.Path, sys.argv[1:])
assert pathlib.Path(whetgen.__file__).is_relative_to(site), whetgen.__file__
graph = whetgen.trace(whetgen.load_model(site / "whetgen/assets/models/mnist-cnn-small.keras"))
for target in ("verilog", "hls", "c"):
    whetgen.generate(graph, target, out / target, whetgen.Options("net"))
whetgen.generate(graph, "verilog", out / "extras", whetgen.Options("net", board="hx8k-evn", control="axi-lite"))
print(whetgen.verify(out / "c").outcome)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    built = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", built], cwd=ROOT, check=True)
    (found,) = built.glob("whetgen-*.whl")
    return found


@pytest.fixture(scope="module")
def site(wheel, tmp_path_factory):
    """A folder of packages that holds nothing but the wheel's contents."""
    folder = tmp_path_factory.mktemp("site")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", folder, wheel]
    subprocess.run(install, check=True)
    return folder


def run(site, where, *arguments, **variables):
    """Python with the wheel in front of all else."""
    environment = {**os.environ, "PYTHONPATH": str(site), **variables}
    done = subprocess.run([sys.executable, *arguments], cwd=where, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-3000:]
    return done.stdout


def test_the_wheel_holds_no_tests(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "whetgen/assets/hdl/rtl/wg_count.v" in names
    assert not [n for n in names if Path(n).name.startswith("test_") or "tests" in Path(n).parts]


def test_of_the_proofs_it_holds_what_verify_proves_folders_with(wheel):
    names = [Path(n).name for n in zipfile.ZipFile(wheel).namelist()]
    assert {n for n in names if n.startswith("formal_")} == {"formal_beats.v", "formal_hold.v", "formal_stream.v"}


@pytest.mark.slow
def test_it_generates_for_every_target_and_verifies(site, tmp_path):
    out = run(site, tmp_path, "-c", USE, site, tmp_path)
    assert out.splitlines()[-1] == "equal"


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("qemu-system-arm"), reason="no emulator")
def test_it_benches_the_models_that_it_brings(site, tmp_path):
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (40, 28, 28), np.uint8), rng.integers(0, 10, 40, np.uint8)
    np.savez(tmp_path / "mnist.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    bench = ("-m", "whetgen.app.cli", "bench", "mcu", "--only", "mps2-an385", "--no-live")
    assert "whetgen, mnist-mlp-small" in run(site, tmp_path, *bench, WHETGEN_DATA=str(tmp_path))
