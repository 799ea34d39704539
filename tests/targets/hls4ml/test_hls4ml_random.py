"""Random networks: hls4ml's compile() and predict() equal the reference on every bit."""

from random import Random

import pytest
from tests.targets.hls4ml.merged import merge

from whetgen.fuzz.graphs import random_codes, random_graph
from whetgen.targets.hls4ml import compile_model, predict_codes, to_hls4ml

pytestmark = pytest.mark.usefixtures("unoptimised")

FRAMES = 5
NETWORKS = 8


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "first", "most_bits"),
    [
        ("uint8", 0, 60),
        pytest.param("int16", 100, 240, marks=pytest.mark.long),
        pytest.param("bit", 200, 60, marks=pytest.mark.long),
    ],
)
def test_random_networks_give_the_same_bits_in_hls4ml(kind, first, most_bits, tmp_path):
    cases = []
    for seed in range(first, first + NETWORKS):
        rng = Random(seed)
        graph = random_graph(rng, max_bits=most_bits, types=(kind,))
        cases.append((graph, random_codes(graph, rng, FRAMES)))
    graph, codes = merge(cases)
    model = to_hls4ml(graph, tmp_path)
    compile_model(model)
    found, wanted = predict_codes(model, graph, codes), graph.run(codes)
    for name in wanted:
        seed = first + int(name.split()[0])
        assert found[name].tolist() == wanted[name].tolist(), f"seed {seed}:\n{cases[seed - first][0]}"
