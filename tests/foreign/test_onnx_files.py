"""ONNX files that are damaged, that point at other files, or claim more than they hold."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from whetgen.errors import BadInput
from whetgen.foreign.onnx_files import open_onnx
from whetgen.frontends.onnx.tracer import trace_onnx
from whetgen.fuzz.onnx_models import Net
from whetgen.ir import InputMeaning
from whetgen.ir.nodes import ELEMENT_TYPES

ONE_FILE = "save it as one file with onnx.save_model(model, path, save_as_external_data=False)"


def model():
    net = Net((4,))
    net.add("MatMul", np.eye(4))
    net.bipolar()
    return net.model()


def refusal(path, message):
    with pytest.raises(BadInput) as told:
        open_onnx(path)
    assert str(told.value) == message


def test_a_missing_file_is_named(tmp_path):
    path = tmp_path / "net.onnx"
    refusal(path, f"{path}: no such file; give an .onnx model")


def test_an_array_that_claims_more_than_it_holds_takes_no_memory(tmp_path):
    path, made = tmp_path / "net.onnx", model()
    made.graph.initializer[0].dims[0] = 1 << 40
    path.write_bytes(made.SerializeToString())
    refusal(path, f"{path}: 'constant0' claims {4 << 40} numbers and holds others; export the model again")


@pytest.mark.parametrize("location", ["../secret", "/etc/passwd", ".hidden", "none", "", "folder/weights"])
def test_weights_elsewhere_are_never_opened(location, tmp_path):
    path, made = tmp_path / "net.onnx", model()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "weights").write_bytes(bytes(64))
    (tmp_path / ".hidden").write_bytes(bytes(64))
    tensor = made.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    path.write_bytes(made.SerializeToString())
    refusal(path, f"{path}: keeps weights in {location!r}, which is no file beside it; {ONE_FILE}")


def test_weights_in_a_link_beside_the_model_are_not_opened(tmp_path):
    path, made = tmp_path / "net.onnx", model()
    onnx.save_model(made, path, save_as_external_data=True, location="weights", size_threshold=0)
    (tmp_path / "weights").rename(tmp_path / "elsewhere")
    (tmp_path / "weights").symlink_to(tmp_path / "elsewhere")
    refusal(path, f"{path}: keeps weights in 'weights', which is no file beside it; {ONE_FILE}")


def test_weights_in_a_file_beside_the_model_are_read_as_large_exports_leave_them(tmp_path):
    path = tmp_path / "net.onnx"
    onnx.save_model(model(), path, save_as_external_data=True, location="weights", size_threshold=0)
    traced = trace_onnx(open_onnx(path), ELEMENT_TYPES["uint8"], InputMeaning())
    assert np.array_equal(traced.graph.nodes[1].kernel, np.eye(4))
    (tmp_path / "weights").write_bytes(bytes(8))
    refusal(path, f"{path}: 'constant0' is not whole in 'weights'; export the model again")


def test_cut_and_mutated_files_are_read_or_refused_in_one_line(tmp_path):
    """Whatever is read is traced or refused in one line, too."""
    path, data = tmp_path / "net.onnx", model().SerializeToString()
    rng, refused = np.random.default_rng(0), 0
    for trial in range(300):
        changed = bytearray(data[: rng.integers(1, len(data))] if trial % 3 == 0 else data)
        for place in rng.integers(0, len(changed), 3):
            changed[place] = rng.integers(0, 256)
        path.write_bytes(bytes(changed))
        try:
            trace_onnx(open_onnx(path), ELEMENT_TYPES["uint8"], InputMeaning())
        except BadInput as error:
            assert str(error).count("\n") == 0
            refused += 1
    assert 100 < refused < 300


@pytest.mark.parametrize("twice", ["constant0", "matmul0"])
def test_two_tensors_of_one_name_are_refused(twice, tmp_path):
    path, made = tmp_path / "net.onnx", model()
    made.graph.initializer.append(helper.make_tensor(twice, TensorProto.FLOAT, [1], [1.0]))
    path.write_bytes(made.SerializeToString())
    refusal(path, f"{path}: makes '{twice}' twice; export the model again")


def test_texts_and_sparse_weights_are_refused(tmp_path):
    path, made = tmp_path / "net.onnx", model()
    made.graph.initializer.append(helper.make_tensor("words", TensorProto.STRING, [1], [b"a"]))
    path.write_bytes(made.SerializeToString())
    refusal(path, f"{path}: 'words' has the shape (1,) and the type 8; only whole arrays of numbers are read")
