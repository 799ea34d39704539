"""A folder that cannot be run fails its check; it is not a user's error, and no traceback."""

import numpy as np
import pytest

from whetgen import Options, generate, verify
from whetgen.ir import ELEMENT_TYPES, Graph, Output
from whetgen.ir.nodes import Input, Threshold
from whetgen.verify import rtl_runner


def folder(target, tmp_path):
    fire = Threshold("fire", "x", np.array([7, 8, 9]))
    graph = Graph((Input("x", (3,), ELEMENT_TYPES["uint4"]), fire), (Output("y", "fire", "spikes"),))
    return generate(graph, target, tmp_path / "out", Options(name="tiny")).folder


@pytest.mark.parametrize(
    ("log", "told"),
    [
        ("- reading\n%Error: tiny.v:3: syntax error\nmake failed", "%Error: tiny.v:3: syntax error"),
        ("killed", "killed"),
        ("", "no message"),
    ],
)
def test_a_simulation_that_fails_is_a_failed_check(log, told, tmp_path, monkeypatch):
    def fail(_):
        raise rtl_runner.SimulationFailed(log)

    monkeypatch.setattr(rtl_runner, "simulate_cocotb", fail)
    result = verify(folder("verilog", tmp_path), count=5)
    assert not result.passed and result.mismatches == 5
    assert result.failures == (f"the simulation failed: {told}",)


def test_c_that_does_not_compile_is_a_failed_check(tmp_path):
    made = folder("c", tmp_path)
    with (made / "src" / "tiny.c").open("a") as source:
        source.write("nonsense\n")
    result = verify(made, count=5)
    assert not result.passed and result.mismatches == 5
    assert result.failures[0] == "src/tiny.c was changed since it was generated"
    assert "the C compiler refuses it" in result.failures[1]


def test_an_added_file_is_told_as_added(tmp_path):
    made = folder("c", tmp_path)
    (made / "README").write_text("mine")
    assert verify(made, count=5).failures == ("README was added since it was generated",)
