"""Networks of others: FINN's with its golden input and output, four digits of MNIST and their classes, and the QONNX model zoo's.

The files stand beside the repository, or where WHETGEN_MODELS says; where CI names the folder, nothing is skipped.
"""

import os
from pathlib import Path

import numpy as np
import pytest

import whetgen

BESIDE_THE_REPOSITORY = Path(__file__).parents[2] / "shared" / "models"
MODELS = Path(os.environ.get("WHETGEN_MODELS", BESIDE_THE_REPOSITORY))
FINN_S_FOLDING = {
    "MultiThreshold_0": (49, 49), "MatMul_0": (16, 49), "MatMul_1": (8, 8), "MatMul_2": (8, 8), "MatMul_3": (10, 8),
}  # fmt: skip
FOLDED = {"bus_bits": 392, "folding": FINN_S_FOLDING}

pytestmark = pytest.mark.skipif("WHETGEN_MODELS" not in os.environ and not MODELS.is_dir(), reason="no WHETGEN_MODELS")


def measured(name: str, codes: np.ndarray, folder: Path) -> dict:
    """What one of the QONNX model zoo's networks takes on a Cortex-M4."""
    graph = whetgen.trace(whetgen.load_model(MODELS / f"{name}.onnx"))
    whetgen.generate(graph, "c", folder / name, whetgen.Options(name=name, mcu="cortex-m4"))
    result = whetgen.verify(folder / name, whetgen.Frames(codes.reshape(-1, *graph.input.shape)), on="mps2-an386")
    assert result.passed
    return result.measured


@pytest.fixture(name="graph", scope="module")
def integers_of_finn_s_network() -> whetgen.Graph:
    return whetgen.trace(whetgen.load_model(MODELS / "finn_tfc_w1a1.onnx"), whetgen.InputSpec(type="uint8", scale=1))


@pytest.fixture(name="golden", scope="module")
def images_and_classes(graph) -> whetgen.Frames:
    images, classes = (np.load(MODELS / f"finn_tfc_{name}.npy") for name in ("input", "expected_output"))
    return whetgen.Frames(images.astype(np.int64).reshape(-1, *graph.input.shape), classes.astype(np.int64).reshape(-1))


def test_the_integers_give_finn_s_own_classes(graph, golden):
    assert np.array_equal(graph.predict(golden.codes), golden.labels)


@pytest.mark.parametrize(
    ("target", "options"),
    [
        ("c", {}),
        pytest.param("verilog", {"architecture": "folded", **FOLDED}, marks=pytest.mark.long),
        pytest.param("hls", FOLDED, marks=pytest.mark.long),
    ],
)
def test_each_target_gives_finn_s_own_classes(target, options, graph, golden, tmp_path):
    """The hardware is folded as FINN folds it."""
    whetgen.generate(graph, target, tmp_path / target, whetgen.Options(name="tfc", **options))
    result = whetgen.verify(tmp_path / target, golden)
    assert result.passed and result.vectors == 4 and result.accuracy == 1.0


@pytest.mark.long
def test_neurons_of_two_bits_take_at_most_twice_the_instructions_of_one_bit(golden, tmp_path):
    one, two = (measured(name, golden.codes, tmp_path) for name in ("tfc_1w1a", "tfc_1w2a"))
    assert two["cost_mean"] <= 2 * one["cost_mean"]
