"""Operators at the end of a network: softmax and sigmoid, and the class itself."""

from __future__ import annotations

from whetgen.frontends.operators.building import OperatorBuilder
from whetgen.frontends.operators.handlers import handles
from whetgen.frontends.operators.values import Classes, OperatorCall, Signal, channels_first
from whetgen.ir.real import Head


@handles("Softmax", "LogSoftmax")
def _softmax(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    x = call.unclipped()
    axis = call.attribute("axis", -1 if call.opset >= 13 else 1) % (len(x.shape) + 1)
    if axis != len(x.shape) and not (call.opset < 13 and axis == 1 and len(x.shape) == 1):
        raise call.refuse(f"works along axis {axis}; only the last axis is supported")
    x = channels_first(call, builder, x)
    activation = "softmax" if call.operator == "Softmax" else "log_softmax"
    return Signal(builder.add(Head, call.name, source=x.node, activation=activation), x.shape)


@handles("Sigmoid")
def _sigmoid(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    x = channels_first(call, builder, call.unclipped())
    return Signal(builder.add(Head, call.name, source=x.node, activation="sigmoid"), x.shape)


@handles("ArgMax")
def _arg_max(call: OperatorCall, builder: OperatorBuilder) -> Classes:
    if call.attribute("select_last_index", 0):
        raise call.refuse("takes the last of equal scores; the first is the class")
    return _classes(call, builder, call.attribute("axis", 0))


@handles("TopK")
def _top_k(call: OperatorCall, builder: OperatorBuilder) -> Classes:
    count = int(call.constant(1).reshape(-1)[0]) if call.has(1) else call.attribute("k")
    if count != 1 or not call.attribute("largest", 1):
        raise call.refuse(f"takes {count} elements; only the one largest (k = 1) is supported")
    return _classes(call, builder, call.attribute("axis", -1))


def _classes(call: OperatorCall, builder: OperatorBuilder, axis: int) -> Classes:
    x = call.unclipped()
    if x.shape[(axis % (len(x.shape) + 1)) - 1] != max(x.shape) or axis == 0 or sum(n > 1 for n in x.shape) > 1:
        raise call.refuse(
            f"looks along axis {axis} of a tensor of shape {(1, *x.shape)}; give it one row of scores a frame"
        )
    x = channels_first(call, builder, x)
    return Classes(Signal(builder.reshape(x.node, (max(x.shape),), f"{call.name}_scores"), (max(x.shape),)))
