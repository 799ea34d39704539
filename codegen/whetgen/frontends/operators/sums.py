"""Weighted sums over whole tensors and over windows."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from whetgen.frontends.operators.building import OperatorBuilder
from whetgen.frontends.operators.handlers import affine, handles
from whetgen.frontends.operators.values import OperatorCall, Signal, against, as_map, channels_first
from whetgen.frontends.operators.windows import padding_of, pair
from whetgen.ir.real import RealConv, RealDense


@handles("MatMul")
def _mat_mul(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    return _dense(call, builder, call.unclipped(), _kernel(call, call.constant(1)), None)


@handles("Gemm")
def _gemm(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    """``alpha x W + beta c``."""
    if call.attribute("transA", 0):
        raise call.refuse("transposes the tensor that depends on the input; export it with transA = 0")
    kernel = _kernel(call, call.constant(1))
    kernel = kernel.T if call.attribute("transB", 0) else kernel
    alpha, beta = (Fraction(call.attribute(name, 1.0)) for name in ("alpha", "beta"))
    if alpha == 1 and (beta == 1 or not call.has(2)):
        return _dense(call, builder, call.unclipped(), kernel, call.constant(2, np.zeros(kernel.shape[1])))
    total = _dense(call, builder, call.unclipped(), kernel, None)
    bias = against(call, total, call.constant(2, np.zeros(1))) * beta
    return affine(builder, f"{call.name}_scaled", total, np.array([alpha], dtype=object), bias)


def _kernel(call: OperatorCall, values: np.ndarray) -> np.ndarray:
    if values.ndim != 2:
        raise call.refuse(f"has weights of shape {values.shape}; only matrices are supported")
    return checked_weights(call, values)


def checked_weights(call: OperatorCall, values: np.ndarray) -> np.ndarray:
    """Weights or a bias as float64.

    Raises:
        BadInput: NaN or Inf.
    """
    values = values.astype(np.float64)
    if not np.all(np.isfinite(values)):
        raise call.refuse("has weights that are NaN or Inf; the training diverged, train the model again")
    return values


def _dense(
    call: OperatorCall, builder: OperatorBuilder, x: Signal, kernel: np.ndarray, bias: np.ndarray | None
) -> Signal:
    """Sums along the last axis of ONNX's order; of several rows a 1x1 convolution."""
    if kernel.shape[0] != x.shape[-1]:
        raise call.refuse(
            f"multiplies a tensor of shape {(1, *x.shape)} with weights of shape {kernel.shape}; they do not fit"
        )
    bias = np.zeros(kernel.shape[1]) if bias is None else np.broadcast_to(checked_weights(call, bias), kernel.shape[1:])
    x = channels_first(call, builder, x)
    shape = (*x.shape[:-1], kernel.shape[1])
    if len(shape) == 1:
        return Signal(builder.add(RealDense, call.name, source=x.node, kernel=kernel, bias=bias), shape)
    rows = builder.as_map(x.node, call.name)
    total = builder.add(RealConv, call.name, source=rows, kernel=kernel[None, None], bias=bias)
    return Signal(builder.reshape(total, shape, f"{call.name}_rows"), shape)


@handles("Conv")
def _conv(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    x, weights = call.unclipped(), checked_weights(call, call.constant(1))
    if weights.ndim not in (3, 4) or weights.ndim != len(x.shape) + 1:
        raise call.refuse(f"has weights of shape {weights.shape}; convolutions over one and two axes are supported")
    groups = call.attribute("group", 1)
    if x.shape[0] != weights.shape[1] * groups:
        raise call.refuse(f"has weights for {weights.shape[1] * groups} channels and reads {x.shape[0]}")
    kernel = np.moveaxis(weights, (0, 1), (-1, -2))
    kernel = kernel if kernel.ndim == 4 else kernel[None]
    stride, dilation = (pair(call.attribute(name, (1,) * (weights.ndim - 2))) for name in ("strides", "dilations"))
    source = as_map(call, builder, x)
    extent = tuple((k - 1) * d + 1 for k, d in zip(kernel.shape[:2], dilation, strict=True))
    node = builder.add(
        RealConv,
        call.name,
        source=source,
        kernel=kernel,
        bias=checked_weights(call, call.constant(2, np.zeros(kernel.shape[3]))),
        stride=stride,
        dilation=dilation,
        padding=padding_of(call, builder.shapes[source], extent, stride),
        groups=groups,
    )
    return as_signal(call, builder, node, len(x.shape))


def as_signal(call: OperatorCall, builder: OperatorBuilder, node: str, rank: int) -> Signal:
    """A map (height, width, channels) as ONNX's tensor of ``rank`` axes, channels first."""
    height, width, channels = builder.shapes[node]
    if rank == 3:
        return Signal(node, (channels, height, width), last=True)
    return Signal(builder.reshape(node, (width, channels), f"{call.name}_signal"), (channels, width), last=True)
