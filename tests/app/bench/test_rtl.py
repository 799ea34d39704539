"""whetgen bench rtl: every tool's module computes the same neurons, and a row counts its cells."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from whetgen.app.bench.rtl import TOOLS, TOP, DenseLayer, ToolRow, layers, layers_of
from whetgen.app.bench.rtl_rows import HEADER, GivenUp, facts, line, rows
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Dense, Input, Threshold

SMALL = DenseLayer("small", np.random.default_rng(3).integers(-3, 4, (9, 5)), np.array([-2, 0, 1, 3, 9]))

BENCH = """
module bench;
    reg clk = 0; reg [8:0] x; wire [4:0] y; integer i;
    layer dut (.clk(clk), .x(x), .y(y));
    initial for (i = 0; i < 512; i = i + 1) begin x = i; #1 clk = 1; #1 clk = 0; $display("%b", y); end
endmodule
"""


@pytest.mark.slow
@pytest.mark.parametrize("tool", TOOLS)
def test_each_tool_computes_the_neurons(tool, tmp_path: Path):
    TOOLS[tool](SMALL, tmp_path)
    (tmp_path / "bench.v").write_text(BENCH)
    sources = [path.name for path in tmp_path.glob("*.v")]
    subprocess.run(["iverilog", "-g2012", "-s", "bench", "-o", "bench", *sources], cwd=tmp_path, check=True)
    told = subprocess.run(["vvp", "-n", "bench"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    found = np.array([[int(b) for b in reversed(line)] for line in told.split()])
    codes = np.arange(512)[:, None] >> np.arange(9) & 1
    assert np.array_equal(found, codes @ SMALL.weights >= SMALL.thresholds)


@pytest.mark.slow
def test_a_row_for_each_tool(tmp_path: Path):
    found = list(rows([SMALL], tmp_path, with_fmax=False, seconds=600, tell=lambda _: None))
    assert [row.tool for row in found] == list(TOOLS) and all(row.lut > 0 and row.depth > 0 for row in found)
    assert found[0].cells <= min(row.cells for row in found[1:])


def test_a_tool_that_takes_too_long_is_ended_and_the_next_one_begins(tmp_path: Path):
    told: list[str] = []
    found = list(rows([SMALL], tmp_path, with_fmax=False, seconds=0.01, tell=told.append))
    assert found == [GivenUp("small", tool, 0.01) for tool in TOOLS]
    assert told == [f"small: {tool}" for tool in TOOLS]


def test_a_row_is_a_line_below_the_header():
    row = ToolRow(layer="64x64, ternary", tool="whetgen", lut=1734, carry=218, depth=15, seconds=0.31)
    assert HEADER == "layer               tool           LUT  CARRY4    both  depth  seconds      MHz"
    assert line(row) == "64x64, ternary      whetgen      1,734     218   1,952     15      0.3         "
    assert line(GivenUp("net", "alkaid", 60)) == "net                 alkaid    not at its end after 60 seconds"
    assert line(GivenUp("a_layer_of_long_name", "alkaid", 60)).splitlines() == [
        "a_layer_of_long_name",
        "                    alkaid    not at its end after 60 seconds",
    ]
    assert facts(row)["cells"] == 1952


def test_the_layers_are_the_same_each_time():
    first, second = layers(), layers()
    assert [(a.name, a.weights.shape) for a in first] == [("64x64, ternary", (64, 64)), ("256x32, 4 bits", (256, 32))]
    assert all(np.array_equal(a.weights, b.weights) for a, b in zip(first, second, strict=True))


def test_a_network_gives_its_layers_over_single_bits():
    nodes = (
        Input("x", (3,), ELEMENT_TYPES["uint8"]),
        Dense("first", "x", np.ones((3, 4), dtype=np.int64), np.zeros(4, dtype=np.int64)),
        Threshold("spikes", "first", np.full(4, 100)),
        Dense("second", "spikes", np.ones((4, 2), dtype=np.int64), np.array([1, -1])),
        Threshold("out_spikes", "second", np.array([2, 2])),
    )
    (found,) = layers_of(validate(Graph(nodes, (Output("out", "out_spikes", "spikes"),))))
    assert found.name == "second" and found.thresholds.tolist() == [1, 3] and TOP == "layer"
