"""The weights of QKeras', Larq's and BinaryNet's layers, quantised once: as the layers compute with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.larq_quantisers import binarised
from whetgen.foreign.quantisers import quantiser
from whetgen.foreign.relatives import RELATIVES
from whetgen.foreign.staircases import NotExact, OfWeights
from whetgen.foreign.tree import LayerConfig


def quantised(
    layers: Iterable[LayerConfig], arrays: Mapping[str, Mapping[str, np.ndarray]]
) -> dict[str, dict[str, np.ndarray]]:
    """The arrays of a file, by path and weight, as its layers compute with them: float32, or float64 where it takes that.

    Raises:
        BadInput: weights whose quantised form cannot be known.
    """
    return {
        layer.path: {name: of_weight(layer, name, array) for name, array in arrays[layer.path].items()}
        for layer in layers
    }


def of_weight(layer: LayerConfig, name: str, array: np.ndarray) -> np.ndarray:
    """An array as the layer computes with it, once it is quantised where it is.

    Raises:
        BadInput: its quantised form cannot be known.
    """
    compute = _quantiser_of(layer, name)
    if compute is None:
        return array
    try:
        exact = np.asarray(compute(array.astype(np.float64)))
    except NotExact as error:
        raise BadInput(f"layer '{layer.path}' ({layer.kind}) {error}; train on a little") from error
    except ValueError:  # scales of another shape
        exact = np.zeros(())
    if exact.shape != array.shape:
        raise BadInput(f"layer '{layer.path}' ({layer.kind}) has scales that do not fit its {name}")
    single = exact.astype(np.float32)
    return single if np.array_equal(single, exact) else exact


def _quantiser_of(layer: LayerConfig, name: str) -> OfWeights | None:
    setting = RELATIVES[layer.kind].quantisers.get(name) if layer.kind in RELATIVES else None
    if setting == "H":
        return lambda x: binarised(x, layer.settings.get("H", 1.0))
    entry = layer.settings.get(setting) if setting else None
    return quantiser(entry["quantiser"], entry["settings"]).of_weights if isinstance(entry, dict) else None
