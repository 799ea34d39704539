"""ONNX' many ways to resize a map, of which whetgen takes the one that repeats pixels."""

from __future__ import annotations

from dataclasses import replace
from math import prod

import numpy as np

from whetgen.frontends.onnx.constants import single
from whetgen.frontends.operators.building import OperatorBuilder
from whetgen.frontends.operators.handlers import handles
from whetgen.frontends.operators.sums import as_signal
from whetgen.frontends.operators.values import OperatorCall, Signal, as_map
from whetgen.ir.nodes import Upsample


@handles("Resize", "Upsample")
def _resize(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    """Pixels repeated: the operator itself, run on their numbers, tells whether it does that."""
    x = call.signal()
    if len(x.shape) not in (2, 3):
        raise call.refuse(f"resizes a tensor of shape {(1, *x.shape)}; only maps of channels are supported")
    constants = [value for value in call.inputs if isinstance(value, np.ndarray)]
    numbers = np.arange(prod(x.shape[1:]), dtype=np.float32).reshape(1, 1, *x.shape[1:])
    frame = np.broadcast_to(numbers, (1, *x.shape)).copy()
    made = single(call, [value if isinstance(value, np.ndarray) else None for value in (frame, *call.inputs[1:])])
    factors = [m // n for m, n in zip(made.shape[2:], x.shape[1:], strict=True)]
    repeated = frame
    for axis, factor in enumerate(factors, start=2):
        repeated = repeated.repeat(factor, axis)
    if not constants or made.shape != repeated.shape or not np.array_equal(made, repeated):
        raise call.refuse(
            "does more than repeat each pixel a whole number of times; use mode 'nearest' and whole scales"
        )
    node = builder.add(
        Upsample, call.name, source=as_map(call, builder, x), factor=(*(1,) * (2 - len(factors)), *factors)
    )
    return replace(as_signal(call, builder, node, len(x.shape)), bounds=x.bounds)
