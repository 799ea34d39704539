"""Layers that only move elements: reshaped, permuted, padded, cropped, repeated, joined."""

from __future__ import annotations

import numpy as np

from whetgen.frontends.builder import Builder
from whetgen.frontends.keras.calls import LayerCall, handles
from whetgen.frontends.keras.handlers.settings import check_channels_last, pair
from whetgen.ir.nodes import Concat, Pad, Permute, Upsample

MOVES = (
    "Flatten",
    "Reshape",
    "Permute",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "Cropping1D",
    "Cropping2D",
    "UpSampling1D",
    "UpSampling2D",
    "Concatenate",
)


@handles("Flatten", "Reshape")
def _reshape(call: LayerCall, builder: Builder) -> str:
    if not 1 <= len(call.shape) <= 3 or None in call.shape:
        raise call.refuse(f"makes the shape {call.shape}; one to three fixed axes are supported")
    check_channels_last(call)
    return builder.reshape(call.source, call.shape, call.path)


@handles("Permute")
def _permute(call: LayerCall, builder: Builder) -> str:
    return builder.add(Permute, call.path, source=call.source, axes=tuple(a - 1 for a in call.layer.dims))


@handles("ZeroPadding1D", "ZeroPadding2D")
def _zero_padding(call: LayerCall, builder: Builder) -> str:
    return _frame(call, builder, call.layer.padding, 1)


@handles("Cropping1D", "Cropping2D")
def _cropping(call: LayerCall, builder: Builder) -> str:
    return _frame(call, builder, call.layer.cropping, -1)


def _frame(call: LayerCall, builder: Builder, counts: tuple, direction: int) -> str:
    source = builder.as_map(call.source, call.path)
    check_channels_last(call)
    pairs = counts if np.ndim(counts) == 2 else ((0, 0), counts)
    padding = tuple((direction * int(a), direction * int(b)) for a, b in pairs)
    framed = builder.add(Pad, call.path, source=source, padding=padding)
    return builder.reshape(framed, call.shape, f"{call.path}_signal")


@handles("UpSampling1D", "UpSampling2D")
def _up_sampling(call: LayerCall, builder: Builder) -> str:
    if getattr(call.layer, "interpolation", "nearest") != "nearest":
        raise call.refuse(f"interpolates '{call.layer.interpolation}'; use interpolation='nearest'")
    source = builder.as_map(call.source, call.path)
    check_channels_last(call)
    raised = builder.add(Upsample, call.path, source=source, factor=pair(call.layer.size))
    return builder.reshape(raised, call.shape, f"{call.path}_signal")


@handles("Concatenate")
def _concatenate(call: LayerCall, builder: Builder) -> str:
    rank = len(call.shape)
    axis = call.layer.axis - 1 if call.layer.axis >= 0 else rank + call.layer.axis
    if not 0 <= axis < rank:
        raise call.refuse("joins frames (axis 0); join along another axis")
    return builder.add(Concat, call.path, operands=tuple(call.inputs), axis=axis)
