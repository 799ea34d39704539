"""The generated C equals the reference, and the reference plain loops, on random networks."""

from random import Random

import numpy as np
import pytest
from tests.targets.c.compiled import expected

from whetgen.fuzz.c_batch import run_batch
from whetgen.fuzz.graphs import random_codes, random_graph
from whetgen.fuzz.loops import naive_run
from whetgen.verification.c_runner import SANITIZERS

FRAMES = 5


@pytest.mark.slow
@pytest.mark.parametrize(("first", "count", "flags"), [(0, 70, SANITIZERS), (1000, 70, ("-O2",))])
def test_random_networks_give_the_same_bits_in_loops_reference_and_c(first, count, flags, tmp_path):
    cases = []
    for seed in range(first, first + count):
        rng = Random(seed)
        graph = random_graph(rng)
        cases.append((graph, random_codes(graph, rng, FRAMES)))
    for seed, (graph, codes), found in zip(
        range(first, first + count), cases, run_batch(cases, tmp_path, flags), strict=True
    ):
        wanted = expected(graph, codes)
        naive = [[v for values in naive_run(graph, frame).values() for v in values] for frame in codes]
        assert wanted.tolist() == naive, f"seed {seed}: reference\n{graph}"
        assert np.array_equal(found, wanted), f"seed {seed}: C\n{graph}"
