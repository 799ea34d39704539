"""The text of two tiny networks, kept. ``WHETGEN_GOLDEN=write pytest tests/targets/verilog/test_golden.py`` renews it."""

import os
from pathlib import Path

import numpy as np
import pytest

from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Dense, Input, Threshold
from whetgen.targets.verilog import target as verilog

GOLDEN = Path(__file__).parent / "golden"


def tiny() -> Graph:
    return validate(
        Graph(
            (
                Input("codes", (3,), ELEMENT_TYPES["uint4"]),
                Dense("hidden", "codes", np.array([[1, -2], [0, 3], [-1, 1]]), np.array([0, 1])),
                Threshold("fire", "hidden", np.array([2, -1])),
                Dense("scores", "fire", np.array([[2, -1], [-3, 1]]), np.array([1, 0])),
            ),
            (Output("out", "scores", "scores", classifier=True),),
        )
    )


@pytest.mark.parametrize(
    ("architecture", "module"), [("unrolled", ""), ("unrolled", "_hidden_logic"), ("folded", "")], ids=str
)
def test_the_module_reads_as_it_did(architecture, module):
    name = f"tiny_{architecture}"
    files = verilog.render(verilog.plan(tiny(), name, verilog.VerilogOptions(architecture=architecture)))
    text, kept = files[f"rtl/{name}{module}.v"], GOLDEN / f"{name}{module}.v"
    if os.environ.get("WHETGEN_GOLDEN") == "write":
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(text)
    assert text == kept.read_text(), "renew with WHETGEN_GOLDEN=write if the change is meant"
