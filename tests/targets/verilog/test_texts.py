"""What a reader finds in the generated Verilog: a layer's one name, whose constants a row holds, what a shared sum adds."""

import re

import numpy as np
import pytest
from tests.targets.verilog.networks import CONSTRUCTS
from tests.targets.verilog.test_golden import tiny

from whetgen.ir.nodes import Dense
from whetgen.targets.verilog.logic.sub_sum_comments import sub_sum_comments
from whetgen.targets.verilog.logic.sub_sums import own_sub_sums
from whetgen.targets.verilog.target import VerilogOptions, plan, render


def files(graph, architecture: str, **options) -> dict[str, str]:
    made = plan(graph, "net", VerilogOptions(architecture=architecture, **options))
    return {path: text for path, text in render(made).items() if path.startswith("rtl/net")}


@pytest.mark.parametrize("architecture", ["folded", "unrolled"])
def test_a_layer_that_fires_has_the_name_of_its_title_everywhere(architecture):
    """Not that of its threshold, which is a node of its own in the graph."""
    found = files(CONSTRUCTS["lines"], architecture)
    assert not [path for path, text in found.items() if re.search(r"fire[12]", path + text)]
    assert "// ==== conv1: " in found["rtl/net.v"] and " conv1_" in found["rtl/net.v"]


def reader(graph, layer: str) -> str:
    """The parameters of the instance that reads the layer's source."""
    text = files(graph, "folded", folding={layer: (1, 1)})["rtl/net.v"]
    return re.search(rf"wg_fold_windows #\(([^;]*)\) {layer}_reader", text)[1]


def test_a_dense_layer_shows_no_window_and_a_convolution_does():
    words = ("HEIGHT", "KERNEL", "STRIDE", "DILATION", "PAD")
    assert not [word for word in words if word in reader(tiny(), "hidden")]
    assert all(word in reader(CONSTRUCTS["lines"], "conv1") for word in words)


@pytest.mark.parametrize("folding", [(1, 1), (2, 3), (7, 4), (7, 12)])
def test_rows_of_weights_hold_those_of_the_neurons_and_inputs_that_they_name(folding):
    """One bit a weight, whether it is 1: those of an input's neurons side by side."""
    graph, (pe, simd) = CONSTRUCTS["signs"], folding
    text = files(graph, "folded", folding={"first": folding})["rtl/net_first_weights_rom.v"]
    rows = re.findall(r"'h(\w+);  // neurons? ([\d, to]+?), inputs? ([\d, to]+)\n", text)
    weights = next(node for node in graph.nodes if isinstance(node, Dense)).weights
    for word, neurons, inputs in rows:
        neuron, first = (int(re.match(r"\d+", told)[0]) for told in (neurons, inputs))
        block = weights[first : first + simd, neuron : neuron + pe]
        assert int(word, 16) == sum(int(w > 0) << k for k, w in enumerate(block.reshape(-1)))
    assert len(rows) == weights.size // (pe * simd)


def test_a_table_whose_rows_are_all_alike_is_a_constant():
    """Of weights that all work at once, and of thresholds that all inputs have in common."""
    found = files(CONSTRUCTS["signs"], "folded", folding={"first": (14, 12)})
    assert not [path for path in found if path.startswith("rtl/net_first") and path.endswith("_rom.v")]
    assert re.search(r"localparam \[167:0\] FIRST_WEIGHTS\s+= 168'h", found["rtl/net.v"])


def test_rows_of_a_window_name_taps_and_channels():
    text = files(CONSTRUCTS["lines"], "folded", folding={"conv1": (4, 1)})["rtl/net_conv1_weights_rom.v"]
    assert "// neurons 0 to 3, tap (1, 2), channel 0\n" in text
    text = files(CONSTRUCTS["lines"], "folded", folding={"conv1": (4, 6)})["rtl/net_conv1_weights_rom.v"]
    assert "// neurons 0 to 3, taps (1, 0) to (1, 2)\n" in text


def test_a_shared_sum_says_what_it_adds_and_for_whom():
    """r1 = a + b - c + d and r2 = a + b - c - e share a + b - c."""
    weights = np.array([[1, 1], [1, 1], [-1, -1], [1, 0], [0, -1]])
    digits, shared = own_sub_sums(weights, np.full(5, 255.0))
    told = list(sub_sum_comments([f"s_{n}" for n in range(len(shared))], shared, digits, [3, 8]))
    assert told == ["inputs 0, 1, minus input 2; for neurons 3, 8"]


@pytest.mark.parametrize("name", ["dense", "dense_int16", "lines", "ternary"])
def test_wires_without_a_reader_are_few_and_stand_in_short_lines(name):
    for path, text in files(CONSTRUCTS[name], "folded").items():
        for waiver in re.findall(r"wire unused = [^;]*;", text):
            assert max(map(len, waiver.splitlines())) <= 120 and len(waiver) < 400, path
