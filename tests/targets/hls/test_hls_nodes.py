"""Every node kind through the generated C++, with native and with the hardware's types, for both tools."""

from random import Random

import numpy as np
import pytest
from tests.targets.c.test_c_nodes import CASES

from whetgen.fuzz.graphs import random_codes
from whetgen.fuzz.hls_batch import run_batch
from whetgen.reference import run
from whetgen.targets.hls import target as hls
from whetgen.targets.streams.vectors import stream_outputs

VARIANTS = {
    "vitis": ("vitis", ["-O0", "-fsanitize=address"]),
    "vitis, exact types": ("vitis", ["-O0", "-DWG_EXACT_TYPES"]),
    "catapult": ("catapult", ["-O0"]),
}


@pytest.fixture(scope="module", params=VARIANTS)
def found(request, tmp_path_factory):
    """C++ and reference outputs of all cases, from one program."""
    tool, flags = VARIANTS[request.param]
    plans = [hls.plan(graph, f"net{k}", hls.HlsOptions(hls_tool=tool)) for k, graph in enumerate(CASES.values())]
    codes = [random_codes(graph, Random(1), 6) for graph in CASES.values()]
    results = run_batch(list(zip(plans, codes, strict=True)), tmp_path_factory.mktemp("hls_nodes"), flags)
    wanted = [stream_outputs(g, p.output, run(g, c)) for p, g, c in zip(plans, CASES.values(), codes, strict=True)]
    return dict(zip(CASES, zip(results, wanted, strict=True), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_cpp_equals_the_reference(name, found):
    got, wanted = found[name]
    assert np.array_equal(got, wanted)
