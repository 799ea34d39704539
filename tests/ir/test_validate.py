"""Every legality rule refuses what breaks it, by name."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from whetgen.errors import BadInput
from whetgen.ir import ELEMENT_TYPES, Graph, InputMeaning, Output, check_output_bits, validate
from whetgen.ir.nodes import Concat, Conv, Dense, Input, MaxPool, Pad, Permute, Reshape, Threshold, WeightedSum


def ints(*shape):
    return np.ones(shape, dtype=np.int64)


ROW, MAP = Input("x", (4,), ELEMENT_TYPES["uint8"]), Input("x", (4, 4, 2), ELEMENT_TYPES["uint8"])

BROKEN = {
    "dense fan-in": (
        ROW,
        Dense("n", "x", ints(5, 2), ints(2)),
        r"node 'n' \(Dense\) breaks the rule: weights are \(inputs, neurons\)",
    ),
    "dense bias": (ROW, Dense("n", "x", ints(4, 2), ints(3)), r"bias is \(neurons,\)"),
    "float weights": (ROW, Dense("n", "x", np.ones((4, 2)), ints(2)), r"arrays are int64 or object; found float64"),
    "conv on a row": (
        ROW,
        Conv("n", "x", ints(1, 1, 4, 2), ints(2)),
        r"the source is \(height, width, channels\); found \(4,\)",
    ),
    "conv groups": (MAP, Conv("n", "x", ints(1, 1, 1, 3), ints(3), groups=2), r"groups divide channels and neurons"),
    "conv stride": (
        MAP,
        Conv("n", "x", ints(1, 1, 2, 3), ints(3), stride=(0, 1)),
        r"stride is at least 1; found \(0, 1\)",
    ),
    "empty output": (
        MAP,
        Conv("n", "x", ints(5, 5, 2, 3), ints(3)),
        r"every axis has at least one element; found \(0, 0, 3\)",
    ),
    "pool padding": (MAP, MaxPool("n", "x", (2, 2), (2, 2), ((2, 0), (0, 0))), r"padding is smaller than the window"),
    "threshold shape": (MAP, Threshold("n", "x", ints(3)), r"arrays are \(channels,\) or of the whole shape"),
    "sum factors": (MAP, WeightedSum("n", ("x",), (ints(2), ints(2)), ints(2)), r"one factor for each operand"),
    "reshape size": (MAP, Reshape("n", "x", (31,)), r"the number of elements stays; found"),
    "permute axes": (MAP, Permute("n", "x", (0, 0, 1)), r"axes are a permutation; found \(0, 0, 1\)"),
    "pad on a row": (ROW, Pad("n", "x", ((1, 1), (0, 0))), r"the source is \(height, width, channels\)"),
    "a name in two lines": (
        ROW,
        Reshape("n\nint x;", "x", (4,)),
        r"node 'n\\nint x;' \(Reshape\) breaks the rule: names are of characters",
    ),
    "a name with an escape code": (
        ROW,
        Reshape("\x1b[31mn", "x", (4,)),
        r"node '\\x1b\[31mn' \(Reshape\) breaks the rule: names",
    ),
    "concat axis": (MAP, Concat("n", ("x", "x"), 3), r"operands differ along the joined axis only"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_named(name):
    source, node, message = BROKEN[name]
    with pytest.raises(BadInput, match=message):
        validate(Graph((source, node), (Output("y", "n", "accumulators"),)))


def test_order_uniqueness_and_outputs_are_checked():
    fire = Threshold("t", "x", ints(4))
    with pytest.raises(BadInput, match="starts with its one Input"):
        validate(Graph((), ()))
    with pytest.raises(BadInput, match="sources come before their readers; found y"):
        validate(Graph((ROW, Threshold("t", "y", ints(4))), (Output("o", "t", "spikes"),)))
    with pytest.raises(BadInput, match="names are unique"):
        validate(Graph((ROW, fire, fire), (Output("o", "t", "spikes"),)))
    with pytest.raises(BadInput, match="output 'o' reads 'z', which does not exist"):
        validate(Graph((ROW, fire), (Output("o", "z", "spikes"),)))
    with pytest.raises(BadInput, match="output 'o' is of spikes, but its range is"):
        validate(Graph((ROW,), (Output("o", "x", "spikes"),)))


@pytest.mark.parametrize("scale", [Fraction(0), Fraction(-1, 2)])
def test_scales_are_above_0(scale):
    """Classes follow from the signs of real values, and doubts about data divide by the input's scale."""
    output = Output("o", "x", "accumulators", scale)
    with pytest.raises(BadInput, match=rf"^output 'o' has the scale {scale}, it must be above 0$"):
        validate(Graph((ROW,), (output,)))
    with pytest.raises(BadInput, match=rf"^the scale of input codes is {scale}, it must be above 0$"):
        validate(Graph((ROW,), (Output("o", "x", "accumulators"),), InputMeaning(scale)))


def test_an_output_beyond_64_bits_is_legal_but_no_target_can_take_it():
    wide = Dense("n", "x", ints(4, 1).astype(object) * (1 << 70), ints(1))
    graph = validate(Graph((ROW, wide), (Output("o", "n", "accumulators"),)))
    with pytest.raises(
        BadInput, match="output 'o' needs 81 bits to be exact, at most 64 .* last layer with --weight-bits"
    ):
        check_output_bits(graph)


def test_the_level_of_one_neuron_needs_a_word_as_well():
    """Compared with up to the first number above all that it holds."""
    nodes = (
        Input("x", (1,), ELEMENT_TYPES["bit"]),
        Dense("d", "x", np.array([[(1 << 63) - 1]]), np.array([0])),
    )
    number = Graph(nodes, (Output("y", "d", "accumulators"),))
    assert check_output_bits(number) is number
    with pytest.raises(BadInput, match=r"^output 'y' needs 65 bits to be exact, at most 64 are possible"):
        check_output_bits(replace(number, outputs=(replace(number.outputs[0], classifier=True),)))


def test_the_name_of_an_output_prints():
    with pytest.raises(BadInput, match=r"^output 'y\\nz': names are of characters that print; rename the output$"):
        validate(Graph((ROW,), (Output("y\nz", "x", "accumulators"),)))
