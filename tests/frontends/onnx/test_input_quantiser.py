"""A quantiser in front says what the input's codes are: against qonnx' executor and onnxruntime, every code of the type."""

import warnings

import numpy as np
import onnx
import onnxruntime
import pytest

from whetgen import InputSpec, load_model
from whetgen.fuzz.onnx_models import Net
from whetgen.reading import check_against_floats, trace_steps

ZERO = {"uint8": np.uint8(3), "int8": np.int8(-5)}


def behind(net: Net) -> onnx.ModelProto:
    """A few neurons and sums of powers of two behind the net: float32 is exact."""
    rng = np.random.default_rng(1)
    net.add("MatMul", rng.integers(-3, 4, (4, 6)) / 4)
    net.add("Greater", np.float32(0.5))
    net.add("Cast", to=1)
    net.add("MatMul", rng.integers(-3, 4, (6, 3)) / 4)
    return net.model()


def traced(model, path, spec=None):
    onnx.save(model, path)
    file = load_model(path)
    found = trace_steps(file, spec or InputSpec())
    assert check_against_floats(file, found).outside_bound == 0
    return found.graph


def frames(graph):
    """Every code in every place, and some at random."""
    element = graph.input.type
    codes = np.arange(element.lo, element.hi + 1)
    each = np.stack([np.roll(codes, shift) for shift in (0, 17, 91, 140)], axis=1)
    return np.concatenate([each, np.random.default_rng(0).choice(codes, (100, 4))])


def real(graph, codes):
    meaning = graph.meaning
    return (codes * float(meaning.scale) + float(meaning.offset)).astype(np.float32)


def values(graph, codes):
    (output,) = graph.outputs
    return graph.run(codes) * float(output.scale) + float(output.offset)


def of_qonnx(model, rows):
    import qonnx.core.onnx_exec as executor
    from qonnx.core.modelwrapper import ModelWrapper
    from qonnx.transformation.infer_shapes import InferShapes

    with warnings.catch_warnings(action="ignore"):
        wrapped = ModelWrapper(model).transform(InferShapes())
        return np.concatenate(
            [executor.execute_onnx(wrapped, {"codes": r[None]})[wrapped.graph.output[0].name] for r in rows]
        )


@pytest.mark.parametrize("narrow", [0, 1])
@pytest.mark.parametrize(("signed", "type_"), [(1, "int8"), (0, "uint8")])
def test_a_quant_of_eight_bits_names_the_type(signed, type_, narrow, tmp_path):
    """A narrow one makes -127 of -128, or 254 of 255."""
    net = Net((4,))
    net.quant(0.25, 8, signed=signed, narrow=narrow, zero=2)
    model = behind(net)
    graph = traced(model, tmp_path / "net.onnx")
    assert (graph.input.type.name, str(graph.meaning.scale), str(graph.meaning.offset)) == (type_, "1/4", "-1/2")
    codes = frames(graph)
    assert np.array_equal(values(graph, codes), of_qonnx(model, real(graph, codes)))


@pytest.mark.parametrize("opset", [13, 17, 21])
@pytest.mark.parametrize("type_", ZERO)
def test_a_quantize_linear_names_the_type(type_, opset, tmp_path):
    net = Net((4,), opset=opset)
    zero = net.constant(ZERO[type_], ZERO[type_].dtype)
    scale = net.constant(0.5)
    net.add("QuantizeLinear", at=[net.at, scale, zero])
    net.add("DequantizeLinear", at=[net.at, scale, zero])
    model = behind(net)
    graph = traced(model, tmp_path / "net.onnx")
    assert (graph.input.type.name, graph.meaning.scale, graph.meaning.offset) == (type_, 0.5, -0.5 * ZERO[type_])
    codes = frames(graph)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    wanted = np.concatenate([session.run(None, {"codes": row[None]})[0] for row in real(graph, codes)])
    assert np.array_equal(values(graph, codes), wanted)


@pytest.mark.parametrize("narrow", [0, 1])
@pytest.mark.parametrize("signed", [1, 0])
def test_a_quant_of_four_bits_is_neurons_on_the_codes(signed, narrow, tmp_path):
    net = Net((4,))
    net.quant(16.0, 4, signed=signed, narrow=narrow)
    model = behind(net)
    graph = traced(model, tmp_path / "net.onnx", InputSpec(scale=1))
    assert (graph.input.type.name, graph.meaning.scale) == ("uint8", 1)
    codes = frames(graph)
    assert np.array_equal(values(graph, codes), of_qonnx(model, real(graph, codes)))


def test_a_quantiser_behind_a_sum_is_none_of_the_input(tmp_path):
    net = Net((4,))
    net.add("Add", np.float32(0.125))
    net.quant(0.25, 4, signed=0)
    graph = traced(behind(net), tmp_path / "net.onnx", InputSpec(scale=16))
    assert graph.meaning.scale == 1 / 16


@pytest.mark.parametrize("opset", [13, 21])
def test_weights_behind_a_dequantize_linear_are_what_onnxruntime_computes(opset, tmp_path):
    """A scale for each column, and activations of two bits by QuantizeLinear and DequantizeLinear behind a Clip."""
    rng = np.random.default_rng(2)
    net = Net((4,), opset=opset)
    stored = net.constant(rng.integers(-7, 8, (4, 6)), np.int8)
    scales, zeros = net.constant(rng.choice([0.25, 0.5, 1], 6)), net.constant(np.zeros(6), np.int8)
    weights = net.add("DequantizeLinear", at=[stored, scales, zeros], axis=1)
    net.add("MatMul", at=["codes", weights])
    net.add("Clip", np.float32(0), np.float32(48))
    step, zero = net.constant(16.0), net.constant(0, np.uint8)
    net.add("QuantizeLinear", at=[net.at, step, zero])
    net.add("DequantizeLinear", at=[net.at, step, zero])
    model = net.model()
    graph = traced(model, tmp_path / "net.onnx", InputSpec(scale=1))
    codes = frames(graph)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    wanted = np.concatenate([session.run(None, {"codes": row[None]})[0] for row in real(graph, codes)])
    assert np.array_equal(values(graph, codes), wanted) and len(np.unique(wanted)) == 4
