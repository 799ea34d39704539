"""examples/sensors.c: readings of a converter become codes, and the class's name comes out, as the reference has it."""

import subprocess
from pathlib import Path

import numpy as np

import whetgen
from whetgen import Options
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Dense, Input, Threshold
from whetgen.reference import predict

EXAMPLE = Path(__file__).parents[2] / "examples" / "sensors.c"
NAMES = ("still", "walking", "a fall")


def motion() -> Graph:
    random = np.random.default_rng(0)
    nodes = (
        Input("codes", (6,), ELEMENT_TYPES["int8"]),
        Dense("hidden", "codes", random.integers(-8, 9, (6, 12)), np.zeros(12, dtype=np.int64)),
        Threshold("fire", "hidden", random.integers(-200, 200, 12)),
        Dense("scores", "fire", random.integers(-3, 4, (12, 3)), np.zeros(3, dtype=np.int64)),
    )
    return validate(Graph(nodes, (Output("scores", "scores", "scores", classifier=True),)))


def test_the_example_compiles_and_tells_the_classes_of_the_reference(tmp_path):
    whetgen.generate(motion(), "c", tmp_path / "motion", Options("motion", classes=NAMES))
    sources = sorted((tmp_path / "motion" / "src").glob("*.c"))
    command = [
        "cc",
        "-std=c99",
        "-Wall",
        "-Wextra",
        "-Werror",
        f"-I{tmp_path / 'motion' / 'include'}",
        EXAMPLE,
        *sources,
    ]
    subprocess.run([*command, "-o", tmp_path / "sensors"], check=True)
    readings = np.random.default_rng(1).integers(0, 4096, (200, 6))
    readings[:2] = [[0], [4095]]  # both ends: the upper one is beyond the largest code
    codes = np.clip(np.floor((readings - 2048) * 64 / 1024 + 0.5), -128, 127).astype(np.int64)
    done = subprocess.run(
        [tmp_path / "sensors"], input=" ".join(map(str, readings.ravel())), capture_output=True, text=True
    )
    told = [NAMES[k] for k in predict(motion(), codes)]
    assert done.stdout.splitlines() == told and set(told) == set(NAMES)
