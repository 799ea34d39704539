"""Long runs in small: what the harnesses count, and what fails them."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.app.command import run

from whetgen import Options, generate
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Dense, Input, Threshold
from whetgen.verification.checks import target_outputs


def small_network() -> Graph:
    rng = np.random.default_rng(3)
    nodes = (
        Input("in", (24,), ELEMENT_TYPES["bit"]),
        Dense("hidden", "in", rng.integers(-1, 2, (24, 20)), np.zeros(20, int)),
        Threshold("fire", "hidden", rng.integers(-2, 3, 20)),
        Dense("head", "fire", rng.integers(-3, 4, (20, 6)), rng.integers(-3, 4, 6)),
    )
    return validate(Graph(nodes, (Output("o", "head", "scores", classifier=True),)))


def soaked(capsys, folder: Path, *more) -> tuple[int, dict]:
    code, out, _ = run(capsys, "bench", "soak", folder, "--pool", 50, "--seed", 3, "--json", *more)
    return code, json.loads(out)


@pytest.mark.slow
def test_rtl_drops_and_counts_malformed_frames_and_goes_on_after_resets(tmp_path, capsys):
    """Three beats in, six out."""
    generate(small_network(), "verilog", tmp_path / "v", Options("net", bus_bits=8, output="scores"))
    code, result = soaked(capsys, tmp_path / "v", "--frames", 20_000)
    counts = result["counts"]
    assert (code, result["frames"], result["failures"]) == (0, 20_000, [])
    assert counts["malformed"] > 500 and counts["resets"] > 0 and counts["cut"] > 0
    assert counts["mismatches"] == counts["wrong_errors"] == counts["unstable"] == counts["stuck"] == 0


@pytest.mark.slow
def test_c_runs_between_canaries_and_each_wrong_result_is_counted(tmp_path, capsys, monkeypatch):
    generate(small_network(), "c", tmp_path / "c", Options("net"))
    code, result = soaked(capsys, tmp_path / "c", "--frames", 10_000)
    assert (code, result["frames"], result["counts"]) == (0, 10_000, {"mismatches": 0, "spoilt": 0})
    monkeypatch.setattr(
        "whetgen.app.bench.soak.target_outputs", lambda *given: target_outputs(*given) + np.eye(6, dtype=int)[5]
    )
    code, result = soaked(capsys, tmp_path / "c", "--frames", 1000)
    assert (code, result["failures"]) == (1, ["mismatches: 1,000"])


def test_a_folder_that_cannot_run_for_long_is_refused(tmp_path, capsys):
    generate(small_network(), "onnx", tmp_path / "o", Options("net"))
    assert run(capsys, "bench", "soak", tmp_path / "o") == (
        2,
        "",
        f"whetgen: {tmp_path / 'o'} holds onnx; folders of --target verilog and c run for long\n",
    )
