"""Pools, over windows and over whole maps."""

from __future__ import annotations

from whetgen.frontends.builder import Builder
from whetgen.frontends.keras.calls import LayerCall, handles
from whetgen.frontends.keras.handlers.settings import check_channels_last, padding_of, pair
from whetgen.ir.nodes import MaxPool
from whetgen.ir.real import AveragePool


@handles("MaxPooling1D", "MaxPooling2D")
def _max_pooling(call: LayerCall, builder: Builder) -> str:
    return _pool(call, builder, MaxPool)


@handles("AveragePooling1D", "AveragePooling2D")
def _average_pooling(call: LayerCall, builder: Builder) -> str:
    return _pool(call, builder, AveragePool)


@handles("GlobalMaxPooling1D", "GlobalMaxPooling2D")
def _global_max_pooling(call: LayerCall, builder: Builder) -> str:
    return _global_pool(call, builder, MaxPool)


@handles("GlobalAveragePooling1D", "GlobalAveragePooling2D")
def _global_average_pooling(call: LayerCall, builder: Builder) -> str:
    return _global_pool(call, builder, AveragePool)


def _pool(call: LayerCall, builder: Builder, kind: type) -> str:
    source = builder.as_map(call.source, call.path)
    check_channels_last(call)
    window, stride = pair(call.layer.pool_size), pair(call.layer.strides)
    padding = padding_of(call, builder.shapes[source], window, stride)
    pooled = builder.add(kind, call.path, source=source, window=window, stride=stride, padding=padding)
    return builder.reshape(pooled, call.shape, f"{call.path}_signal")


def _global_pool(call: LayerCall, builder: Builder, kind: type) -> str:
    source = builder.as_map(call.source, call.path)
    check_channels_last(call)
    window = builder.shapes[source][:2]
    pooled = builder.add(kind, call.path, source=source, window=window, stride=window)
    return builder.reshape(pooled, call.shape, f"{call.path}_vector")
