"""Random networks, both architectures: RTL in Icarus equals the reference, and the reference plain loops."""

from pathlib import Path
from random import Random

import numpy as np
import pytest
from tests.targets.verilog.icarus import IcarusSimulator

from whetgen.fuzz.graphs import random_codes, random_graph
from whetgen.fuzz.loops import naive_run
from whetgen.ir import Graph
from whetgen.reference import run
from whetgen.targets.streams.vectors import stream_outputs
from whetgen.targets.verilog import target as verilog

BLOCKS, NETWORKS = 12, 6
WIDEST = (8, 20, 40, 64, 100, 240)
BUSES = (None, None, 8, 24, "full")
FRAMES = 5


def scene(seed: int, steps: int = 1) -> tuple[Graph, np.ndarray, Random]:
    """A network, frames for it (ties at its thresholds among them), and the draws that follow."""
    rng = Random(seed)
    graph = random_graph(rng, max_bits=rng.choice(WIDEST), small=True, steps=steps)
    return graph, random_codes(graph, rng, FRAMES), rng


@pytest.mark.slow
@pytest.mark.parametrize(
    "block", [pytest.param(b, marks=[pytest.mark.long] * (b >= BLOCKS // 2)) for b in range(BLOCKS)]
)
def test_random_networks_give_the_same_bits_in_loops_reference_and_rtl(block, tmp_path):
    for seed in range(block * NETWORKS, (block + 1) * NETWORKS):
        check(seed, 1, ("unrolled", "folded"), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("steps", "architectures"), [(3, ("unrolled", "folded")), (15, ("folded",))])
def test_random_networks_of_several_thresholds_give_the_same_bits(steps, architectures, tmp_path):
    for seed in range(1000, 1004):
        check(seed, steps, architectures, tmp_path)


def check(seed: int, steps: int, architectures: tuple[str, ...], folder: Path) -> None:
    graph, codes, rng = scene(seed, steps)
    wanted, frame = run(graph, codes), rng.randrange(len(codes))
    outputs = list(wanted.values()) if isinstance(wanted, dict) else [wanted]
    found = [v for o in outputs for v in o[frame].reshape(-1).tolist()]
    assert found == [v for values in naive_run(graph, codes[frame]).values() for v in values], (
        f"seed {seed}: reference\n{graph}"
    )
    bus = rng.choice(BUSES)
    for architecture in architectures:
        plan = verilog.plan(graph, "net", verilog.VerilogOptions(architecture=architecture, bus_bits=bus))
        simulator = IcarusSimulator(plan, folder / f"{seed}_{architecture}")
        expected = stream_outputs(graph, plan.output, wanted)
        smooth, rough = simulator.run(codes), simulator.run(codes, seed + 1, idle_percent=40, stall_percent=50)
        about = f"seed {seed}, {architecture}\n{graph}"
        assert np.array_equal(smooth.outputs, expected), about
        assert np.array_equal(rough.outputs, expected), about
        cycles = (smooth.latency_cycles, smooth.interval_cycles)
        assert cycles == (plan.latency_cycles, plan.initiation_interval_cycles), about
        assert all((r.err_frames, r.unstable, r.surplus_beats) == (0, 0, 0) for r in (smooth, rough)), about
