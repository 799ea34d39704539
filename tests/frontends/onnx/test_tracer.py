"""ONNX and QONNX models against qonnx' own executor and against onnx'."""

import warnings
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from whetgen.errors import BadInput
from whetgen.foreign.onnx_files import OnnxFile
from whetgen.frontends.onnx.run import run_onnx, tensors_of, values_of
from whetgen.frontends.onnx.tracer import trace_onnx
from whetgen.fuzz.onnx_models import Net, random_onnx_model
from whetgen.fuzz.recipe import ModelRecipe
from whetgen.ir import ELEMENT_TYPES, InputMeaning
from whetgen.passes import lower, optimise
from whetgen.verification.rounding import compare_with_floats

CODES = InputMeaning(Fraction(1))


def traced(model, element="uint8"):
    return trace_onnx(OnnxFile(Path("net.onnx"), model), ELEMENT_TYPES[element], CODES)


def graph_of(model, element="uint8"):
    return optimise(lower(traced(model, element).graph).graph)


def some_codes(graph, frames, seed=0):
    element = graph.input.type
    return np.random.default_rng(seed).integers(element.lo, element.hi + 1, (frames, *graph.input.shape))


def two_hundred(first, step, quick):
    """First seeds of groups; those behind ``quick`` are long tests."""
    return [
        pytest.param(seed, marks=pytest.mark.long) if seed >= first + quick else seed
        for seed in range(first, first + 200, step)
    ]


@pytest.mark.parametrize("first", two_hundred(0, 10, quick=40))
def test_random_models_are_what_qonnx_computes(first):
    import qonnx.core.onnx_exec as executor
    from qonnx.core.modelwrapper import ModelWrapper
    from qonnx.transformation.infer_shapes import InferShapes

    compared = 0
    for seed in range(first, first + 10):
        model = random_onnx_model(ModelRecipe.drawn(seed))
        trace = traced(model)
        codes = some_codes(trace.graph, 3, seed)
        order = [trace.input.order.index(k) for k in range(3)]
        with warnings.catch_warnings(action="ignore"):
            wrapped = ModelWrapper(model).transform(InferShapes())
            frames = [{"codes": c.transpose(order)[None].astype(np.float32)} for c in codes]
            rows = [executor.execute_onnx(wrapped, frame, return_full_exec_context=True) for frame in frames]
        values = values_of(trace, {t: np.concatenate([row[t] for row in rows]) for t in tensors_of(trace)})
        check = compare_with_floats(trace.graph, lower(trace.graph), codes, values)
        assert check.outside_bound == 0, seed
        compared += check.spikes_compared
    assert compared > 400


@pytest.mark.parametrize("first", two_hundred(200, 20, quick=40))
def test_random_models_are_what_onnx_computes(first):
    for seed in range(first, first + 20):
        model = random_onnx_model(ModelRecipe.drawn(seed))
        trace = traced(model)
        codes = some_codes(trace.graph, 8, seed)
        values = run_onnx(OnnxFile(Path("net.onnx"), model), trace, codes)
        assert compare_with_floats(trace.graph, lower(trace.graph), codes, values).outside_bound == 0, seed


def test_ties_are_decided_as_the_quantiser_says():
    """``x / 2`` is a tie at every odd code: it goes to the even neighbour."""
    net = Net((4,))
    net.quant(2.0, 4, signed=0)
    codes = np.arange(16).reshape(4, 4)
    graph = graph_of(net.model())
    wanted = np.round(codes / 2) * 2
    assert np.array_equal(graph.run(codes) * float(graph.outputs[0].scale) + float(graph.outputs[0].offset), wanted)


def test_weights_behind_a_quantiser_stay_small_integers():
    rng = np.random.default_rng(0)
    net = Net((12,))
    net.add("MatMul", net.weights(rng.normal(size=(12, 5)), rng.random(5) + 0.1, bits=1))
    net.bipolar()
    net.add("MatMul", net.weights(rng.normal(size=(5, 3)), 0.3, bits=3))
    graph = graph_of(net.model())
    assert [int(np.abs(node.weights).max()) for node in graph.nodes if hasattr(node, "weights")] == [1, 6]


def test_channels_come_last_unless_the_file_has_them_there():
    first, last = Net((3, 4, 5)), Net((4, 5, 3))
    last.add("Transpose", perm=[0, 3, 1, 2])
    weights = np.random.default_rng(1).normal(size=(2, 3, 3, 3))
    for net in (first, last):
        net.add("Conv", weights, kernel_shape=[3, 3])
        net.bipolar()
    graphs = [graph_of(net.model()) for net in (first, last)]
    codes = some_codes(graphs[0], 5)
    assert graphs[0].input.shape == graphs[1].input.shape == (4, 5, 3)
    assert np.array_equal(graphs[0].run(codes), graphs[1].run(codes))


def test_flattened_channels_are_in_onnx_order():
    net = Net((3, 2, 2))
    net.bipolar()
    net.add("Flatten")
    weights = np.eye(12)[:, ::-1].copy()
    net.add("MatMul", weights)
    graph = graph_of(net.model(), "int8")
    codes = some_codes(graph, 6)
    signs = np.where(codes >= 0, 1, -1).transpose(0, 3, 1, 2).reshape(6, 12)
    (output,) = graph.outputs
    assert np.array_equal(graph.run(codes) * output.scale + output.offset, signs[:, ::-1])


def test_the_class_is_the_first_of_the_largest():
    net = Net((4,))
    net.add("MatMul", np.eye(4))
    net.add("TopK", np.array([1]), axis=-1)
    net.nodes[-1].output.append("indices")
    graph = graph_of(net.model(["indices"]))
    assert graph.is_classifier
    assert graph.predict(np.array([[3, 9, 9, 1], [0, 0, 0, 0]])).tolist() == [1, 0]


def refusal(net, message, outputs=None):
    with pytest.raises(BadInput) as told:
        graph_of(net.model(outputs))
    assert str(told.value) == message


RETRAIN = (
    "whetgen takes networks whose hidden neurons are thresholds: quantise its result to 1 to 4 bits and train again"
)
CLIPPED = (
    "reads what Relu or Clip made of real numbers, which is no network of thresholds; "
    "put a quantiser (BipolarQuant, Quant, MultiThreshold) or a comparison directly behind it"
)


def test_what_is_no_network_of_thresholds_is_named():
    net = Net((4,))
    net.add("Relu")
    net.add("MatMul", np.eye(4))
    refusal(net, f"node 'matmul1' (MatMul) {CLIPPED}")
    net = Net((4,))
    net.add("Tanh")
    refusal(net, f"node 'tanh0' (Tanh) is not supported; it makes real numbers; {RETRAIN}")
    net = Net((4,))
    net.add("MatMul", np.eye(4))
    net.quant(0.1, 8)
    net.add("MatMul", np.eye(4))
    refusal(
        net,
        "node 'quant1' (Quant) makes 256 values; neurons have up to 15 thresholds, train with 4 bits or fewer",
    )
    net = Net((4,))
    net.add("Softmax")
    net.add("MatMul", np.eye(4))
    refusal(net, "node 'softmax0' (softmax) is read by 'matmul1'; softmax and sigmoid are only supported as outputs")


def test_a_constant_that_would_fill_the_memory_is_refused():
    net = Net((4,))
    grown = net.add("Expand", np.array([1 << 20, 1 << 20]), at=[net.constant(1.0)])
    net.add("Add", grown, at=["codes"])
    refusal(net, f"node 'expand0' (Expand) makes a constant of more than {1 << 26} numbers")


def test_a_missing_tensor_is_named():
    net = Net((4,))
    net.add("Add", "nothing")
    refusal(net, "node 'add0' (Add) reads 'nothing', which nothing before it makes; export the model again")


def test_an_old_file_means_the_same_as_a_new_one():
    """Axes and bounds were attributes once."""
    old, new = Net((4, 1, 1), opset=9), Net((4, 1, 1))
    old.add("Squeeze", axes=[2, 3])
    new.add("Squeeze", np.array([2, 3]))
    old.add("Clip", min=10.0, max=20.0)
    new.add("Clip", np.float32(10.0), np.float32(20.0))
    for net in (old, new):
        net.quant(5.0, 3, signed=0)
    codes = np.arange(0, 40, 2).reshape(5, 1, 1, 4)
    graphs = [graph_of(net.model()) for net in (old, new)]
    assert np.array_equal(graphs[0].run(codes), graphs[1].run(codes))
    assert sorted(np.unique(graphs[0].run(codes))) == [0, 1, 2]
