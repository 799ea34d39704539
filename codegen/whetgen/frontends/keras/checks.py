"""What a Keras model must be like before it can be traced."""

from __future__ import annotations

import keras
import numpy as np

from whetgen.errors import BadInput

_SHAPE_HELP = "give the model a fixed input shape, e.g. keras.Input((28, 28, 1))"


def check_model(model: keras.Model) -> tuple[int, ...]:
    """Shape of the model's input, without the batch axis.

    Raises:
        BadInput: not functional, several inputs, open shape, weights that are no numbers of float32's range.
    """
    if isinstance(model, keras.Sequential) and not model.built:
        raise BadInput(f"model '{model.name}' has no input shape; {_SHAPE_HELP}")
    check_functional(model)
    if len(model.inputs) != 1:
        names = ", ".join(t.name for t in model.inputs)
        raise BadInput(
            f"model '{model.name}' has {len(model.inputs)} inputs ({names}); join them into one input tensor"
        )
    shape = tuple(model.inputs[0].shape[1:])
    if None in shape or not 1 <= len(shape) <= 3:
        raise BadInput(f"model '{model.name}' has input shape {shape}; {_SHAPE_HELP} (one to three fixed axes)")
    _check_finite(model)
    return shape


def check_functional(model: keras.Model) -> None:
    if not getattr(model, "inputs", None) or not getattr(model, "outputs", None):
        raise BadInput(
            f"model '{model.name}' ({type(model).__name__}) is not Sequential or functional; "
            "rebuild it with keras.Sequential or keras.Model(inputs, outputs)"
        )


def _check_finite(model: keras.Model) -> None:
    for weight in model.weights:
        values = np.asarray(weight)
        if values.dtype.kind in "iub":
            continue
        values = values.astype(np.float64).reshape(-1)
        if not np.all(np.isfinite(values)):
            raise BadInput(f"weight '{weight.path}' holds NaN or Inf; the training diverged, train the model again")
        if len(beyond := values[np.abs(values) > np.finfo(np.float32).max]):
            raise BadInput(f"weight '{weight.path}' holds {beyond[0]:g}, which is beyond float32; scale the layer down")
