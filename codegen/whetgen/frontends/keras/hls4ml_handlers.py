"""Our Keras layers as hls4ml's converter sees them: what a handler of hls4ml's Keras 3 front end returns.

Handlers are found by the name of the Keras class, and name the hls4ml layers that
``whetgen.targets.hls4ml`` registers. ``whetgen.hls4ml.register`` installs both.
"""

from __future__ import annotations

from typing import Any

from whetgen.errors import BadInput


def register_handlers(registry: dict[str, Any]) -> None:
    """Add our handlers to hls4ml's registry of Keras 3 layer handlers."""
    registry["SpikingBReLU"] = _sharp_at_half
    registry["SpikingSigmoid"] = _sharp_at_zero
    registry["SoftmaxDecode"] = _decode


def _sharp_at_half(layer: Any, inputs: Any, outputs: Any) -> tuple[dict]:
    return _sharp(layer, inputs, outputs, twice_level=1)


def _sharp_at_zero(layer: Any, inputs: Any, outputs: Any) -> tuple[dict]:
    return _sharp(layer, inputs, outputs, twice_level=0)


def _sharp(layer: Any, inputs: Any, outputs: Any, twice_level: int) -> tuple[dict]:
    if float(layer.sharpness) != 1.0:
        raise BadInput(
            f"layer '{layer.name}' ({type(layer).__name__}) has sharpness {float(layer.sharpness):g}; train on until it is exactly 1.0 (whetgen.sharpen)"
        )
    if layer.levels > 1:
        raise BadInput(
            f"layer '{layer.name}' ({type(layer).__name__}) has {layer.levels} levels, and hls4ml's extension one; "
            "use whetgen --target hls, or levels=1"
        )
    return ({**_described(layer, inputs, outputs), "class_name": "WhetgenSharp", "twice_level": twice_level},)


def _decode(layer: Any, inputs: Any, outputs: Any) -> tuple[dict]:
    if any(layer.offsets):
        raise BadInput(
            f"layer '{layer.name}' ({type(layer).__name__}) has offsets, and hls4ml's extension none; use whetgen --target hls"
        )
    return ({**_described(layer, inputs, outputs), "class_name": "WhetgenKey", "key": layer.get_config()["key"]},)


def _described(layer: Any, inputs: Any, outputs: Any) -> dict:
    """What hls4ml wants to know of every layer."""
    return {
        "name": layer.name,
        "input_keras_tensor_names": [tensor.name for tensor in inputs],
        "input_shape": [list(tensor.shape[1:]) for tensor in inputs],
        "output_keras_tensor_names": [tensor.name for tensor in outputs],
    }
