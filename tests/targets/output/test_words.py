"""What codes and results mean, in words."""

from fractions import Fraction

import numpy as np
import pytest

from whetgen.ir import ELEMENT_TYPES, Graph, InputMeaning, Output
from whetgen.ir.nodes import Dense, Input
from whetgen.targets.output.words import input_words, output_words

MEANINGS = {
    (Fraction(1, 255), Fraction(0)): "q / 255",
    (Fraction(1), Fraction(0)): "q",
    (Fraction(2, 255), Fraction(-1)): "q * 2 / 255 - 1",
    (Fraction(3), Fraction(1, 2)): "q * 3 + 1/2",
    (Fraction(1, 2**40), Fraction(-1, 3)): "about q * 9.09494702e-13 - 0.333333333",
    (Fraction(1, 2**40), Fraction(0)): "about q * 9.09494702e-13",
}


def graph(meaning: InputMeaning, neurons: int = 3) -> Graph:
    nodes = (
        Input("x", (2,), ELEMENT_TYPES["int8"]),
        Dense("d", "x", np.ones((2, neurons), int), np.zeros(neurons, int)),
    )
    return Graph(nodes, (Output("y", "d", "accumulators"),), meaning)


@pytest.mark.parametrize("meaning", MEANINGS)
def test_a_code_has_a_type_a_range_and_a_real_value(meaning):
    assert input_words(graph(InputMeaning(*meaning))) == f"code q, int8 -128..127, means {MEANINGS[meaning]}"


OUTPUTS = {
    "'y': 3 accumulators; n means n / 4 + 1": (3, Output("y", "d", "accumulators", Fraction(1, 4), Fraction(1))),
    "'y': 3 scores; the class is the index of the largest, the lowest of equals": (
        3, Output("y", "d", "scores", classifier=True),
    ),
    "'y': 3 spikes; each 0 or 1": (3, Output("y", "d", "spikes")),
    "'y': 1 spikes; it is the class": (1, Output("y", "d", "spikes", classifier=True)),
    "'y': 1 accumulators; class 1 where it is -3 or more (its real value is 0 or more), else 0": (
        1, Output("y", "d", "accumulators", Fraction(1, 4), Fraction(7, 8), classifier=True),
    ),
}  # fmt: skip


@pytest.mark.parametrize("words", OUTPUTS)
def test_an_output_is_numbers_spikes_or_tells_a_class(words):
    neurons, output = OUTPUTS[words]
    assert output_words(graph(InputMeaning(), neurons), output) == words
