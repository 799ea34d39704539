"""Files are recognised by what is in them; what is no model is told what it is and what to do."""

import json
import os
import zipfile

import h5py
import numpy as np
import pytest
from tests.foreign.files import dense, entry, hdf5, kernel_and_bias, layer_3, net, net_3, save, save_zip, small

from whetgen.errors import BadInput
from whetgen.foreign.containers import open_model

ARRAYS = {"layers/dense/vars/0": np.zeros((4, 3), np.float32), "layers/dense/vars/1": np.zeros(3, np.float32)}
DENSE_3 = net_3(layer_3("Dense", "d", units=3))
SAVE = "save the whole model with model.save('name.keras')"
GIVE = "give a .keras or .h5 model, an .onnx model or a .nir graph"
EXPORT = "load it in PyTorch and export it with torch.onnx.export(model, args, 'name.onnx')"
PYTORCH = f": a PyTorch file, which holds Python objects and is not opened; {EXPORT}"
TFLITE = ": a TensorFlow Lite model, which is quantised to 8 bits; give the Keras model that it was made of"
KERAS_THAT_WROTE_IT = "open it with the Keras that wrote it and " + SAVE


def keras_3(path):
    save_zip(path, DENSE_3, ARRAYS)


def keras_2(path):
    save(path, small(), {"d": kernel_and_bias()})


def zip_of(*members):
    def write(path):
        with zipfile.ZipFile(path, "w") as archive:
            for name in members:
                archive.writestr(name, "{}")

    return write


def saved_model(path):
    path.mkdir()
    (path / "saved_model.pb").touch()


def unzipped(path):
    path.mkdir()
    (path / "config.json").touch()


def weights_only(path):
    path.write_bytes(hdf5(ARRAYS))


def weights_of_keras_2(path):
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [b"d"]


def written_by(version):
    return lambda path: save(path, small(), {"d": kernel_and_bias()}, version)


def encrypted(path):
    keras_3(path)
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)


@pytest.mark.parametrize("suffix", [".keras", ".KERAS", ".h5", ".hdf5", ".H5", ".zip", ""])
@pytest.mark.parametrize(("write", "keras", "is_hdf5"), [(keras_3, 3, False), (keras_2, 2, True)], ids=["zip", "HDF5"])
def test_container_is_recognised_whatever_its_name(write, keras, is_hdf5, suffix, tmp_path):
    write(tmp_path / f"m{suffix}")
    file = open_model(tmp_path / f"m{suffix}")
    assert (file.keras, file.hdf5) == (keras, is_hdf5)
    assert [weight.shape for owned in file.weights for weight in owned.weights] == [(4, 3), (3,)]


OTHERS = {
    "SavedModel": (saved_model, ": a TensorFlow SavedModel folder, which holds a graph and no layers; " + KERAS_THAT_WROTE_IT),
    "parts of a .keras": (unzipped, ": a folder with the parts of a .keras file; " + SAVE),
    "folder": (lambda p: p.mkdir(), f": a folder; {GIVE}"),
    "missing": (lambda p: None, f": no such file; {GIVE}"),
    "pipe": (os.mkfifo, f": not a regular file; {GIVE}"),
    "layers": (
        lambda p: p.write_text('{"class_name": "Sequential"}'),
        ": the layers of a model without its weights; put m_weights.h5 beside it, or rebuild it with keras.models.model_from_json, "
        "load the weights with model.load_weights, and " + SAVE,
    ),
    "weights": (
        weights_only,
        f" holds weights only; {SAVE}, or build the model in Python, load these with model.load_weights, and save it",
    ),
    "weights of Keras 2": (
        weights_of_keras_2,
        f" holds weights only; {SAVE}, or build the model in Python, load these with model.load_weights, and save it",
    ),
    "other HDF5": (lambda p: p.write_bytes(hdf5({"x": np.zeros(3)})), f" is an HDF5 file without a Keras model; {SAVE}"),
    "TensorFlow Lite": (
        lambda p: p.write_bytes(b"\x1c\0\0\0TFL3 and more"),
        TFLITE,
    ),
    "arrays": (zip_of("x.npy"), f": an archive of arrays (.npz), not a model; {GIVE}"),
    "PyTorch": (zip_of("archive/data.pkl"), PYTORCH),
    "zipped SavedModel": (zip_of("m/saved_model.pb"), ": an archive of a TensorFlow SavedModel; " + KERAS_THAT_WROTE_IT),
    "other zip": (zip_of("a"), ": Keras cannot load this model (a zip archive without config.json; copy or save it again)"),
    "no weights": (lambda p: save_only_config(p), ": model.weights.h5 is missing; copy or save it again"),
    "Keras 1": (written_by("1.2.2"), ": written by Keras 1.2.2; open it with Keras 2 or 3 and save it again"),
    "outside": (zip_of("config.json", "../../x"), ": the member '../../x' lies outside the archive; save the model again"),
    "absolute": (zip_of("config.json", "/x"), ": the member '/x' lies outside the archive; save the model again"),
    "text": (lambda p: p.write_text("hello"), f": not a model that whetgen reads; {GIVE}"),
    "no JSON": (lambda p: save_text(p, "{"), ": the configuration is damaged (Expecting property name enclosed in double quotes: line 1 column 2 (char 1)); copy or save it again"),
    "deep JSON": (lambda p: save_text(p, "[" * 100_000), ": the configuration is nested too deep"),
    "encrypted": (encrypted, ": metadata.json is encrypted; copy or save it again"),
}  # fmt: skip


def save_only_config(path):
    save_text(path, json.dumps(DENSE_3))


def save_text(path, text):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", text)


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_model_is_named_with_what_to_do(name, tmp_path):
    write, message = OTHERS[name]
    write(tmp_path / "m")
    with pytest.raises(BadInput) as refused:
        open_model(tmp_path / "m")
    assert str(refused.value) == f"{tmp_path / 'm'}{message}"


@pytest.mark.parametrize(
    ("suffix", "message"),
    [
        (".onnx", ": an ONNX model where one of Keras is asked for; give the Keras model that it was made of"),
        (".pt", PYTORCH),
        (".PTH", PYTORCH),
        (".tflite", TFLITE),
        (
            ".mlmodel",
            ": a Core ML model; give the Keras model that it was made of, or export the PyTorch model to ONNX",
        ),
        (".safetensors", f": weights without a network; {EXPORT}"),
        (".npy", f": an array, not a model; {GIVE}"),
        (".pb", ": a part of a TensorFlow SavedModel; open its folder with the Keras that wrote it and " + SAVE),
        (".keras", ": Keras cannot load this model (no whole .keras archive; copy or save it again)"),
        (".H5", ": Keras cannot load this model (no whole HDF5 file; copy or save it again)"),
    ],
)
def test_suffix_only_helps_to_say_what_is_wrong(suffix, message, tmp_path):
    (tmp_path / f"m{suffix}").write_bytes(b"\x08\x01")
    with pytest.raises(BadInput) as refused:
        open_model(tmp_path / f"m{suffix}")
    assert str(refused.value) == f"{tmp_path / f'm{suffix}'}{message}"


def test_member_that_claims_too_much_is_refused(tmp_path):
    save_zip(tmp_path / "m.keras", DENSE_3, {**ARRAYS, "optimizer/x": np.zeros(1 << 22, np.float32)})
    with pytest.raises(
        BadInput,
        match=r"m\.keras: model\.weights\.h5 claims 16,\d+,\d+ bytes, 1,\d+,\d+ are the limit; copy or save it again$",
    ):
        open_model(tmp_path / "m.keras")


@pytest.mark.parametrize("hidden", [h5py.ExternalLink("/etc/passwd", "/x"), h5py.SoftLink("/layers")])
def test_weights_inside_an_archive_keep_to_the_same_rules(hidden, tmp_path):
    save_zip(tmp_path / "m.keras", DENSE_3, ARRAYS, lambda file: file.update({"optimizer/x": hidden}))
    with pytest.raises(
        BadInput, match=r"m\.keras: model\.weights\.h5: 'optimizer/x' is a link to .*; links are not followed$"
    ):
        open_model(tmp_path / "m.keras")


@pytest.mark.parametrize("units", [10**8, 10**12, 10**30])
@pytest.mark.parametrize("kind", ["keras", "h5"])
def test_units_that_the_file_does_not_hold_are_refused(kind, units, tmp_path):
    path = tmp_path / f"m.{kind}"
    if kind == "keras":
        save_zip(path, net_3(layer_3("Dense", "d", units=units)), ARRAYS)
    else:
        save(path, small(units=units), {"d": kernel_and_bias()})
    with pytest.raises(
        BadInput,
        match=rf"^layer 'd' \(Dense\) (needs a kernel of shape \(4, {units}\), which the file does not hold; save the model again|has the setting units = {units}, which is too large)$",
    ):
        open_model(path)


@pytest.mark.parametrize(
    ("epsilon", "told"), [(float("inf"), "inf, which is too large"), (float("nan"), "NaN; train the model again")]
)
def test_a_setting_that_is_no_finite_number_is_refused(epsilon, told, tmp_path):
    norm = entry("BatchNormalization", "n", axis=-1, epsilon=epsilon)
    save(tmp_path / "m.h5", small(norm), {"d": kernel_and_bias(), "n": [np.ones(3, np.float32)] * 4})
    with pytest.raises(BadInput) as refused:
        open_model(tmp_path / "m.h5")
    assert str(refused.value) == f"layer 'n' (BatchNormalization) has the setting epsilon = {told}"


def test_size_that_follows_from_others_is_compared_too(tmp_path):
    layers = [
        layer_3("UpSampling1D", "u", size=10**6),
        layer_3("Flatten", "f"),
        layer_3("Dense", "d", units=3),
    ]
    config = net_3(layer_3("Reshape", "r", target_shape=[4, 1]), *layers)
    save_zip(tmp_path / "m.keras", config, ARRAYS)
    with pytest.raises(
        BadInput, match=r"^layer 'd' \(Dense\) needs a kernel of shape \(4000000, 3\), which the file does not hold"
    ):
        open_model(tmp_path / "m.keras")


def test_missing_setting_is_named(tmp_path):
    layer = dense("d", 3, batch_input_shape=[None, 4])
    del layer["config"]["units"]
    save(tmp_path / "m.h5", net(layer), {"d": kernel_and_bias()})
    with pytest.raises(BadInput, match=r"^layer 'd' \(Dense\) has no setting 'units'; save the model again$"):
        open_model(tmp_path / "m.h5")
