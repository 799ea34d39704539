"""Sharpened activations, heads of outputs, and layers that only training needs."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.staircases import MOST_LEVELS
from whetgen.frontends.builder import Builder
from whetgen.frontends.keras.calls import LayerCall, handles, is_known
from whetgen.ir.exact import exact_array
from whetgen.ir.real import Decode, Head, RealMultiThreshold, RealThreshold

NO_OPS = (
    "InputLayer",
    "Dropout",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "GaussianNoise",
    "GaussianDropout",
    "AlphaDropout",
    "ActivityRegularization",
    "Identity",
)


@handles(*NO_OPS)
def _no_op(call: LayerCall, builder: Builder) -> str:
    return call.source


@handles("SpikingBReLU")
def _spiking_brelu(call: LayerCall, builder: Builder) -> str:
    return _step(call, builder, call.source, call.layer, call.path, Fraction(1, 2))


@handles("SpikingSigmoid")
def _spiking_sigmoid(call: LayerCall, builder: Builder) -> str:
    return _step(call, builder, call.source, call.layer, call.path, Fraction(0))


def _step(call: LayerCall, builder: Builder, source: str, layer: Any, name: str, level: Fraction) -> str:
    sharpness = float(layer.sharpness)
    if sharpness != 1.0:
        raise BadInput(
            f"layer '{call.path}' ({type(layer).__name__}) has sharpness {sharpness:g}; "
            "train on until it is exactly 1.0 (whetgen.sharpen)"
        )
    if layer.levels > 1:
        levels = np.array([[level + k] for k in range(layer.levels)], dtype=object)
        return builder.add(RealMultiThreshold, name, source=source, levels=levels, strict=(False,) * layer.levels)
    return builder.add(RealThreshold, name, source=source, level=level)


@handles("Staircase")
def _staircase(call: LayerCall, builder: Builder) -> str:
    levels, strict = exact_array(call.layer.levels), tuple(call.layer.strict)
    if len(levels) > MOST_LEVELS:
        raise call.refuse(f"has {len(levels)} levels; neurons have up to {MOST_LEVELS}, train with fewer")
    return builder.add(RealMultiThreshold, call.path, source=call.source, levels=levels[:, None], strict=strict)


@handles("SoftmaxDecode")
def _softmax_decode(call: LayerCall, builder: Builder) -> str:
    key = np.asarray(call.layer.key)
    if not np.isin(key, (0, 1)).all():
        raise call.refuse("has a key with values other than 0 and 1; make one with generate_key")
    offsets = np.array(call.layer.offsets, dtype=np.int64)
    return builder.add(Decode, call.path, source=call.source, key=key.astype(np.int64), offsets=offsets)


@handles("Softmax")
def _softmax(call: LayerCall, builder: Builder) -> str:
    if call.layer.axis not in (-1, len(call.shape)):
        raise call.refuse(f"works along axis {call.layer.axis}; only the last axis is supported")
    return builder.add(Head, call.path, source=call.source, activation="softmax")


@handles("Activation")
def _activation_layer(call: LayerCall, builder: Builder) -> str:
    return activated(call, builder, call.source, call.path)


def activated(call: LayerCall, builder: Builder, source: str, name: str | None = None) -> str:
    """What the ``activation`` of a layer adds behind its sums."""
    activation = call.layer.activation
    kind = getattr(activation, "__name__", type(activation).__name__)
    name = name or f"{call.path}_{kind}"
    if activation is None:
        return source
    if not is_known(activation if hasattr(activation, "__name__") else type(activation)):
        raise call.refuse(f"has an activation of its own, '{kind}'; use SpikingBReLU or SpikingSigmoid")
    if kind == "linear":
        return source
    if kind in ("softmax", "sigmoid"):
        return builder.add(Head, name, source=source, activation=kind)
    if kind in ("SpikingBReLU", "SpikingSigmoid"):
        return _step(call, builder, source, activation, name, Fraction(1, 2) if kind == "SpikingBReLU" else Fraction(0))
    raise call.refuse(
        f"has the activation '{kind}', which is not binary; use SpikingBReLU or SpikingSigmoid, sharpened to 1.0"
    )
