"""Every node kind through hls4ml's own compile() and predict(), against the reference, bit for bit."""

from random import Random

import numpy as np
import pytest
from tests.targets.c.test_c_nodes import BITS_MAP, CASES, MAP, ints, network
from tests.targets.hls4ml.merged import merge

from whetgen.fuzz.graphs import random_codes
from whetgen.ir import ELEMENT_TYPES
from whetgen.ir.nodes import Concat, Dense, MaxPool, SumPool, Threshold, WeightedSum
from whetgen.targets.hls4ml import compile_model, predict_codes, to_hls4ml

pytestmark = pytest.mark.usefixtures("unoptimised")

FRAMES = 12
KEY = np.where(ints(9, 4) > 0, 2, -2)
MORE = {
    "decode of spikes": network("bit", (9,), Dense("d", "in", KEY, -KEY.sum(axis=0) // 2)),
    "decode with neurons that never change": network("bit", (9,), Dense("d", "in", KEY, np.array([5, 0, -7, 40]))),
    "weights of 2 and -2 on bytes are no key": network("uint8", (9,), Dense("d", "in", KEY, ints(4))),
    "weights of 2, 0 and -2 are no key": network("bit", (9,), Dense("d", "in", np.where(KEY[0] == KEY, 0, KEY), ints(4))),
    "ties fire": network("bit", (2,), Dense("d", "in", np.array([[1, 1], [1, -1]]), np.zeros(2, int)), Threshold("t", "d", np.array([1, 0]))),
    "or pooling of spikes": network("uint8", MAP, *BITS_MAP, MaxPool("p", "bits", (2, 3), (2, 1), ((1, 0), (2, 1)))),
    "sum pooling of spikes": network("uint8", MAP, *BITS_MAP, SumPool("p", "bits", (2, 3), (2, 1), ((1, 0), (2, 1)))),
    "sum pooling of negative numbers": network("int8", MAP, Threshold("t", "in", ints(3)), WeightedSum("w", ("t",), (-9 + 0 * ints(3),), ints(3) - 30), SumPool("p", "w", (2, 2), (1, 1))),
    "weighted sum of four tensors": network("int8", MAP, WeightedSum("w", ("in",) * 4, (ints(3), ints(*MAP), ints(3), ints(3)), ints(3))),
    "concat of one tensor": network("int8", MAP, Threshold("t", "in", ints(3)), Concat("c", ("t",), 2)),
    "layer names that C++ cannot hold": network("uint8", (4,), Dense("for", "in", ints(4, 3), ints(3)), Dense("a/b c", "for", ints(3, 3), ints(3)), Dense("a_b_c", "a/b c", ints(3, 2), ints(2))),
    "layer names that hls4ml uses itself": network("uint8", (4,), Dense("index", "in", ints(4, 3), ints(3)), Dense("result_t", "index", ints(3, 3), ints(3)), Dense("trace", "result_t", ints(3, 2), ints(2)), Dense("wg_weights", "trace", ints(2, 2), ints(2))),
}  # fmt: skip
ALL = {**CASES, **MORE}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """(found, wanted) outputs of each case; all cases of one element type are one hls4ml project."""
    made = {}

    def get(name):
        kind = ALL[name].input.type.name
        if kind not in made:
            made[kind] = _run_all(kind, tmp_path_factory.mktemp(f"hls4ml_{kind}"))
        return made[kind][name]

    return get


def _run_all(kind: str, folder) -> dict[str, list[tuple[np.ndarray, np.ndarray]]]:
    names = [n for n, graph in ALL.items() if graph.input.type.name == kind]
    cases = [(ALL[n], random_codes(ALL[n], Random(1), FRAMES)) for n in names]
    graph, codes = merge(cases)
    model = to_hls4ml(graph, folder)
    compile_model(model)
    found, wanted = predict_codes(model, graph, codes), graph.run(codes)
    return {
        name: [(found[key], wanted[key]) for key in wanted if key.split()[0] == str(number)]
        for number, name in enumerate(names)
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_hls4ml_equals_the_reference(name, outputs):
    pairs = outputs(name)
    assert pairs
    for found, wanted in pairs:
        assert found.shape == wanted.shape
        assert found.tolist() == wanted.tolist()


def test_the_cases_cover_every_element_type():
    assert {graph.input.type.name for graph in ALL.values()} == set(ELEMENT_TYPES)
