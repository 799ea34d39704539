"""hls4ml, both ways.

``to_hls4ml(graph, folder)``: an integer graph as an hls4ml model, every bit the same.
``register()``: then ``hls4ml.converters.convert_from_keras_model`` takes Keras models with our layers, in the
fixed-point types that its configuration asks for.
"""

from __future__ import annotations

from whetgen.targets.hls4ml import compile_model, predict_codes, require, to_hls4ml

__all__ = ["compile_model", "predict_codes", "register", "to_hls4ml"]


def register() -> None:
    """Teach hls4ml ``SpikingBReLU``, ``SpikingSigmoid`` and ``SoftmaxDecode``. Calling it again changes nothing.

    Raises:
        BadInput: hls4ml is not installed.
    """
    require()
    from hls4ml.converters.keras_v3 import layer_handlers

    from whetgen.frontends.keras.hls4ml_handlers import register_handlers

    register_handlers(layer_handlers)
