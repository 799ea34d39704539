"""The arrays of a Keras 2 file, given to the layers that they belong to.

HDF5    a group for each layer of the model; in a nested one, what is trained before what is not, over all its
        layers; names such as dense_4/kernel:0 say more than the order, where they are there and of these layers
zip     a group for each layer at every depth, arrays in the order in which Keras created them
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.containers import WEIGHTS, ModelFile
from whetgen.foreign.hdf5 import Hdf5, open_hdf5
from whetgen.foreign.known_layers import RANDOM, Weight
from whetgen.foreign.tree import LayerConfig, ModelConfig
from whetgen.foreign.weights import LayerWeights

LayerArrays = dict[str, np.ndarray]
Place = tuple[LayerWeights, Weight]


def stored_arrays(file: ModelFile) -> dict[str, LayerArrays]:
    """Arrays by the layer's path and the weight's name; an optional one that is not stored is missing.

    Raises:
        BadInput: arrays that do not fit a layer; the message names it.
    """
    with open_hdf5(file.data, str(file.path) if file.hdf5 else f"{file.path}: {WEIGHTS}") as hdf5:
        if file.hdf5:
            return _of_groups(file, hdf5)
        return {owned.layer.path: arrays for owned, arrays in _of_archive(file, hdf5)}


def _of_groups(file: ModelFile, hdf5: Hdf5) -> dict[str, LayerArrays]:
    found: dict[str, LayerArrays] = {owned.layer.path: {} for owned in file.weights}
    for layer in file.model.layers:
        entries = _entries(hdf5, f"{file.groups}{layer.name}")
        owners = {owned.layer.path: owned for owned in file.weights if owned.names[0] == layer.name}
        for (owned, weight), array in _matched(layer, owners, entries):
            found[owned.layer.path][weight.name] = array
    return found


def _entries(hdf5: Hdf5, group: str) -> list[tuple[str, np.ndarray]]:
    if group not in hdf5:
        return []
    return [(name, hdf5.array(f"{group}/{name}")) for name in hdf5.names(group, "weight_names")]


def _matched(
    layer: LayerConfig, owners: dict[str, LayerWeights], entries: list[tuple[str, np.ndarray]]
) -> Iterable[tuple[Place, np.ndarray]]:
    """By name where the name is that of one weight, then in Keras 2's order; by order alone where layers were renamed.

    Raises:
        BadInput: a weight without an array, or an array without a weight.
    """
    free = [place for part in _split(layer, owners) for place in part]
    needed = [w.shape for _, w in free if not w.optional]
    layers, weights = {owned.layer.name for owned, _ in free}, {weight.name for _, weight in free}
    renamed = any(is_of_another(name, layers, weights) for name, _ in entries)
    taken: list[tuple[Place, np.ndarray]] = []
    rest: list[np.ndarray] = []
    surplus = False
    for name, array in entries:
        place = None if renamed else _named(name, array.shape, free)
        if place is None:
            rest.append(array)
        else:
            taken.append((place, array))
            free.remove(place)
    for array in rest:
        fitting = [place for place in free if place[1].fits(array.shape)]
        if fitting:
            place = min(fitting, key=lambda p: p[1].optional)  # the first one that must be there
            taken.append((place, array))
            free.remove(place)
        elif not _is_random_state(array, owners):
            surplus = True
    if surplus or any(not weight.optional for _, weight in free):
        raise BadInput(
            f"layer '{layer.name}' has weights of shapes {[a.shape for _, a in entries]} in the file, it needs {needed}"
        )
    return taken


def _split(layer: LayerConfig, owners: dict[str, LayerWeights]) -> tuple[list[Place], list[Place]]:
    """What Keras 2 lists as trainable, and the rest: a frozen layer or model has nothing that is trainable."""
    if isinstance(layer, ModelConfig):
        parts = [_split(inner, owners) for inner in layer.layers]
        learned, kept = ([place for part in parts for place in part[n]] for n in (0, 1))
    else:
        owned = owners.get(layer.path)
        places = [(owned, weight) for weight in owned.weights] if owned else []
        learned = [place for place in places if place[1].trainable]
        kept = [place for place in places if not place[1].trainable]
    return (learned, kept) if layer.trainable else ([], learned + kept)


def is_of_another(name: str, layers: Container[str], weights: Container[str]) -> bool:
    """Whether a stored name such as ``dense_4/kernel:0`` is of a layer that is not there.

    A layer that is renamed leaves its weights their names, which another layer may have by now.
    """
    *around, own = name.split(":")[0].split("/")
    return bool(around) and own in weights and around[-1] not in layers


def _named(name: str, shape: tuple[int, ...], places: list[Place]) -> Place | None:
    """The one weight that a stored name such as ``inner/dense_4/kernel:0`` means."""
    *around, own = name.split(":")[0].split("/")
    fitting = [p for p in places if around and p[1].name == own and p[1].fits(shape) and p[0].layer.name == around[-1]]
    if len(fitting) > 1:  # equal names in two nested models
        fitting = [p for p in fitting if set(p[0].names) & set(around[:-1])]
    return fitting[0] if len(fitting) == 1 else None


def _is_random_state(array: np.ndarray, owners: dict[str, LayerWeights]) -> bool:
    return array.dtype.kind in "iu" and any(owned.layer.kind in RANDOM for owned in owners.values())


def _of_archive(file: ModelFile, hdf5: Hdf5) -> Iterable[tuple[LayerWeights, LayerArrays]]:
    by_path = {owned.layer.path: owned for owned in file.weights}
    for layer, group in _groups(file.model, ""):
        owned = by_path[layer.path]
        names = [name for name in (f"{form}/vars" for form in (group, group.replace("layers", _OLD))) if name in hdf5]
        inside = f"{names[0]}/" if names else "\0"
        count = sum(path.startswith(inside) for path in hdf5.shapes)
        entries = [("", hdf5.array(f"{inside}{n}")) for n in range(count)]
        yield owned, {weight.name: array for (_, weight), array in _matched(layer, {layer.path: owned}, entries)}


_OLD = "_layer_checkpoint_dependencies"


def _groups(model: ModelConfig, prefix: str) -> Iterable[tuple[LayerConfig, str]]:
    """Each layer that is no model, with the path of its group: classes in snake case, numbered."""
    used: dict[str, int] = {}
    for layer in model.layers:
        name = _snake(layer.kind)
        count = used[name] = used.get(name, -1) + 1
        group = f"{prefix}layers/{name}_{count}" if count else f"{prefix}layers/{name}"
        if isinstance(layer, ModelConfig):
            yield from _groups(layer, f"{group}/")
        elif layer.kind != "InputLayer":
            yield layer, group


def _snake(kind: str) -> str:
    return re.sub("([a-z])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z]+)", r"\1_\2", kind)).lower()
