"""Model files, recognised by what is in them and not by their names.

zip with config.json, metadata.json, model.weights.h5    Keras 3, and Keras 2 from 2.12
HDF5 with the attribute model_config                     Keras 2, and Keras 3 when asked for .h5
JSON of a model, and beside it HDF5 with its weights      the same in two files: NAME.json and NAME_weights.h5
anything else                                            refused: what it is, and what to do
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from whetgen.errors import BadInput
from whetgen.foreign.configs import checked_config
from whetgen.foreign.hdf5 import LARGEST_TEXT, SIGNATURE, Hdf5, open_hdf5
from whetgen.foreign.tree import ModelConfig, tree
from whetgen.foreign.weights import LayerWeights, check_stored, weights_of
from whetgen.foreign.zips import open_zip, read_member

LARGEST_FILE = 1 << 30
WEIGHTS = "model.weights.h5"
_SAVE = "save the whole model with model.save('name.keras')"
_AGAIN = "Keras cannot load this model"
_GIVE = "give a .keras or .h5 model, an .onnx model or a .nir graph"
_EXPORT = "load it in PyTorch and export it with torch.onnx.export(model, args, 'name.onnx')"
_PYTORCH = f"a PyTorch file, which holds Python objects and is not opened; {_EXPORT}"
_TFLITE = "a TensorFlow Lite model, which is quantised to 8 bits; give the Keras model that it was made of"
_BY_SUFFIX = {
    **dict.fromkeys((".pt", ".pth", ".pt2", ".ckpt"), _PYTORCH),
    ".tflite": _TFLITE,
    ".onnx": "an ONNX model where one of Keras is asked for; give the Keras model that it was made of",
    ".pb": "a part of a TensorFlow SavedModel; open its folder with the Keras that wrote it and " + _SAVE,
    ".mlmodel": "a Core ML model; give the Keras model that it was made of, or export the PyTorch model to ONNX",
    ".safetensors": f"weights without a network; {_EXPORT}",
    ".npy": f"an array, not a model; {_GIVE}",
}


@dataclass(frozen=True, eq=False, kw_only=True)
class ModelFile:
    """A file that was opened, read and checked; nothing of it has been constructed.

    ``keras``: the version that wrote it, 2 or 3. ``config``: without what is unknown or unused. ``hdf5``: whether the
    weights lie as in an HDF5 model. ``data``: the HDF5 file with the weights. ``weights``: what each layer needs of it.
    ``groups``: what stands in front of the names of the layers' groups there.
    """

    path: Path
    keras: int
    hdf5: bool
    config: dict = field(repr=False)
    data: bytes = field(repr=False)
    model: ModelConfig = field(repr=False)
    weights: list[LayerWeights] = field(repr=False)
    groups: str = "model_weights/"


def open_model(path: str | Path) -> ModelFile:
    """Read a model file and check everything that it asks for.

    Raises:
        BadInput: not a Keras model, damaged, larger than it may be, or with something that is not on the list; one
            line that names the file, or the layer.
    """
    path = Path(path)
    data = _contents(path)
    try:
        if data.startswith(b"PK"):
            found = _zip(path, data)
        else:
            found = _hdf5(path, data) if data.startswith(SIGNATURE) else _pair(path, data)
    except RecursionError as error:
        raise BadInput(f"{path}: the configuration is nested too deep") from error
    return found


def is_model_folder(path: Path) -> bool:
    """Whether a folder holds the parts of a model, so that ``open_model`` can say what to do with it."""
    return any((path / name).exists() for name in ("saved_model.pb", "config.json"))


def _contents(path: Path) -> bytes:
    """The whole file, once it is known to be one of Keras.

    Raises:
        BadInput: a folder, no file, too large, or of another kind.
    """
    if path.is_dir():
        raise BadInput(f"{path}: {_folder(path)}")
    if not path.exists():
        raise BadInput(f"{path}: no such file; {_GIVE}")
    if not path.is_file():
        raise BadInput(f"{path}: not a regular file; {_GIVE}")
    if path.stat().st_size > LARGEST_FILE:
        raise BadInput(f"{path}: larger than {LARGEST_FILE >> 30} GiB; save the model without its optimizer")
    data = path.read_bytes()
    if not (data.startswith(b"PK") or data.startswith(SIGNATURE) or _weights_beside(path, data)):
        raise BadInput(f"{path}: {_other(path, data)}")
    return data


def _weights_beside(path: Path, data: bytes) -> Path | None:
    """The file with the weights of a model whose layers are JSON, by its name: ``net_weights.h5`` of ``net.json``."""
    if data.lstrip()[:1] != b"{":
        return None
    names = (f"{path.stem}{end}" for end in ("_weights.h5", ".weights.h5", ".h5", "_weights.hdf5"))
    return next((path.with_name(name) for name in names if path.with_name(name).is_file()), None)


def _folder(path: Path) -> str:
    if (path / "saved_model.pb").exists():
        return (
            "a TensorFlow SavedModel folder, which holds a graph and no layers; open it with the Keras that wrote it "
            "and " + _SAVE
        )
    if (path / "config.json").exists():
        return "a folder with the parts of a .keras file; " + _SAVE
    return f"a folder; {_GIVE}"


def _other(path: Path, data: bytes) -> str:
    """What a file is that is no zip archive and no HDF5."""
    if data.lstrip()[:1] == b"{":
        return (
            f"the layers of a model without its weights; put {path.stem}_weights.h5 beside it, or rebuild it with "
            "keras.models.model_from_json, load the weights with model.load_weights, and " + _SAVE
        )
    if data[4:8] == b"TFL3":
        return _TFLITE
    if told := _BY_SUFFIX.get(path.suffix.lower()):
        return told
    if path.suffix.lower() in (".keras", ".h5", ".hdf5"):
        kind = "no whole .keras archive" if path.suffix.lower() == ".keras" else "no whole HDF5 file"
        return f"{_AGAIN} ({kind}; copy or save it again)"
    return f"not a model that whetgen reads; {_GIVE}"


def _zip(path: Path, data: bytes) -> ModelFile:
    archive = open_zip(io.BytesIO(data), str(path))
    names = archive.namelist()
    if "config.json" not in names:
        raise BadInput(f"{path}: {_other_archive(names)}")
    config = _json(read_member(archive, "config.json", str(path), LARGEST_TEXT), str(path))
    keras = _zip_version(archive, names, path)
    checked = checked_config(config, keras)
    weights = read_member(archive, WEIGHTS, str(path), LARGEST_FILE)
    with open_hdf5(weights, f"{path}: {WEIGHTS}") as file:
        return _checked(path, keras, False, checked, weights, file.shapes.values())


def _other_archive(names: list[str]) -> str:
    if any(name.endswith("saved_model.pb") for name in names):
        return "an archive of a TensorFlow SavedModel; open it with the Keras that wrote it and " + _SAVE
    if any(name.endswith(".npy") for name in names):
        return f"an archive of arrays (.npz), not a model; {_GIVE}"
    if any(name.endswith("data.pkl") for name in names):
        return _PYTORCH
    return f"{_AGAIN} (a zip archive without config.json; copy or save it again)"


def _zip_version(archive: zipfile.ZipFile, names: list[str], path: Path) -> int:
    if "metadata.json" not in names:
        return 3
    about = _json(read_member(archive, "metadata.json", str(path), LARGEST_TEXT), str(path))
    version = about.get("keras_version") if isinstance(about, dict) else None
    return _major(str(version or "3"), path)


def _hdf5(path: Path, data: bytes) -> ModelFile:
    with open_hdf5(data, str(path)) as file:
        if not (file.has("/", "model_config") and "model_weights" in file):
            raise BadInput(f"{path} {_weights_only(file)}")
        keras = _major(file.text("/", "keras_version", "2"), path)
        checked = checked_config(_json(file.text("/", "model_config").encode(), str(path)), keras)
        stored = [shape for name, shape in file.shapes.items() if name.startswith("model_weights/")]
        return _checked(path, keras, True, checked, data, stored)


def _pair(path: Path, layers: bytes) -> ModelFile:
    """JSON as ``model.to_json`` writes it, and what ``model.save_weights`` wrote beside it."""
    beside = _weights_beside(path, layers)
    weights = b"" if beside is None else _contents(beside)
    config = _json(layers, str(path))
    keras = _major(str(config.get("keras_version") or ("3" if "module" in config else "2")), path)
    checked = checked_config(config, keras)
    with open_hdf5(weights, str(beside)) as file:
        named = file.has("/", "layer_names") or file.has("/", "layer_names0")
        found = _checked(path, keras, named, checked, weights, file.shapes.values())
    return replace(found, groups="")


def _weights_only(file: Hdf5) -> str:
    if file.has("/", "layer_names") or any(
        group in file for group in ("layers", "_layer_checkpoint_dependencies", "vars")
    ):
        return f"holds weights only; {_SAVE}, or build the model in Python, load these with model.load_weights, and save it"
    return f"is an HDF5 file without a Keras model; {_SAVE}"


def _checked(path: Path, keras: int, hdf5: bool, config: dict, data: bytes, stored: Iterable) -> ModelFile:
    model = tree(config)
    weights = weights_of(model)
    check_stored(weights, stored)
    return ModelFile(path=path, keras=keras, hdf5=hdf5, config=config, data=data, model=model, weights=weights)


def _major(version: str, path: Path) -> int:
    major = version.split(".")[0]
    if major not in ("2", "3"):
        raise BadInput(f"{path}: written by Keras {version[:20]}; open it with Keras 2 or 3 and save it again")
    return int(major)


def _json(text: bytes, what: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise BadInput(f"{what}: the configuration is damaged ({error}); copy or save it again") from error
