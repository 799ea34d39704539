"""Files of Keras 2 that went wrong, kept beside the repository: what each means, exactly."""

import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import whetgen
from whetgen.app.cli import main

BESIDE_THE_REPOSITORY = Path(__file__).parents[3] / "shared" / "cases"
CASES = Path(os.environ.get("WHETGEN_CASES", BESIDE_THE_REPOSITORY))
VALUES = ("keras2_normalization_adapted", "keras2_nested_frozen", "keras2_nested_functional")

pytestmark = pytest.mark.skipif(  # where CI names the folder, nothing is skipped
    "WHETGEN_CASES" not in os.environ and not CASES.is_dir(), reason="no WHETGEN_CASES"
)


def case(name: str, scale: int) -> tuple[whetgen.Graph, np.ndarray, np.ndarray]:
    graph = whetgen.trace(whetgen.load_model(CASES / f"{name}.h5"), whetgen.InputSpec(scale=scale))
    with np.load(CASES / f"{name}.npz") as held:
        return graph, held["x"], held["y"]


@pytest.mark.parametrize("name", VALUES)
def test_values_are_those_of_keras_2(name):
    graph, codes, values = case(name, 256)
    (output,) = graph.outputs
    scale, offset = np.array(output.scale, dtype=object), output.offset
    real = graph.run(codes).astype(object) * scale + offset
    assert np.array_equal(real, np.vectorize(lambda v: Fraction(float(v)), otypes=[object])(values))


def test_default_key_of_the_original_package_gives_the_exact_scores():
    graph, codes, scores = case("whetstone_default_key", 255)
    assert np.array_equal(graph.run(codes), scores)
    assert np.array_equal(graph.predict(codes), scores.argmax(axis=-1))


def test_key_stored_as_a_variable_decides_the_class():
    graph, codes, probabilities = case("tfkeras_decode_variable", 256)
    assert np.array_equal(graph.predict(codes), probabilities.argmax(axis=-1))


@pytest.mark.slow
@pytest.mark.parametrize("name", [*VALUES, "whetstone_default_key", "tfkeras_decode_variable"])
def test_generates_c_that_verifies(name, tmp_path):
    with pytest.raises(SystemExit) as ended:
        main([str(CASES / f"{name}.h5"), "--target", "c", "--out", str(tmp_path / "c"), "--verify", "--quiet"])
    assert ended.value.code == 0
