"""Dense layers and convolutions of every kind: weighted sums, and the activation behind them."""

from __future__ import annotations

import numpy as np

from whetgen.frontends.builder import Builder
from whetgen.frontends.keras.calls import LayerCall, handles
from whetgen.frontends.keras.handlers.activations import activated
from whetgen.frontends.keras.handlers.settings import bias_of, check_channels_last, padding_of, pair, stored
from whetgen.ir.real import RealConv, RealDense


@handles("Dense")
def _dense(call: LayerCall, builder: Builder) -> str:
    kernel = stored(call.layer.kernel)
    bias = bias_of(call.layer, kernel.shape[1])
    shape = builder.shapes[call.source]
    if len(shape) == 1:
        total = builder.add(RealDense, call.path, source=call.source, kernel=kernel, bias=bias)
    else:  # Keras applies it along the last axis: a 1x1 convolution
        source = builder.as_map(call.source, call.path)
        total = builder.add(RealConv, call.path, source=source, kernel=kernel[None, None], bias=bias)
        total = builder.reshape(total, call.shape, f"{call.path}_signal")
    return activated(call, builder, total)


@handles("Conv1D", "Conv2D")
def _conv(call: LayerCall, builder: Builder) -> str:
    return _convolve(call, builder, stored(call.layer.kernel), groups=call.layer.groups)


@handles("DepthwiseConv1D", "DepthwiseConv2D")
def _depthwise_conv(call: LayerCall, builder: Builder) -> str:
    kernel = stored(call.layer.kernel)
    return _convolve(call, builder, _depthwise(kernel), groups=kernel.shape[-2])


@handles("SeparableConv1D", "SeparableConv2D")
def _separable_conv(call: LayerCall, builder: Builder) -> str:
    depthwise, pointwise = stored(call.layer.depthwise_kernel), stored(call.layer.pointwise_kernel)
    first = _window_sums(
        call,
        builder,
        call.source,
        _depthwise(depthwise),
        np.zeros(pointwise.shape[-2]),
        f"{call.path}_depthwise",
        groups=depthwise.shape[-2],
    )
    kernel = pointwise if pointwise.ndim == 4 else pointwise[None]
    total = builder.add(RealConv, call.path, source=first, kernel=kernel, bias=bias_of(call.layer, kernel.shape[-1]))
    return activated(call, builder, builder.reshape(total, call.shape, f"{call.path}_signal"))


def _depthwise(kernel: np.ndarray) -> np.ndarray:
    """Keras' (..., channels, multiplier) as a grouped kernel (..., 1, channels * multiplier)."""
    return kernel.reshape(*kernel.shape[:-2], 1, -1)


def _convolve(call: LayerCall, builder: Builder, kernel: np.ndarray, groups: int) -> str:
    total = _window_sums(call, builder, call.source, kernel, bias_of(call.layer, kernel.shape[-1]), call.path, groups)
    return activated(call, builder, builder.reshape(total, call.shape, f"{call.path}_signal"))


def _window_sums(
    call: LayerCall, builder: Builder, source: str, kernel: np.ndarray, bias: np.ndarray, name: str, groups: int
) -> str:
    """The convolution as a map; 1-D signals have height 1."""
    source = builder.as_map(source, call.path)
    check_channels_last(call)
    kernel = kernel if kernel.ndim == 4 else kernel[None]
    stride, dilation = pair(call.layer.strides), pair(call.layer.dilation_rate)
    extent = tuple((k - 1) * d + 1 for k, d in zip(kernel.shape[:2], dilation, strict=True))
    padding = padding_of(call, builder.shapes[source], extent, stride)
    return builder.add(
        RealConv,
        name,
        source=source,
        kernel=kernel,
        bias=bias,
        stride=stride,
        dilation=dilation,
        padding=padding,
        groups=groups,
    )


@handles("SparseDense")
def _sparse_dense(call: LayerCall, builder: Builder) -> str:
    """A Dense whose kernel is 0 but for the few inputs that are wired to each neuron."""
    kernel, bias = call.layer.dense_kernel().astype(np.float64), bias_of(call.layer, call.layer.units)
    return builder.add(RealDense, call.path, source=call.source, kernel=kernel, bias=bias)
