"""Layers in words."""

import numpy as np
import pytest
from tests.layers.test_build import FIRE, LEVELS, ONES, SUMS, network

from whetgen.ir.nodes import MaxPool, Permute
from whetgen.layers import layer_graph

WORDS = {
    "8 inputs, 2 neurons, sum": (SUMS["dense"],),
    "8 inputs, 2 neurons, fire": (SUMS["dense"], FIRE),
    "sum of 2x2 windows, to 1x1x2": (SUMS["sum_pool"],),
    "largest of 1x2 windows, to 2x1x2": (MaxPool("top", "x", (1, 2), (1, 2)),),
    "1 operand of 8 elements, fire": (SUMS["weighted_sum"], FIRE),
    "8 inputs, 2 neurons, 3 thresholds": (SUMS["dense"], LEVELS),
    "8 elements moved": (Permute("turned", "x", (2, 0, 1)),),
}


@pytest.mark.parametrize("words", WORDS)
def test_a_layer_in_words(words):
    nodes = WORDS[words]
    (layer,) = layer_graph(network(*nodes, outputs=(nodes[-1].name,)), several=True).layers
    assert layer.summary == words


def test_a_window_in_words():
    conv = SUMS["conv"]
    small = type(conv)("sum", "x", np.ones((1, 2, 2, 2), dtype=np.int64), 0 * ONES)
    (layer,) = layer_graph(network(small, outputs=("sum",))).layers
    assert layer.summary == "2x2x2, window 1x2, to 2x1x2, sum"
