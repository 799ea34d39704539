"""onnx's own evaluator, where it knows less than the standard."""

import numpy as np
import pytest

from whetgen.foreign.onnx_evaluator import evaluator
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Input, MaxPool, Pad
from whetgen.targets.onnx.export import export


@pytest.mark.parametrize("padding", [((-1, 2), (0, -2)), ((0, -1), (-1, -1)), ((1, 1), (0, 2))])
def test_negative_pads_take_away(padding):
    """What whetgen fuzz found: the evaluator refused them."""
    nodes = (Input("codes", (4, 5, 2), ELEMENT_TYPES["int8"]), Pad("cut", "codes", padding))
    graph = validate(Graph(nodes, (Output("out", "cut", "accumulators"),)))
    codes = np.random.default_rng(0).integers(-128, 128, (3, 4, 5, 2))
    model = export(graph, "net", qonnx=True)
    (found,) = evaluator(model).run(None, {model.graph.input[0].name: codes.astype(np.float32)})
    assert np.array_equal(found.reshape(3, -1), graph.run(codes).reshape(3, -1))


@pytest.mark.parametrize("padding", [((0, 1), (0, 1)), ((1, 0), (2, 1)), ((0, 0), (0, 0))])
def test_the_largest_of_a_window_that_is_larger_than_the_frame(padding):
    """What whetgen fuzz found: the evaluator refused some."""
    nodes = (Input("codes", (2, 3, 2), ELEMENT_TYPES["int8"]), MaxPool("pool", "codes", (2, 3), (1, 2), padding))
    graph = validate(Graph(nodes, (Output("out", "pool", "accumulators"),)))
    codes = np.random.default_rng(0).integers(-128, 0, (5, 2, 3, 2))
    model = export(graph, "net", qonnx=True)
    (found,) = evaluator(model).run(None, {model.graph.input[0].name: codes.astype(np.float32)})
    assert np.array_equal(found.reshape(5, -1), graph.run(codes).reshape(5, -1))
