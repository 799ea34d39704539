"""Every construct, both architectures: RTL in Icarus and Verilator equals the reference, cycles equal the plan."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from tests.targets.verilog import networks
from tests.targets.verilog.icarus import IcarusSimulator

from whetgen.errors import BadInput
from whetgen.fuzz.files import write
from whetgen.ir import ELEMENT_TYPES, Graph, Output
from whetgen.ir.nodes import Dense, Input, Threshold
from whetgen.reference import run
from whetgen.targets.streams.packing import pack_frames
from whetgen.targets.streams.vectors import stream_outputs, vectors
from whetgen.targets.verilog import target as verilog
from whetgen.verification.beats import Beat
from whetgen.verification.rtl_runner import BulkSimulator, simulate_cocotb
from whetgen.verification.simulators import tool_environment


def random_codes(graph, frames: int, seed: int = 0) -> np.ndarray:
    kind = graph.input.type
    codes = np.random.default_rng(seed).integers(kind.lo, kind.hi + 1, (frames, *graph.input.shape))
    codes[0], codes[1] = kind.lo, kind.hi
    return codes


def malformed(stream, codes) -> tuple[list[Beat], int]:
    """Each frame after a bad one: too short, one beat too long, twice as long; and how many are bad."""
    size, beats, bad = stream.bus_bits // 8, [], 0
    for i, frame in enumerate(pack_frames(stream, codes)):
        words = [frame[k : k + size] for k in range(0, len(frame), size)]
        wrong = [words[:-1], [*words, words[0]], [*words, *words]][i % 3]
        beats += [Beat(w, k == len(wrong) - 1) for k, w in enumerate(wrong)] + [
            Beat(w, k == len(words) - 1) for k, w in enumerate(words)
        ]
        bad += bool(wrong)
    return beats, bad


def check(simulator: BulkSimulator | IcarusSimulator, plan, graph, frames: int = 24) -> None:
    codes = random_codes(graph, frames)
    expected = stream_outputs(graph, plan.output, run(graph, codes))
    smooth, rough = simulator.run(codes), simulator.run(codes, seed=5, idle_percent=40, stall_percent=60)
    assert np.array_equal(smooth.outputs, expected) and np.array_equal(rough.outputs, expected)
    assert (smooth.latency_cycles, smooth.interval_cycles) == (plan.latency_cycles, plan.initiation_interval_cycles)
    beats, bad = malformed(plan.input, codes)
    hurt = simulator.run_beats(beats, len(codes), seed=3, idle_percent=20, stall_percent=20)
    assert np.array_equal(hurt.outputs, expected) and hurt.err_frames == bad
    assert all((r.unstable, r.surplus_beats) == (0, 0) for r in (smooth, rough, hurt))
    assert smooth.err_frames == 0


FRONT_ENDS = (
    ("verilator", "--lint-only", "-Wall", "--top-module", "{top}"),
    ("iverilog", "-g2005", "-Wall", "-s", "{top}", "-o", "/dev/null"),
    ("yosys", "-q", "-p", "hierarchy -check -top {top}; proc"),
)


def lint(plan, folder: Path, front_ends=FRONT_ENDS) -> None:
    """Verilator -Wall without a word, Icarus and Yosys without an error."""
    sources = [str(p) for p in sorted((folder / "rtl").glob("*.v"))]
    for words in front_ends:
        command = [word.replace("{top}", plan.name) for word in words] + sources
        done = subprocess.run(command, capture_output=True, text=True, env=tool_environment())
        assert done.returncode == 0 and "rror" not in done.stderr and "%Warning" not in done.stderr, done.stderr[:2000]


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["unrolled", "folded"])
@pytest.mark.parametrize("name", networks.CONSTRUCTS)
def test_rtl_equals_the_reference(name, architecture, tmp_path):
    plan = verilog.plan(networks.CONSTRUCTS[name], "net", verilog.VerilogOptions(architecture=architecture))
    check(IcarusSimulator(plan, tmp_path), plan, networks.CONSTRUCTS[name], frames=9)
    # Verilator reads unrolled networks slowly; the long test is one of its warnings too.
    lint(plan, tmp_path, FRONT_ENDS if architecture == "folded" else FRONT_ENDS[1:])


@pytest.mark.long
@pytest.mark.parametrize("architecture", ["unrolled", "folded"])
@pytest.mark.parametrize("name", networks.CONSTRUCTS)
def test_rtl_in_verilator_equals_the_reference(name, architecture, tmp_path):
    plan = verilog.plan(networks.CONSTRUCTS[name], "net", verilog.VerilogOptions(architecture=architecture))
    check(
        BulkSimulator(write(verilog.render(plan), tmp_path), tmp_path / "build", ("-Wall",)),
        plan,
        networks.CONSTRUCTS[name],
    )


@pytest.mark.slow
def test_a_network_of_mnist_size_passes_every_front_end(tmp_path):
    plan = verilog.plan(networks.mnist_size(), "net", verilog.VerilogOptions())
    assert plan.architecture == "folded"
    lint(plan, write(verilog.render(plan), tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["unrolled", "folded"])
@pytest.mark.parametrize("bus", [8, 24, 32, "full"])
@pytest.mark.parametrize("name", ["dense_int16", "fired"])
def test_every_bus_width(name, bus, architecture, tmp_path):
    graph = networks.CONSTRUCTS[name]
    plan = verilog.plan(graph, "net", verilog.VerilogOptions(architecture=architecture, bus_bits=bus))
    check(IcarusSimulator(plan, tmp_path), plan, graph)


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["unrolled", "folded"])
def test_the_generated_bench_passes_alone(architecture, tmp_path):
    graph = networks.CONSTRUCTS["switches"]
    plan = verilog.plan(graph, "net", verilog.VerilogOptions(architecture=architecture, bus_bits=16))
    codes = random_codes(graph, 6)
    write(verilog.render(plan), tmp_path)
    (tmp_path / "sim" / "vectors.txt").write_text(vectors(graph, plan.input, plan.output, codes, run(graph, codes)))
    result = simulate_cocotb(tmp_path)
    assert (result.failed, result.mismatches) == (0, 0), result.log[-3000:]
    assert (result.latency_cycles, result.interval_cycles) == (plan.latency_cycles, plan.initiation_interval_cycles)


def test_scores_of_a_classifier_are_a_choice():
    plan = verilog.plan(networks.CONSTRUCTS["dense"], "net", verilog.VerilogOptions(output="scores"))
    assert (plan.output.kind, plan.output.bus_bits, plan.output.beats) == ("scores", 32, 4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bus_bits": 12}, "--bus-bits 12: choose a multiple of 8 from 8 to 4096, or full"),
        (
            {"output": "spikes"},
            "--output spikes: not possible for this network; choose one of class, scores, accumulators",
        ),
        ({"solver": "best"}, "--solver best: choose one of da4ml"),
        (
            {"solver": "da4ml", "architecture": "folded"},
            "--solver: a folded network shares no sums; leave it out",
        ),
        ({"architecture": "flat"}, "--architecture flat: choose one of auto, unrolled, folded"),
    ],
)
def test_illegal_options_are_refused(options, message):
    with pytest.raises(BadInput) as refused:
        verilog.plan(networks.CONSTRUCTS["dense"], "net", verilog.VerilogOptions(**options))
    assert str(refused.value) == message


def test_a_solver_is_weighed_beside_our_own_ways():
    (choice,) = verilog.plan(networks.CONSTRUCTS["dense"], "net", verilog.VerilogOptions(solver="da4ml")).choices
    ours = {"shared sub-sums", "shared sub-sums, chains behind them", "separate sums", "separate sums of chains"}
    assert {choice.strategy, *choice.others} == {*ours, "sub-sums of da4ml"}
    assert choice.cost.room == min(cost.room for cost in (choice.cost, *choice.others.values()))


def test_same_graph_same_text():
    graph = networks.CONSTRUCTS["residual"]
    assert verilog.render(verilog.plan(graph, "net")) == verilog.render(verilog.plan(graph, "net"))


@pytest.mark.parametrize("architecture", ["unrolled", "folded"])
def test_layer_names_of_any_text_stay_inside_their_comments(architecture):
    odd = "a\nmodule b;\n"
    kind = ELEMENT_TYPES["uint4"]
    nodes = (
        Input(odd, (9,), kind),
        Dense(f"{odd}sum", odd, np.arange(45).reshape(9, 5) - 20, np.zeros(5, dtype=np.int64)),
        Threshold(f"{odd}fire", f"{odd}sum", np.arange(5)),
        Dense(f"{odd}last", f"{odd}fire", np.ones((5, 2), dtype=np.int64), np.arange(2)),
    )
    graph = Graph(nodes, (Output(f"{odd}out", f"{odd}last", "accumulators"),))
    files = verilog.render(verilog.plan(graph, "net", verilog.VerilogOptions(architecture=architecture)))
    for path, text in files.items():
        assert "\nmodule b" not in text, path
