"""Model files as Keras models: opened and checked by ``whetgen.foreign``, constructed here."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import keras
import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.compare import Loaded, check_loaded
from whetgen.foreign.containers import WEIGHTS, ModelFile, open_model
from whetgen.foreign.quantised import of_weight, quantised
from whetgen.foreign.reasons import one_line
from whetgen.foreign.stored import stored_arrays
from whetgen.host.scratch import scratch_folder
from whetgen.sharpen.legacy import build

Arrays = Mapping[str, Mapping[str, np.ndarray]]


def load_model(path: str | Path) -> keras.Model:
    """The model of a ``.keras`` or ``.h5`` file of Keras 2 or 3, for inference: it is not compiled.

    Raises:
        BadInput: see ``whetgen.foreign.containers.open_model``; or Keras does not take it.
    """
    return construct(open_model(path))


def construct(file: ModelFile) -> keras.Model:
    """The model of a file that has been checked.

    Raises:
        BadInput: Keras does not take it, or it is not what the file says once it is loaded.
    """
    try:
        arrays = _arrays(file) if file.hdf5 or file.keras == 2 else None
        model = build(file.model, arrays or {}) if file.keras == 2 else _deserialised(file)
        if arrays is not None:
            _fill(model, file, arrays)
    except BadInput:
        raise
    except Exception as error:  # Keras raises nearly every type here
        raise BadInput(f"{file.path}: Keras cannot load this model ({one_line(error)})") from error
    check_loaded(file, _held(model, file))
    return model


def _arrays(file: ModelFile) -> Arrays:
    """The file's arrays as its layers compute with them."""
    return quantised((owned.layer for owned in file.weights), stored_arrays(file))


def _deserialised(file: ModelFile) -> keras.Model:
    """Of Keras 3; the weights of a ``.keras`` file are read by Keras, from a copy of what was checked."""
    model = keras.saving.deserialize_keras_object(file.config, safe_mode=True)
    if not file.hdf5:
        with scratch_folder() as folder:
            weights = folder / WEIGHTS
            weights.write_bytes(file.data)
            with warnings.catch_warnings(
                action="ignore"
            ):  # of layers that stay as they are: check_loaded refuses those
                model.load_weights(weights)
    return model


def _fill(model: keras.Model, file: ModelFile, arrays: Arrays) -> None:
    owners = {owned.names: owned for owned in file.weights}
    for names, layer in _layers(model, ()):
        owned = owners.get(names)
        wanted = owned.weights if owned else ()
        held = arrays[owned.layer.path] if owned else {}
        if len(layer.weights) != len(wanted):
            raise BadInput(
                f"layer '{'/'.join(names)}' has {len(layer.weights)} weights in Keras 3, not {len(wanted)} as in the file; "
                "save the model again"
            )
        for place, weight in zip(layer.weights, wanted, strict=True):
            stored = held.get(weight.name)
            if stored is not None and not weight.swapped:  # such a key was read when the layer was built
                place.assign(stored.reshape(place.shape))
        _finish(layer)


def _finish(layer: keras.layers.Layer) -> None:
    """What some layers derive from their weights and compute with."""
    if hasattr(layer, "finalize_state"):
        layer.finalize_state()


def _layers(model: keras.Model, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], keras.layers.Layer]]:
    """Every layer that is no model, after the names of the models around it and its own."""
    for layer in model.layers:
        inside = (*names, layer.name)
        if isinstance(layer, keras.Model):
            yield from _layers(layer, inside)
        else:
            yield inside, layer


def _held(model: keras.Model, file: ModelFile) -> Iterator[Loaded]:
    """What the layers compute with: their weights, and what a Normalization made of them."""
    owners = {owned.names: owned for owned in file.weights}
    for path, layer in _layers(model, ()):
        finished = ("mean", "variance") if isinstance(layer, keras.layers.Normalization) and layer.weights else ()
        for name in finished:
            yield Loaded(path, name, np.asarray(getattr(layer, name)))
        if layer.weights and not finished:
            owned = owners.get(path)
            if owned is None or len(owned.weights) != len(layer.weights):
                raise BadInput(f"{file.path}: holds no weights for a layer '{'/'.join(path)}'; save the model again")
            for weight, declared in zip(layer.weights, owned.weights, strict=True):
                meant = partial(of_weight, owned.layer, declared.name)
                yield Loaded(path, weight.name, np.asarray(weight), meant)
