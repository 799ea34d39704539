"""Foldings of one layer through the generated C++: bits one by one, windows in registers, any PE and SIMD."""

from random import Random

import numpy as np
import pytest
from tests.targets.verilog import networks

from whetgen.fuzz.graphs import random_codes
from whetgen.fuzz.hls_batch import run_batch
from whetgen.reference import run
from whetgen.targets.hls import target as hls
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.network import hardware_layers
from whetgen.targets.streams.setting import legal_settings
from whetgen.targets.streams.vectors import stream_outputs

VARIANTS = {
    "vitis": ("vitis", ["-O0", "-fsanitize=address"], 0),
    "vitis, exact types": ("vitis", ["-O0", "-DWG_EXACT_TYPES"], 1),
    "catapult": ("catapult", ["-O0"], 2),
}
PART = 5  # of all foldings, every fifth
NETWORKS = ("signs", "dense_int8", "lines", "conv_stride", "conv_dilation", "position_thresholds")


def cases():
    """(network, layer, folding), each legal one once."""
    for name in NETWORKS:
        for layer in hardware_layers(networks.CONSTRUCTS[name], Identifiers()).layers:
            for s in legal_settings(layer):
                yield name, layer.name, (s.pe, s.simd, s.planes)


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
def test_foldings_give_the_same_bits(variant, tmp_path):
    tool, flags, first = VARIANTS[variant]
    dealt = list(cases())[first :: len(VARIANTS) * PART]
    batch, wanted = [], []
    for k, (name, layer, folding) in enumerate(dealt):
        graph = networks.CONSTRUCTS[name]
        plan = hls.plan(graph, f"net{k}", hls.HlsOptions(hls_tool=tool, folding={layer: folding}))
        codes = random_codes(graph, Random(k), 3)
        batch.append((plan, codes))
        wanted.append(stream_outputs(graph, plan.output, run(graph, codes)))
    assert {"wg_slide.h", "wg_window.h"} <= {kernel for plan, _ in batch for kernel in plan.kernels}
    for case, got, expected in zip(dealt, run_batch(batch, tmp_path, flags), wanted, strict=True):
        assert np.array_equal(got, expected), case
