"""Comparisons, choices and rounding as PyTorch's exporters leave them, at every code against onnx's own evaluator."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx.reference import ReferenceEvaluator
from tests.frontends.onnx.test_tracer import graph_of, refusal

from whetgen.foreign.onnx_files import OnnxFile
from whetgen.fuzz.onnx_models import Net
from whetgen.input_spec import InputSpec
from whetgen.reading import check_against_floats, trace_steps

CODES = np.arange(-128, 128)


def equals_onnx(net):
    """Every code of int8 through the one element of a network."""
    model = net.model()
    graph = graph_of(model, "int8")
    (output,) = graph.outputs
    made = graph.run(CODES[:, None]) * float(output.scale) + float(output.offset)
    session = ReferenceEvaluator(model)
    wanted = np.concatenate([session.run(None, {"codes": np.array([[c]], np.float32)})[0] for c in CODES])
    assert len(np.unique(wanted)) > 1
    assert np.array_equal(made, wanted)


@pytest.mark.parametrize("middle", [0.0, 0.5, 1.0, -3.0])
def test_heaviside_of_torch_has_the_value_that_was_asked_for_at_0(middle):
    """``torch.heaviside(x, middle)``: a choice between a constant and what another comparison chose."""
    net = Net((1,))
    below = net.add("Less", np.float32(0))
    sides = net.add("Where", np.float32(0), np.float32(1), at=[below])
    zero = net.add("Equal", np.float32(0), at=["codes"])
    net.add("Where", np.float32(middle), sides, at=[zero])
    equals_onnx(net)


@given(
    st.lists(st.sampled_from(["Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Equal"]), min_size=2, max_size=4),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=12)
def test_choices_between_choices_are_one_function_of_what_is_compared(operators, seed):
    rng = np.random.default_rng(seed)
    net = Net((1,))
    made = None
    for k, operator in enumerate(operators):
        condition = net.add(operator, np.float32(rng.integers(-100, 100)), at=["codes"])
        no = np.float32(rng.integers(0, 4)) if made is None else made
        made = net.add("Where", np.float32(4 + k), no, at=[condition])
    equals_onnx(net)


@pytest.mark.parametrize("operator", ["Round", "Floor", "Ceil"])
@pytest.mark.parametrize("clip", ["before", "behind", "Relu before"])
def test_rounding_between_bounds_is_a_quantiser(operator, clip):
    """``torch.round(torch.clamp(x / 8, 0, 3))``, or the other way round."""
    net = Net((1,))
    net.add("Div", np.float32(8))
    if clip == "before":
        net.add("Clip", np.float32(-0.75), np.float32(2.5))
    if clip == "Relu before":
        net.add("Relu")
    net.add(operator)
    if clip != "before":
        net.add("Clip", np.float32(-2), np.float32(3))
    net.add("Mul", np.float32(0.25))
    equals_onnx(net)


def test_what_is_no_function_of_one_tensor_is_refused():
    net = Net((4,))
    condition = net.add("Less", np.float32(3))
    net.add("Where", "codes", np.float32(1), at=[condition])
    message = "chooses between tensors that depend on the input; only comparisons of the same tensor are joined"
    refusal(net, f"node 'where1' (Where) {message}")
    net = Net((4,))
    net.add("Round")
    net.add("MatMul", np.eye(4))
    message = "reads what is rounded to any integer; put a Clip with whole bounds directly behind the rounding"
    refusal(net, f"node 'matmul1' (MatMul) {message}")
    net = Net((4,))
    net.add("Round")
    net.add("Clip", np.float32(0.5))
    refusal(net, "node 'clip1' (Clip) rounds between bounds that are no integers; use whole ones")


@pytest.mark.parametrize("head", ["Softmax", "LogSoftmax", "Sigmoid"])
def test_heads_are_compared_with_the_evaluator(head):
    net = Net((6,))
    net.add("MatMul", np.random.default_rng(0).normal(size=(6, 4)) / 100)
    net.add(head)
    file = OnnxFile(Path("net.onnx"), net.model())
    check = check_against_floats(file, trace_steps(file, InputSpec(scale=1)))
    assert check.values_compared == 1024 and check.outside_bound == 0


def test_the_largest_of_a_map_may_be_a_reduction():
    nets = Net((2, 3, 3)), Net((2, 3, 3))
    nets[0].add("GlobalMaxPool")
    nets[0].add("Flatten")
    nets[1].add("ReduceMax", axes=[2, 3], keepdims=0)
    graphs = [graph_of(net.model()) for net in nets]
    codes = np.random.default_rng(0).integers(0, 256, (20, 3, 3, 2))
    assert np.array_equal(graphs[0].run(codes), graphs[1].run(codes))
