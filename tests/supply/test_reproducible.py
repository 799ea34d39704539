"""Two environments that agree in nothing that should not matter give the same bytes."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GENERATE = """
import sys, numpy as np, whetgen
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Dense, Input, Threshold
rng = np.random.default_rng(1)
nodes = (
    Input("ein", (6,), ELEMENT_TYPES["bit"]), Dense("a", "ein", rng.integers(-3, 4, (6, 5)), np.zeros(5, int)),
    Threshold("feuer", "a", np.ones(5, int)), Dense("b", "feuer", rng.integers(-3, 4, (5, 3)), np.zeros(3, int)),
)
graph = validate(Graph(nodes, (Output("o", "b", "scores", classifier=True),)))
for target in ("verilog", "hls", "c"):
    whetgen.generate(graph, target, f"{sys.argv[1]}/{target}", whetgen.Options("net"))
"""
ENVIRONMENTS = (
    {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "0", "umask": 0o022},
    {"LC_ALL": "C.UTF-8", "TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "12345", "umask": 0o077},
)


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def made_in(place: Path, settings: dict, *command: object, where: Path | None = None) -> dict[str, str]:
    variables = {key: value for key, value in settings.items() if key != "umask"}
    place.mkdir(parents=True)
    subprocess.run(
        [sys.executable, *map(str, command)], cwd=where or place, check=True, capture_output=True, umask=settings["umask"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "codegen"), "SOURCE_DATE_EPOCH": "1700000000", **variables},
    )  # fmt: skip
    return digests(place)


@pytest.mark.slow
def test_generated_folders_are_the_same_bytes_in_two_environments(tmp_path):
    (tmp_path / "make.py").write_text(GENERATE)
    first, second = (
        made_in(tmp_path / name, settings, tmp_path / "make.py", tmp_path / name)
        for name, settings in zip(("one", "elsewhere/two"), ENVIRONMENTS, strict=True)
    )
    assert first == second and len(first) > 30


@pytest.mark.slow
def test_wheels_are_the_same_bytes_in_two_environments(tmp_path):
    first, second = (
        made_in(tmp_path / name, settings, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / name, where=ROOT)
        for name, settings in zip(("one", "elsewhere/two"), ENVIRONMENTS, strict=True)
    )
    assert first == second and len(first) == 1
