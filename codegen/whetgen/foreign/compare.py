"""A loaded model against the file that it came from, without asking the one who loaded it.

The file's arrays are read again and found by what they are called and by what they are equal to; the loader's order
plays no part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.containers import WEIGHTS, ModelFile
from whetgen.foreign.hdf5 import open_hdf5
from whetgen.foreign.stored import is_of_another

_SETTINGS = ("sharpness", "key")
"""What a layer may have from its configuration, or in another form."""
_STORED_AS = {"kernel": ("kernel", "depthwise_kernel")}


@dataclass(frozen=True, eq=False)
class Loaded:
    """An array that a loaded layer computes with. ``names``: models around the layer, then its own.

    ``meant``: what the layer makes of the stored one, where it quantises its weights.
    """

    names: tuple[str, ...]
    weight: str
    value: np.ndarray
    meant: Callable[[np.ndarray], np.ndarray] = lambda stored: stored


def check_loaded(file: ModelFile, loaded: Iterable[Loaded]) -> None:
    """Refuse a model whose layers hold something else than the file does.

    Raises:
        BadInput: with the layer's name and the weight's.
    """
    with open_hdf5(file.data, str(file.path) if file.hdf5 else f"{file.path}: {WEIGHTS}") as hdf5:
        stored = {path: hdf5.array(path) for path in hdf5.shapes if not path.startswith("optimizer")}
    loaded = list(loaded)
    renamed = _renamed(stored, loaded, file.groups)
    for held in loaded:
        if held.weight in _SETTINGS:
            continue
        called = () if held.names[0] in renamed else (path for path in stored if _is_called(path, held))
        meant = [stored[path] for path in called if stored[path].size == held.value.size]
        if not any(_equal(array, held) for array in meant or stored.values()):
            raise BadInput(
                f"{file.path}: the {held.weight} of layer '{'/'.join(held.names)}' is not the file's once it is loaded; "
                "nothing was done, please report the model"
            )


def _renamed(paths: Iterable[str], loaded: list[Loaded], groups: str) -> set[str]:
    """The model's layers whose stored names are no longer those of the layers in them."""
    tops = {held.names[0]: {inner.names[-1] for inner in loaded if inner.names[0] == held.names[0]} for held in loaded}
    weights = {held.weight for held in loaded}
    inside = [(path, path.removeprefix(groups).split("/")[0]) for path in paths if path.startswith(groups)]
    return {top for path, top in inside if top in tops and is_of_another(path, tops[top], weights)}


def _is_called(path: str, held: Loaded) -> bool:
    """Whether a path such as ``model_weights/inner/dense_4/kernel:0`` names that weight of that layer."""
    *around, own = path.split(":")[0].split("/")
    return own in _STORED_AS.get(held.weight, (held.weight,)) and set(held.names) <= {*around}


def _equal(stored: np.ndarray, held: Loaded) -> bool:
    if stored.size != held.value.size:
        return False
    meant, value = held.meant(stored), held.value
    return np.array_equal(
        meant.astype(value.dtype, casting="unsafe").reshape(-1), value.reshape(-1), equal_nan=value.dtype.kind == "f"
    )
