"""Model files written by hand, as Keras 2 and Keras 3 lay them out, and with whatever else one may put into them."""

import io
import json
import zipfile
from collections.abc import Callable

import h5py
import numpy as np

RNG = np.random.default_rng(0)


def entry(kind: str, name: str, **config) -> dict:
    return {"class_name": kind, "name": name, "config": {"name": name, "trainable": True, **config}}


def dense(name: str, units: int, **more) -> dict:
    zeros = {"class_name": "Zeros", "config": {}}
    return entry("Dense", name, units=units, activation="linear", use_bias=True, bias_initializer=zeros, **more)


def norm(name: str) -> dict:
    return entry("BatchNormalization", name, axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True)


def save(path, config: dict, weights: dict[str, list[np.ndarray]], version: str = "2.1.6", names=None) -> None:
    """``weights``: arrays of each layer by name, in Keras 2's order; ``names``: what they are called there."""
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = version.encode()
        file.attrs["backend"] = b"tensorflow"
        file.attrs["model_config"] = json.dumps(config).encode()
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [name.encode() for name in weights]
        for name, arrays in weights.items():
            layer = group.create_group(name)
            called = names[name] if names else [f"{name}/w{n}:0" for n in range(len(arrays))]
            layer.attrs["weight_names"] = [text.encode() for text in called]
            for text, array in zip(called, arrays, strict=True):
                layer.create_dataset(text, data=array)


def net(*layers: dict) -> dict:
    return {"class_name": "Sequential", "config": {"name": "net", "layers": list(layers)}}


def small(*more: dict, units: int = 3) -> dict:
    """Four inputs, a Dense layer, and ``more``."""
    return net(dense("d", units, batch_input_shape=[None, 4]), *more)


def kernel_and_bias(inputs: int = 4, units: int = 3) -> list[np.ndarray]:
    return [RNG.normal(size=shape).astype(np.float32) for shape in ((inputs, units), (units,))]


def layer_3(kind: str, name: str, module: str = "keras.layers", registered: str | None = None, **config) -> dict:
    """An entry of a Keras 3 configuration."""
    settings = {"name": name, "trainable": True, **config}
    return {"module": module, "class_name": kind, "config": settings, "registered_name": registered}


def net_3(*layers: dict) -> dict:
    """A Sequential model of Keras 3 with four inputs."""
    entrance = {"module": "keras.layers", "class_name": "InputLayer", "registered_name": None}
    entrance["config"] = {"batch_shape": [None, 4], "dtype": "float32", "name": "x"}
    config = {"name": "net", "trainable": True, "layers": [entrance, *layers]}
    return {"module": "keras", "class_name": "Sequential", "config": config, "registered_name": None}


def save_zip(
    path, config: dict, arrays: dict[str, np.ndarray], change: Callable | None = None, version: str = "3.15.1"
) -> None:
    """A ``.keras`` file, the same bytes each time; ``change`` is called with the open HDF5 file of the weights."""
    members = {
        "metadata.json": json.dumps({"keras_version": version}),
        "config.json": json.dumps(config),
        "model.weights.h5": hdf5(arrays, change),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def hdf5(arrays: dict[str, np.ndarray], change: Callable | None = None) -> bytes:
    held = io.BytesIO()
    with h5py.File(held, "w") as file:
        for name, array in arrays.items():
            file[name] = array
        if change is not None:
            change(file)
    return held.getvalue()
