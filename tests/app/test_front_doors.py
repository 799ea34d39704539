"""ONNX and NIR files through the command line, in both directions."""

import json

import numpy as np
import onnx
import pytest
from tests.app.command import run
from tests.foreign.test_relatives import NETS, write

from whetgen import InputSpec, load_model, trace
from whetgen.fuzz.onnx_models import Net


def small_net(bits=1):
    """Pixels of 4 x 4, a convolution, neurons of one or three thresholds, five scores."""
    rng = np.random.default_rng(3)
    net = Net((1, 4, 4))
    net.add("Div", np.float32(255))
    net.add("Conv", net.weights(rng.normal(size=(3, 1, 2, 2)), 0.3), kernel_shape=[2, 2], strides=[2, 2])
    net.bipolar() if bits == 1 else net.quant(0.25, bits, signed=0)
    net.add("Flatten")
    net.add("MatMul", net.weights(rng.normal(size=(12, 5)), 0.7))
    return net.model()


@pytest.mark.parametrize("bits", [1, 2])
@pytest.mark.parametrize("target", ["c", "verilog", "hls", "onnx"])
def test_an_onnx_model_becomes_each_target_and_equals_the_reference(bits, target, tmp_path, capsys):
    onnx.save(small_net(bits), tmp_path / "net.onnx")
    arguments = (tmp_path / "net.onnx", "--target", target, "--out", tmp_path / target, "--verify", "--json")
    code, out, err = run(capsys, *arguments)
    facts = json.loads(out)
    assert (code, err) == (0, "") and facts["verify"]["mismatches"] == 0 < facts["verify"]["vectors"]
    assert facts["onnx_check"]["outside_bound"] == 0 < facts["onnx_check"]["spikes_compared"]
    assert facts["input"]["meaning"] == "code q, uint8 0..255, means q"


def test_there_and_back_by_nir(tmp_path, capsys):
    onnx.save(small_net(), tmp_path / "net.onnx")
    assert run(capsys, tmp_path / "net.onnx", "--target", "nir", "--out", tmp_path / "nir", "--verify")[0] == 0
    again = (tmp_path / "nir" / "net.nir", "--input-scale", 1, "--target", "c", "--out", tmp_path / "c", "--verify")
    code, out, err = run(capsys, *again)
    assert (code, err) == (0, "") and "against NIR float32" in out and "0 mismatches" in out
    first, second = (
        trace(load_model(p), InputSpec(scale=s))
        for p, s in ((tmp_path / "net.onnx", None), (tmp_path / "nir" / "net.nir", 1))
    )
    codes = np.random.default_rng(0).integers(0, 256, (50, 4, 4, 1))
    assert np.array_equal(first.run(codes), second.run(codes))


def test_an_input_quantiser_of_eight_bits_names_the_type(tmp_path, capsys):
    net = Net((6,))
    net.quant(0.05, 8, zero=3)
    net.add("MatMul", net.weights(np.random.default_rng(0).normal(size=(6, 4)), 1.0))
    net.bipolar()
    onnx.save(net.model(), tmp_path / "net.onnx")
    code, out, err = run(capsys, tmp_path / "net.onnx", "--target", "c", "--out", tmp_path / "c", "--verify")
    assert (code, err) == (0, "")
    assert "input: code q, int8 -128..127, means" in out
    code, _, err = run(capsys, tmp_path / "net.onnx", "--input-type", "uint8", "--target", "c", "--out", tmp_path / "d")
    told = "node 'quant0' (Quant) makes 256 values; neurons have up to 15 thresholds, train with 4 bits or fewer"
    assert (code, err) == (2, f"whetgen: {told}\n")


def test_integers_that_qonnx_does_not_hold_are_told(tmp_path, capsys):
    net = Net((6,))
    net.add("MatMul", np.random.default_rng(0).normal(size=(6, 4)))
    onnx.save(net.model(), tmp_path / "net.onnx")
    arguments = (tmp_path / "net.onnx", "--target", "onnx", "--onnx-dialect", "qonnx", "--out", tmp_path / "q")
    code, _, err = run(capsys, *arguments)
    assert code == 2 and "float32 (--onnx-dialect qonnx) holds 24; narrow the weights with --weight-bits" in err
    assert not (tmp_path / "q").exists()


@pytest.mark.parametrize("package", ["QKeras", "Larq"])
def test_a_file_of_another_package_becomes_c_that_equals_the_reference(package, tmp_path, capsys):
    path = write(tmp_path, "json", *NETS[package][0]())
    code, out, err = run(
        capsys, path, "--input-scale", 1, "--target", "c", "--out", tmp_path / "c", "--verify", "--json"
    )
    facts = json.loads(out)
    assert (code, err) == (0, "") and facts["verify"]["mismatches"] == 0 < facts["verify"]["vectors"]
    assert facts["keras_check"]["outside_bound"] == 0 < facts["keras_check"]["spikes_compared"]


@pytest.mark.parametrize(("target", "words"), [("onnx", ()), ("nir", ("generate",))])
def test_an_out_that_names_a_file_is_that_file_alone(target, words, tmp_path, capsys):
    onnx.save(small_net(), tmp_path / "net.onnx")
    out = tmp_path / "out" / f"made.{target}"
    arguments = (*words, tmp_path / "net.onnx", "--target", target, "--out", out)
    code, told, err = run(capsys, *arguments, "--verify")
    assert (code, err) == (0, "") and f"wrote {out} ({target}, 1 file)" in told and "0 mismatches" in told
    assert [p.name for p in out.parent.iterdir()] == [out.name]
    facts = json.loads(run(capsys, *arguments, "--json")[1])
    assert (facts["out"], list(facts["files"])) == (str(out), [out.name])
    out.write_bytes(b"mine")
    told = f"--out {out}: was not made by whetgen, or changed since; move it away or give a new name"
    assert run(capsys, *arguments) == (2, "", f"whetgen: {told}\n")


EXPORT = "load it in PyTorch and export it with torch.onnx.export(model, args, 'name.onnx')"
SAVE = "open its folder with the Keras that wrote it and save the whole model with model.save('name.keras')"
OTHERS = {
    "net.pt": f"a PyTorch file, which holds Python objects and is not opened; {EXPORT}",
    "net.safetensors": f"weights without a network; {EXPORT}",
    "net.tflite": "a TensorFlow Lite model, which is quantised to 8 bits; give the Keras model that it was made of",
    "net.pb": f"a part of a TensorFlow SavedModel; {SAVE}",
    "net.zip": "not a model that whetgen reads; give a .keras or .h5 model, an .onnx model or a .nir graph",
    "net.onnx": "holds no network (no whole ONNX file; copy or export it again)",
    "net.nir": "no whole HDF5 file; write the graph again with nir.write",
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_file_that_is_no_model_is_told_with_the_way_in(name, tmp_path, capsys):
    (tmp_path / name).write_bytes(b"\x08\x01")
    code, out, err = run(capsys, tmp_path / name, "--target", "c", "--out", tmp_path / "c")
    assert (code, out, err) == (2, "", f"whetgen: {tmp_path / name}: {OTHERS[name]}\n")


def test_layers_without_weights_and_a_folder_are_told_with_the_way_in(tmp_path, capsys):
    (tmp_path / "net.json").write_text('{"class_name": "Sequential"}')
    err = run(capsys, tmp_path / "net.json", "--target", "c", "--out", tmp_path / "c")[2]
    assert err.startswith(
        f"whetgen: {tmp_path}/net.json: the layers of a model without its weights; put net_weights.h5"
    )
    (tmp_path / "saved_model.pb").touch()
    err = run(capsys, tmp_path, "--target", "c", "--out", tmp_path / "c")[2]
    assert err.startswith(f"whetgen: {tmp_path}: a TensorFlow SavedModel folder, which holds a graph and no layers; ")
