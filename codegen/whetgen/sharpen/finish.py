"""From layers that train to layers that stay."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from whetgen.sharpen.fan_in import SparseDense
from whetgen.sharpen.find_layers import every_layer
from whetgen.sharpen.lookup import LookupTables
from whetgen.sharpen.norm import FusedBatchNormalization


def finish(model: keras.Model) -> keras.Model:
    """A copy of ``model`` that is made of plain layers: each SparseDense is a Dense, mostly 0; tables hold bits.

    Everything else, weights included, is as it was; the model keeps its name.
    """

    def plain(layer):
        if isinstance(layer, SparseDense):
            return layer.to_dense()
        if isinstance(layer, FusedBatchNormalization):
            return layer.to_plain()
        return type(layer).from_config(layer.get_config())

    finished = keras.models.clone_model(model, clone_function=plain, recursive=True)
    for old, new in zip(every_layer(model), every_layer(finished), strict=True):
        if isinstance(old, SparseDense):
            new.set_weights(old.to_dense().get_weights())
        elif isinstance(old, LookupTables):
            new.set_weights([old.bits().astype(np.float32), ops.convert_to_numpy(old.wiring)])
        elif not isinstance(old, keras.Model):
            new.set_weights(old.get_weights())
    return finished
