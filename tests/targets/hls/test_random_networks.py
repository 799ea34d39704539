"""Random networks through the generated C++ of both tools equal the reference."""

from math import prod
from random import Random

import numpy as np
import pytest
from tests.targets.paced import paced

from whetgen.fuzz.graphs import random_codes, random_graph
from whetgen.fuzz.hls_batch import run_batch
from whetgen.reference import run
from whetgen.targets.hls import target as hls
from whetgen.targets.streams.vectors import stream_outputs

BLOCKS = {
    "vitis": (range(0, 20), ["-O0"], 1),
    "vitis, exact types": (range(40, 55), ["-O0", "-DWG_EXACT_TYPES"], 1),
    "catapult": (range(70, 85), ["-O0"], 1),
    "vitis, several thresholds": (range(100, 103), ["-O0"], 3),
    "catapult, many thresholds": (range(106, 108), ["-O0"], 15),
}
WIDEST = (8, 20, 40, 64, 100, 240)
BUSES = (None, None, 8, 24, "full")


@pytest.mark.slow
@pytest.mark.parametrize("block", BLOCKS)
def test_random_networks_give_the_same_bits(block, tmp_path):
    seeds, flags, steps = BLOCKS[block]
    batch, wanted, graphs = [], [], []
    for seed in seeds:
        rng = Random(seed)
        graph = random_graph(rng, max_bits=rng.choice(WIDEST), small=rng.random() < 0.3, steps=steps)
        bus = rng.choice(BUSES if prod(graph.input.shape) * graph.input.type.bits <= 2048 else BUSES[:-1])
        options = paced(hls.HlsOptions, rng.choice((1, 30, 1024)))(hls_tool=block.split(",")[0], bus_bits=bus)
        plan, codes = hls.plan(graph, f"net{seed}", options), random_codes(graph, rng, 5)
        batch.append((plan, codes))
        wanted.append(stream_outputs(graph, plan.output, run(graph, codes)))
        graphs.append(graph)
    for seed, got, expected, graph in zip(seeds, run_batch(batch, tmp_path, flags), wanted, graphs, strict=True):
        assert np.array_equal(got, expected), f"seed {seed}\n{graph}"
