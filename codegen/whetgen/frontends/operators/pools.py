"""Largest and mean of windows, and of whole maps."""

from __future__ import annotations

from dataclasses import replace

from whetgen.frontends.operators.building import OperatorBuilder
from whetgen.frontends.operators.handlers import handles
from whetgen.frontends.operators.sums import as_signal
from whetgen.frontends.operators.values import OperatorCall, Signal, as_map
from whetgen.frontends.operators.windows import padding_of, pair
from whetgen.ir.nodes import NO_PADDING, MaxPool, Pad, Padding, Pair, Shape
from whetgen.ir.real import AveragePool


@handles("MaxPool")
def _max_pool(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    """Clipping may come later: the largest of clipped values is the clipped largest."""
    if any(d != 1 for d in call.attribute("dilations", ())):
        raise call.refuse("has dilations; only windows without holes are supported")
    if len(call.outputs) > 1:
        raise call.refuse("also gives the places of the largest, which whetgen does not know")
    return replace(_pool(call, builder, call.signal(), MaxPool, zeros_count=False), bounds=call.signal().bounds)


@handles("AveragePool")
def _average_pool(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    return _pool(call, builder, call.unclipped(), AveragePool, bool(call.attribute("count_include_pad", 0)))


def _pool(call: OperatorCall, builder: OperatorBuilder, x: Signal, kind: type, zeros_count: bool) -> Signal:
    source = as_map(call, builder, x)
    window = pair(call.attribute("kernel_shape"))
    stride = pair(call.attribute("strides", (1,) * (len(x.shape) - 1)))
    padding = padding_of(call, builder.shapes[source], window, stride)
    _check_whole(call, builder.shapes[source], window, stride, padding)
    if zeros_count and padding != NO_PADDING:
        source, padding = builder.add(Pad, f"{call.name}_zeros", source=source, padding=padding), NO_PADDING
    node = builder.add(kind, call.name, source=source, window=window, stride=stride, padding=padding)
    return as_signal(call, builder, node, len(x.shape))


def _check_whole(call: OperatorCall, shape: Shape, window: Pair, stride: Pair, padding: Padding) -> None:
    """Refuse ``ceil_mode`` where it makes one more window."""
    rest = [(shape[a] + sum(padding[a]) - window[a]) % stride[a] for a in (0, 1)]
    if call.attribute("ceil_mode", 0) and any(rest):
        raise call.refuse("has ceil_mode and windows that reach beyond the map; pad the map instead")


@handles("GlobalMaxPool")
def _global_max_pool(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    return replace(_whole(call, builder, call.signal(), MaxPool), bounds=call.signal().bounds)


@handles("GlobalAveragePool")
def _global_average_pool(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    return _whole(call, builder, call.unclipped(), AveragePool)


def _whole(call: OperatorCall, builder: OperatorBuilder, x: Signal, kind: type) -> Signal:
    source = as_map(call, builder, x)
    window = builder.shapes[source][:2]
    node = builder.add(kind, call.name, source=source, window=window, stride=window)
    return as_signal(call, builder, node, len(x.shape))


@handles("ReduceMean")
def _reduce_mean(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    """The mean of each channel's map."""
    return _reduced(call, builder, call.unclipped(), AveragePool)


@handles("ReduceMax")
def _reduce_max(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    """The largest of each channel's map."""
    return replace(_reduced(call, builder, call.signal(), MaxPool), bounds=call.signal().bounds)


def _reduced(call: OperatorCall, builder: OperatorBuilder, x: Signal, kind: type) -> Signal:
    rank = len(x.shape)
    axes = call.constant(1).tolist() if call.has(1) else call.attribute("axes", ())
    if sorted(axis % (rank + 1) for axis in axes) != list(range(2, rank + 1)) or rank < 2:
        raise call.refuse(f"reduces the axes {tuple(axes)}; only all axes behind the channels are supported")
    found = _whole(call, builder, x, kind)
    if call.attribute("keepdims", 1):
        return found
    return Signal(builder.reshape(found.node, x.shape[:1], f"{call.name}_vector"), x.shape[:1])
