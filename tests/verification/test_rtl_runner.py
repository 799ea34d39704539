"""What the check of a Verilog folder measures, and that it finds a cycle too many."""

import json
import re
import shutil

import numpy as np
import pytest

from whetgen import Options, generate, verify
from whetgen.ir import ELEMENT_TYPES, Graph, Output
from whetgen.ir.nodes import Dense, Input, Threshold

WIDTH = 8
# The last layer is slow: the others take in four frames and more before the first result is out.
FOLDING = {"fc1": (8, 8), "fc2": (8, 8), "fc3": (8, 8), "fc4": (1, 1)}
CYCLES = ("latency_cycles", "initiation_interval_cycles")


def deep() -> Graph:
    random, nodes = np.random.default_rng(0), [Input("x", (WIDTH,), ELEMENT_TYPES["bit"])]
    for layer in FOLDING:
        weights = random.integers(-3, 4, (WIDTH, WIDTH))
        nodes.append(Dense(layer, nodes[-1].name, weights, np.zeros(WIDTH, dtype=np.int64)))
        nodes.append(Threshold(f"{layer}_fire", layer, np.ones(WIDTH, dtype=np.int64)))
    return Graph(tuple(nodes), (Output("y", nodes[-1].name, "spikes"),))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    options = Options(name="deep", architecture="folded", folding=FOLDING)
    return generate(deep(), "verilog", tmp_path_factory.mktemp("deep") / "out", options).folder


@pytest.fixture
def manifest(folder):
    """whetgen.json, put back as it was."""
    path = folder / "whetgen.json"
    text = path.read_text()
    yield json.loads(text)
    path.write_text(text)


@pytest.mark.parametrize("count", [2, 4])
def test_the_interval_is_the_outputs_though_the_pipeline_holds_several_frames(count, folder, manifest):
    result = verify(folder, count=count)
    assert result.passed, result
    assert manifest["latency_cycles"] > manifest["initiation_interval_cycles"] == 64
    assert {key: result.measured[key] for key in CYCLES} == {key: manifest[key] for key in CYCLES}


def test_one_frame_tells_no_interval(folder):
    result = verify(folder, count=1)
    assert result.passed and "initiation_interval_cycles" not in result.measured


@pytest.mark.parametrize("error", [-1, 1])
def test_a_promise_that_is_a_cycle_off_is_found(error, folder, manifest):
    promised = {key: manifest[key] + error for key in CYCLES}
    (folder / "whetgen.json").write_text(json.dumps({**manifest, **promised}))
    result = verify(folder, count=4)
    assert (result.outcome, result.mismatches) == ("different", 0)
    told = (f"{key}: {promised[key]} promised in whetgen.json, {manifest[key]} measured" for key in CYCLES)
    assert result.failures == tuple(told)


WRAPPER = """
module deep #(
    parameter LATE = {late},
    parameter GAP  = {gap}
) (
{ports}
);
    reg [15:0] wait_reg;
    wire       valid, ready = m_axis_tready && wait_reg == 0;
    assign m_axis_tvalid = valid && wait_reg == 0;
    always @(posedge clk)
        if (rst) wait_reg <= LATE;
        else if (m_axis_tvalid && m_axis_tready) wait_reg <= GAP;
        else if (wait_reg != 0) wait_reg <= wait_reg - (GAP != 0 || valid);
    network inner (.m_axis_tvalid(valid), .m_axis_tready(ready), {connections});
endmodule
"""


@pytest.mark.parametrize(
    ("late", "gap", "key"),
    [(1, 0, "latency_cycles"), (0, 64, "initiation_interval_cycles")],
    ids=["latency", "interval"],
)
def test_hardware_that_is_a_cycle_late_is_found(late, gap, key, folder, manifest, tmp_path):
    """The network behind a gate that holds back the first result for a cycle, or each until 65 after the last."""
    copy = shutil.copytree(folder, tmp_path / "copy")
    top = copy / "rtl" / "deep.v"
    text = top.read_text()
    ports = re.search(r"^module deep \(\n(.*?)^\);", text, re.MULTILINE | re.DOTALL)[1].rstrip()
    names = [n for n in re.findall(r"(\w+),?$", ports, re.MULTILINE) if n not in ("m_axis_tvalid", "m_axis_tready")]
    connections = ", ".join(f".{name}({name})" for name in names)
    gate = WRAPPER.format(late=late, gap=gap, ports=ports, connections=connections)
    top.write_text(text.replace("module deep", "module network") + gate)
    result = verify(copy, count=5)
    assert result.mismatches == 0
    assert f"{key}: {manifest[key]} promised in whetgen.json, {manifest[key] + 1} measured" in result.failures
