"""Which networks ``--architecture auto`` unrolls: by the LUTs that are expected, and by the board."""

from itertools import pairwise

import numpy as np
import pytest
from tests.targets.verilog import networks

import whetgen
from whetgen.errors import BadInput
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Dense, Input, Threshold
from whetgen.targets.verilog import target as verilog


def perceptron(*widths: int) -> Graph:
    """Weights of 4 bits, as many of each size as training leaves, over uint8 codes; the last width is of the scores."""
    rng = np.random.default_rng(0)
    nodes = [Input("in", (widths[0],), ELEMENT_TYPES["uint8"])]
    for number, (inputs, neurons) in enumerate(pairwise(widths), 1):
        weights = np.rint(rng.normal(0, 2, (inputs, neurons))).clip(-7, 7).astype(int)
        nodes.append(Dense(f"dense{number}", nodes[-1].name, weights, np.zeros(neurons, int)))
        if number < len(widths) - 1:
            nodes.append(Threshold(f"fire{number}", f"dense{number}", np.full(neurons, 9)))
    return validate(Graph(tuple(nodes), (Output("o", nodes[-1].name, "scores", classifier=True),)))


def test_a_network_of_64_40_30_neurons_is_unrolled():
    plan = verilog.plan(perceptron(64, 40, 30, 10), "net")
    assert plan.architecture == "unrolled" and plan.initiation_interval_cycles == 8


@pytest.mark.parametrize("graph", [perceptron(64, 80, 30, 10), networks.mnist_size()], ids=["64-80-30", "mnist"])
def test_a_larger_one_is_folded(graph):
    assert verilog.plan(graph, "net").architecture == "folded"


@pytest.mark.parametrize(("steps", "architecture"), [(3, "unrolled"), (4, "folded")])
def test_neurons_of_more_than_three_thresholds_are_folded(steps, architecture):
    assert verilog.plan(networks.levels(steps=steps), "net").architecture == architecture


def test_to_unroll_neurons_of_more_than_three_thresholds_is_refused():
    refusal = (
        "^--architecture unrolled: this network has neurons of 4 thresholds, at most 3 are possible; choose folded$"
    )
    with pytest.raises(BadInput, match=refusal):
        verilog.plan(networks.levels(steps=4), "net", verilog.VerilogOptions(architecture="unrolled"))


def test_on_a_small_board_it_is_folded_too(tmp_path):
    graph = perceptron(64, 40, 30, 10)
    made = whetgen.generate(graph, "verilog", tmp_path / "v", whetgen.Options(name="net", board="hx8k-evn"))
    assert made.manifest["architecture"] == "folded"
