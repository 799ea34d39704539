"""Files that QKeras, Larq, Keras 2 and tf_keras wrote, against what those packages compute: see written/README.md."""

from pathlib import Path

import numpy as np
import pytest

from whetgen import Graph, InputSpec, load_model
from whetgen.reading import check_against_floats, trace_steps

FOLDER = Path(__file__).parent / "written"
EXACT = ["qkeras-dense.h5", "qkeras-line.json", "larq-dorefa.json"]
"""Scales are powers of two, or the outputs signs: float32 rounds nothing."""
ROUNDED = ["qkeras-conv.keras", "qkeras-scales.keras", "larq-dense.h5"]
"""The last sums of float32 are rounded."""
CLASSES = ["larq-conv.keras", "keras2-plain.h5", "tf-keras-plain.keras"]
"""The package gives the softmax of the scores."""


def computed(name: str) -> tuple[np.ndarray, np.ndarray]:
    """What whetgen's integers mean, and what the package computed: (frames, outputs)."""
    model, stored = load_model(FOLDER / name), np.load(FOLDER / f"{name}.npz")
    codes = stored["codes"]
    traced = trace_steps(model, InputSpec(scale=1))
    assert check_against_floats(model, traced, codes).outside_bound == 0
    return meaning(traced.graph, codes), stored["outputs"].reshape(len(codes), -1)


def meaning(graph: Graph, codes: np.ndarray) -> np.ndarray:
    (output,) = graph.outputs
    return (graph.run(codes) * float(output.scale) + float(output.offset)).reshape(len(codes), -1)


@pytest.mark.parametrize("name", EXACT)
def test_the_integers_mean_what_the_package_computes(name):
    found, wanted = computed(name)
    assert np.array_equal(found, wanted)
    assert len(np.unique(wanted, axis=0)) > 10


@pytest.mark.parametrize("name", ROUNDED)
def test_the_integers_mean_what_the_package_computes_and_rounds(name):
    """To 16 bits behind the point, of 24."""
    found, wanted = (np.round(values * 2.0**16) for values in computed(name))
    assert np.array_equal(found, wanted)
    assert len(np.unique(wanted, axis=0)) > 10


@pytest.mark.parametrize("name", CLASSES)
def test_classes_are_those_of_the_package(name):
    found, wanted = (values.argmax(axis=1) for values in computed(name))
    assert np.array_equal(found, wanted)
    assert len(np.unique(wanted)) > 2
