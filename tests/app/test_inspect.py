"""whetgen inspect: of models and of folders."""

import json

import pytest
from tests.app.command import run


@pytest.mark.parametrize("what", ["model", "folder"])
def test_inspect_reads_models_and_folders(model, folder, what, capsys):
    code, out, _ = run(capsys, "inspect", model if what == "model" else folder, "--json")
    facts = json.loads(out)
    assert code == 0 and [row["kind"] for row in facts["layers"]][:2] == ["Input", "Conv + Threshold"]
    assert facts["totals"]["synapses"] > 0 and set(facts["resources"]) == {"verilog", "hls", "c"}
    slowest = facts["foldings"]["conv"][0]
    assert slowest.pop("luts") > 0 and slowest == {
        "pe": 1,
        "simd": 1,
        "cycles": 4 * 3 * 9 * 3 * 8,
        "planes": 8,
        "word_bits": 8,
    }
    shown = run(capsys, "inspect", folder)[1]
    assert "fan-in" in shown
    totals = facts["totals"]
    assert (
        f"\nsynapses {totals['synapses']:,}, weight memory {totals['weight_memory_bits']:,} bits, operations {totals['operations']:,}\n"
        in shown
    )


def test_inspect_lists_every_folding(folder, capsys):
    out = run(capsys, "inspect", folder, "--foldings")[1]
    assert out.count("conv ") >= 1 + 2 and "cycles a frame" in out
