"""The layers of QKeras, Larq and BinaryNet: each is one of Keras' own with quantised weights, and with neurons around it.

QKeras       quantised weights, and an activation behind the sums
Larq         a quantiser in front of the layer, quantised weights, and an activation behind the sums
BinaryNet    weights of -H and H
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from whetgen.foreign.quantisers import quantiser
from whetgen.foreign.staircases import Steps

INPUT = "input_quantizer"


@dataclass(frozen=True)
class Relative:
    """``plain``: the layer of Keras that it extends. ``quantisers``: the setting that quantises each weight."""

    plain: str
    quantisers: Mapping[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> set[str]:
        return {INPUT, *self.quantisers.values()}


def _each(*weights: str) -> dict[str, str]:
    return {w: f"{w.removesuffix('_kernel').removeprefix('moving_')}_quantizer" for w in weights}


RELATIVES: dict[str, Relative] = {
    "QActivation": Relative("Activation"),
    "QDense": Relative("Dense", _each("kernel", "bias")),
    "QConv1D": Relative("Conv1D", _each("kernel", "bias")),
    "QConv2D": Relative("Conv2D", _each("kernel", "bias")),
    "QDepthwiseConv2D": Relative("DepthwiseConv2D", _each("depthwise_kernel", "bias")),
    "QBatchNormalization": Relative("BatchNormalization", _each("gamma", "beta", "moving_mean", "moving_variance")),
    "QuantDense": Relative("Dense", _each("kernel")),
    "QuantConv1D": Relative("Conv1D", _each("kernel")),
    "QuantConv2D": Relative("Conv2D", _each("kernel")),
    "QuantDepthwiseConv2D": Relative("DepthwiseConv2D", _each("depthwise_kernel")),
    "QuantSeparableConv1D": Relative("SeparableConv1D", _each("depthwise_kernel", "pointwise_kernel")),
    "QuantSeparableConv2D": Relative("SeparableConv2D", _each("depthwise_kernel", "pointwise_kernel")),
    "BinaryDense": Relative("Dense", {"kernel": "H"}),
    "BinaryConv2D": Relative("Conv2D", {"kernel": "H"}),
}
PACKAGES = ("", "Custom", "qkeras", "QKeras", "larq", "Larq", "binary_layers")


def staircase(entry: object) -> Steps | None:
    """The neurons of a checked quantiser that stands in front of a layer or behind it; None where there is none."""
    if not is_quantiser(entry):
        return None
    return quantiser(entry["quantiser"], entry["settings"]).staircase


def is_quantiser(entry: object) -> TypeGuard[dict[str, Any]]:
    """Whether a checked setting is a quantiser."""
    return isinstance(entry, dict) and "quantiser" in entry
