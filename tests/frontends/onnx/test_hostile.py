"""ONNX files whose nodes break the rules: one clear line each, whatever Python made of it."""

import re

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from whetgen.errors import BadInput
from whetgen.foreign.onnx_files import open_onnx
from whetgen.fuzz.onnx_models import Net
from whetgen.input_spec import InputSpec
from whetgen.reading import check_against_floats, trace_steps

CHECK = "check the model with onnx.checker"


def network():
    """Names: div0, conv1, quant2, flatten3, matmul4."""
    rng = np.random.default_rng(0)
    net = Net((1, 4, 4))
    net.add("Div", np.float32(255))
    net.add("Conv", rng.normal(size=(3, 1, 2, 2)), kernel_shape=[2, 2], strides=[2, 2])
    net.quant(0.25, 2, signed=0)
    net.add("Flatten")
    net.add("MatMul", rng.normal(size=(12, 5)))
    return net.model()


def node(model, operator):
    return next(n for n in model.graph.node if n.op_type == operator)


def constant(model, operator, place, values):
    """Replaces an input of a node that is a constant."""
    name = node(model, operator).input[place]
    held = next(t for t in model.graph.initializer if t.name == name)
    held.CopyFrom(numpy_helper.from_array(np.asarray(values), name))


def no_stride(model):
    next(a for a in node(model, "Conv").attribute if a.name == "strides").ints[:] = [0, 0]


def no_width(model):
    constant(model, "Quant", 3, np.zeros((0,), np.float32))


def no_factor(model):
    constant(model, "Div", 1, np.zeros((0,), np.float32))


def nan_weight(model):
    constant(model, "MatMul", 1, np.full((12, 5), np.nan, np.float32))


def one_addend(model):
    node(model, "Flatten").op_type = "Add"
    del node(model, "Add").attribute[:]


def infinite_threshold(model):
    changed = node(model, "Quant")
    changed.op_type = "MultiThreshold"
    del changed.attribute[:]
    constant(model, "MultiThreshold", 1, np.array([[0.5, np.inf]], np.float32))


def overflowing_shape(model):
    node(model, "Flatten").op_type = "Reshape"
    del node(model, "Reshape").attribute[:]
    node(model, "Reshape").input.append("to")
    model.graph.initializer.append(numpy_helper.from_array(np.array([2**62, 2**62, 4]), "to"))


def range_without_end(model):
    model.graph.node.insert(0, onnx.helper.make_node("Range", [model.graph.initializer[0].name], ["r"], name="range"))


def circle(model):
    node(model, "Conv").input[0] = node(model, "MatMul").output[0]


def odd_rounding(model):
    next(a for a in node(model, "Quant").attribute if a.name == "rounding_mode").s = b"x" * 1000


def breaks(name, operator):
    return rf"node '{name}' \({operator}\) breaks a rule of its operator \(.+\); {CHECK}"


HOSTILE = {
    no_stride: breaks("conv1", "Conv"),
    no_width: breaks("quant2", "Quant"),
    no_factor: r"node 'div0' \(Div\) has a constant of shape \(0,\), which does not fit the tensor \(1, 1, 4, 4\)",
    nan_weight: r"node 'matmul4' \(MatMul\) has weights that are NaN or Inf; the training diverged, train the model again",
    one_addend: breaks("flatten3", "Add"),
    infinite_threshold: breaks("quant2", "MultiThreshold"),
    overflowing_shape: r"node 'flatten3' \(Reshape\) .+",
    range_without_end: breaks("range", "Range"),
    circle: r"node 'conv1' \(Conv\) reads 'matmul4', which nothing before it makes; export the model again",
    odd_rounding: rf"node 'quant2' \(Quant\) rounds by '{'x' * 60}'; choose one of .+",
}


def read(model, path):
    path.write_bytes(model.SerializeToString())
    file = open_onnx(path)
    check_against_floats(file, trace_steps(file, InputSpec()))


def test_the_network_itself_is_read(tmp_path):
    read(network(), tmp_path / "net.onnx")


@pytest.mark.parametrize("change", HOSTILE)
def test_a_node_that_breaks_the_rules_is_named_in_one_line(change, tmp_path):
    model = network()
    change(model)
    with pytest.raises(BadInput) as told:
        read(model, tmp_path / "net.onnx")
    assert re.fullmatch(HOSTILE[change], str(told.value)), told.value


def test_what_onnx_does_not_run_is_told(tmp_path):
    model = network()
    node(model, "Conv").attribute.add(name="odd")
    with pytest.raises(BadInput) as told:
        read(model, tmp_path / "net.onnx")
    assert re.fullmatch(
        rf"{tmp_path}/net.onnx: does not run in onnx's evaluator \(.+\); check it with onnx.checker", str(told.value)
    )
