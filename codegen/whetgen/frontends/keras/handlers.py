"""One handler for each layer type: what it means as traced nodes.

A handler is found by the name of the layer's class (or of a base class), so that this module needs
neither TensorFlow nor the sharpening package.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.advice import instead_of, quantised
from whetgen.frontends.keras.builder import Builder
from whetgen.frontends.keras.tables import lines
from whetgen.ir.exact import exact_array, reciprocal, simplest_rational, square_root
from whetgen.ir.nodes import NO_PADDING, Concat, MaxPool, Pad, Padding, Pair, Permute, Shape, Upsample
from whetgen.ir.real import Affine, AveragePool, Decode, Head, RealConv, RealDense, RealSum, RealThreshold


@dataclass(frozen=True)
class Call:
    """One call of a layer: the layer, its path, the nodes it reads, its output shape.

    ``operands``: all that it is called with, in order: nodes by name, and constants.
    """

    layer: Any
    path: str
    inputs: list[str]
    shape: Shape
    operands: tuple[Any, ...]

    @property
    def source(self) -> str:
        return self.inputs[0]

    @property
    def merges(self) -> bool:
        """Whether it is one of Keras' merging layers, which take the first axis of each operand for the batch."""
        return hasattr(self.layer, "_merge_function")

    def refuse(self, why: str) -> BadInput:
        return BadInput(f"layer '{self.path}' ({type(self.layer).__name__}) {why}")


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
_COMPUTING = ("__call__", "call", "convolution_op")

Handler = Callable[[Call, Builder], str]
HANDLERS: dict[str, Handler] = {}


def handles(*class_names: str) -> Callable[[Handler], Handler]:
    """Register a handler for layers of these class names."""

    def register(handler: Handler) -> Handler:
        HANDLERS.update(dict.fromkeys(class_names, handler))
        return handler

    return register


def handle(call: Call, builder: Builder) -> str:
    """Add the call's nodes to ``builder``; returns the name of its output.

    Raises:
        BadInput: the layer's type or one of its settings is not supported.
    """
    if mode := getattr(call.layer, "quantization_mode", None):
        raise call.refuse(quantised(mode))
    for kind in type(call.layer).__mro__:
        if kind.__name__ in HANDLERS and _is_known(kind):
            if not _computes_as(type(call.layer), kind):
                raise call.refuse(f"computes something else than {kind.__name__}; use {kind.__name__} itself")
            return HANDLERS[kind.__name__](call, builder)
    raise call.refuse(f"is not supported; {instead_of(type(call.layer).__name__)}")


def _is_known(thing: Any) -> bool:
    """Whether a class or function of a known name is the one of Keras or of ``whetgen.sharpen``."""
    return (getattr(thing, "__module__", None) or "").split(".")[0] in ("keras", "whetgen")


def _computes_as(kind: type, base: type) -> bool:
    """Whether a subclass left alone what its base computes (it may build or configure otherwise)."""
    return all(getattr(kind, name, None) is getattr(base, name, None) for name in _COMPUTING)


@handles(*NO_OPS)
def _no_op(call: Call, builder: Builder) -> str:
    return call.source


# Sharpened activations and heads


@handles("SpikingBReLU")
def _spiking_brelu(call: Call, builder: Builder) -> str:
    return _step(call, builder, call.source, call.layer, call.path, Fraction(1, 2))


@handles("SpikingSigmoid")
def _spiking_sigmoid(call: Call, builder: Builder) -> str:
    return _step(call, builder, call.source, call.layer, call.path, Fraction(0))


def _step(call: Call, builder: Builder, source: str, layer: Any, name: str, level: Fraction) -> str:
    sharpness = float(layer.sharpness)
    if sharpness != 1.0:
        raise BadInput(
            f"layer '{call.path}' ({type(layer).__name__}) has sharpness {sharpness:g}; "
            "train on until it is exactly 1.0 (whetgen.sharpen)"
        )
    return builder.add(RealThreshold, name, source=source, level=level)


@handles("SoftmaxDecode")
def _softmax_decode(call: Call, builder: Builder) -> str:
    key = np.asarray(call.layer.key)
    if not np.isin(key, (0, 1)).all():
        raise call.refuse("has a key with values other than 0 and 1; make one with generate_key")
    return builder.add(Decode, call.path, source=call.source, key=key.astype(np.int64))


@handles("Softmax")
def _softmax(call: Call, builder: Builder) -> str:
    if call.layer.axis not in (-1, len(call.shape)):
        raise call.refuse(f"works along axis {call.layer.axis}; only the last axis is supported")
    return builder.add(Head, call.path, source=call.source, activation="softmax")


@handles("Activation")
def _activation_layer(call: Call, builder: Builder) -> str:
    return _activate(call, builder, call.source, call.path)


def _activate(call: Call, builder: Builder, source: str, name: str | None = None) -> str:
    """What the ``activation`` of a layer adds behind its sums."""
    activation = call.layer.activation
    kind = getattr(activation, "__name__", type(activation).__name__)
    name = name or f"{call.path}_{kind}"
    if activation is None:
        return source
    if not _is_known(activation if hasattr(activation, "__name__") else type(activation)):
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


# Sums


@handles("Dense")
def _dense(call: Call, builder: Builder) -> str:
    kernel = _values(call.layer.kernel)
    bias = _bias(call.layer, kernel.shape[1])
    shape = builder.shapes[call.source]
    if len(shape) == 1:
        total = builder.add(RealDense, call.path, source=call.source, kernel=kernel, bias=bias)
    else:  # Keras applies it along the last axis: a 1x1 convolution
        source = builder.as_map(call.source, call.path)
        total = builder.add(RealConv, call.path, source=source, kernel=kernel[None, None], bias=bias)
        total = builder.reshape(total, call.shape, f"{call.path}_signal")
    return _activate(call, builder, total)


@handles("Conv1D", "Conv2D")
def _conv(call: Call, builder: Builder) -> str:
    return _convolve(call, builder, _values(call.layer.kernel), groups=call.layer.groups)


@handles("DepthwiseConv1D", "DepthwiseConv2D")
def _depthwise_conv(call: Call, builder: Builder) -> str:
    kernel = _values(call.layer.kernel)
    return _convolve(call, builder, _depthwise(kernel), groups=kernel.shape[-2])


@handles("SeparableConv1D", "SeparableConv2D")
def _separable_conv(call: Call, builder: Builder) -> str:
    depthwise, pointwise = _values(call.layer.depthwise_kernel), _values(call.layer.pointwise_kernel)
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
    total = builder.add(RealConv, call.path, source=first, kernel=kernel, bias=_bias(call.layer, kernel.shape[-1]))
    return _activate(call, builder, builder.reshape(total, call.shape, f"{call.path}_signal"))


def _depthwise(kernel: np.ndarray) -> np.ndarray:
    """Keras' (..., channels, multiplier) as a grouped kernel (..., 1, channels * multiplier)."""
    return kernel.reshape(*kernel.shape[:-2], 1, -1)


def _convolve(call: Call, builder: Builder, kernel: np.ndarray, groups: int) -> str:
    total = _window_sums(call, builder, call.source, kernel, _bias(call.layer, kernel.shape[-1]), call.path, groups)
    return _activate(call, builder, builder.reshape(total, call.shape, f"{call.path}_signal"))


def _window_sums(call: Call, builder: Builder, source: str, kernel, bias, name: str, groups: int) -> str:
    """The convolution as a map; 1-D signals have height 1."""
    source = builder.as_map(source, call.path)
    _channels_last(call)
    kernel = kernel if kernel.ndim == 4 else kernel[None]
    stride, dilation = _pair(call.layer.strides), _pair(call.layer.dilation_rate)
    extent = tuple((k - 1) * d + 1 for k, d in zip(kernel.shape[:2], dilation, strict=True))
    padding = _padding(call, builder.shapes[source], extent, stride)
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
def _sparse_dense(call: Call, builder: Builder) -> str:
    """A Dense whose kernel is 0 but for the few inputs that are wired to each neuron."""
    kernel, bias = call.layer.dense_kernel().astype(np.float64), _bias(call.layer, call.layer.units)
    return builder.add(RealDense, call.path, source=call.source, kernel=kernel, bias=bias)


@handles("LookupTables")
def _lookup_tables(call: Call, builder: Builder) -> str:
    """One weighted sum for each table; its bit is the alternating sum of steps along it."""
    tables, wiring = _values(call.layer.tables), np.asarray(call.layer.wiring)
    if not np.isin(tables, (0.0, 1.0)).all():
        raise call.refuse("has table entries other than 0 and 1; whetgen.sharpen.finish(model) settles them")
    form = lines(tables.astype(bool), wiring, builder.shapes[call.source][-1])
    sums = builder.add(
        RealDense, f"{call.path}_lines", source=call.source, kernel=form.kernel, bias=np.zeros(len(tables))
    )
    one, turns = np.array(Fraction(1), dtype=object), []
    for number, levels in enumerate(form.levels):
        margin = builder.add(
            Affine,
            f"{call.path}_margin{number}",
            source=sums,
            multiplier=one,
            addend=exact_array(-levels),
            addend_size=np.abs(levels),
        )
        turns.append(builder.add(RealThreshold, f"{call.path}_turn{number}", source=margin, level=Fraction(0)))
    signs = tuple(1 - number % 2 * 2 for number in range(len(turns)))
    return builder.add(RealSum, call.path, operands=tuple(turns), signs=signs)


@handles("Thermometer")
def _thermometer(call: Call, builder: Builder) -> str:
    """``x - threshold >= 0``, level after level along the last axis."""
    thresholds = exact_array(call.layer.thresholds)
    one, size = np.array(Fraction(1), dtype=object), np.abs(_values(call.layer.thresholds))
    margins = [
        builder.add(
            Affine,
            f"{call.path}_margin{level}",
            source=call.source,
            multiplier=one,
            addend=-row,
            addend_size=size[level],
        )
        for level, row in enumerate(thresholds)
    ]
    joined = margins[0]
    if len(margins) > 1:
        joined = builder.add(Concat, f"{call.path}_margins", operands=tuple(margins), axis=len(call.shape) - 1)
    return builder.add(RealThreshold, call.path, source=joined, level=Fraction(0))


# Pooling


@handles("MaxPooling1D", "MaxPooling2D")
def _max_pooling(call: Call, builder: Builder) -> str:
    return _pool(call, builder, MaxPool)


@handles("AveragePooling1D", "AveragePooling2D")
def _average_pooling(call: Call, builder: Builder) -> str:
    return _pool(call, builder, AveragePool)


@handles("GlobalMaxPooling1D", "GlobalMaxPooling2D")
def _global_max_pooling(call: Call, builder: Builder) -> str:
    return _global_pool(call, builder, MaxPool)


@handles("GlobalAveragePooling1D", "GlobalAveragePooling2D")
def _global_average_pooling(call: Call, builder: Builder) -> str:
    return _global_pool(call, builder, AveragePool)


def _pool(call: Call, builder: Builder, kind: type) -> str:
    source = builder.as_map(call.source, call.path)
    _channels_last(call)
    window, stride = _pair(call.layer.pool_size), _pair(call.layer.strides)
    padding = _padding(call, builder.shapes[source], window, stride)
    pooled = builder.add(kind, call.path, source=source, window=window, stride=stride, padding=padding)
    return builder.reshape(pooled, call.shape, f"{call.path}_signal")


def _global_pool(call: Call, builder: Builder, kind: type) -> str:
    source = builder.as_map(call.source, call.path)
    _channels_last(call)
    window = builder.shapes[source][:2]
    pooled = builder.add(kind, call.path, source=source, window=window, stride=window)
    return builder.reshape(pooled, call.shape, f"{call.path}_vector")


# Affine layers


@handles("BatchNormalization", "FusedBatchNormalization")
def _batch_normalization(call: Call, builder: Builder) -> str:
    layer = call.layer
    mean, variance = exact_array(layer.moving_mean), exact_array(layer.moving_variance)
    spread = variance + simplest_rational(layer.epsilon)
    if any(v <= 0 for v in spread):
        raise call.refuse("has a moving variance that is not positive; train the model again")
    multiplier = _inverse_roots(spread)
    if layer.gamma is not None:
        multiplier = multiplier * exact_array(layer.gamma)
    shift = -mean * multiplier
    beta = exact_array(layer.beta) if layer.beta is not None else exact_array(np.zeros(mean.shape))
    axis = layer.axis if isinstance(layer.axis, int) else layer.axis[0]
    rank = len(builder.shapes[call.source])
    where = [1] * rank
    where[axis - 1 if axis > 0 else axis] = mean.size
    return add_affine(call, builder, multiplier.reshape(where), shift.reshape(where), beta.reshape(where))


def add_affine(call: Call, builder: Builder, multiplier: np.ndarray, *addends: np.ndarray) -> str:
    """``multiplier * x + sum of addends``; 0-d results of object arithmetic become arrays again."""
    size = sum(np.abs(np.asarray(a, dtype=np.float64)) for a in addends)
    parts = [np.array(part, dtype=object) for part in (multiplier, sum(addends))]
    return builder.add(
        Affine, call.path, source=call.source, multiplier=parts[0], addend=parts[1], addend_size=np.asarray(size)
    )


@handles("Rescaling")
def _rescaling(call: Call, builder: Builder) -> str:
    multiplier, addend = _settings(call.layer.scale), _settings(call.layer.offset)
    return add_affine(call, builder, multiplier, addend)


@handles("Normalization")
def _normalization(call: Call, builder: Builder) -> str:
    layer = call.layer
    if layer.mean is None:
        raise call.refuse("has no mean and variance; call its adapt() or give them as arguments")
    given = layer.input_mean is not None
    read = (lambda v: _settings(np.asarray(v, dtype=np.float64))) if given else exact_array
    stored = (layer.input_mean, layer.input_variance) if given else (layer.mean, layer.variance)
    mean, variance = (_along_last(read(v), len(builder.shapes[call.source])) for v in stored)
    if any(v < 0 for v in variance.reshape(-1)):
        raise call.refuse("has a negative variance; adapt it again")
    smallest = simplest_rational(1e-7)  # keras.config.epsilon(), the least standard deviation
    deviation = np.vectorize(lambda v: max(square_root(v), smallest, key=float), otypes=[object])(variance)
    if layer.invert:
        return add_affine(call, builder, deviation, mean)
    multiplier = np.vectorize(reciprocal, otypes=[object])(deviation)
    return add_affine(call, builder, multiplier, -mean * multiplier)


def _along_last(values: np.ndarray, rank: int) -> np.ndarray:
    """Keras' broadcast shape (1, ..., channels) without its batch axis."""
    return values.reshape(values.shape[-rank:] if values.ndim > rank else values.shape)


def _inverse_roots(values: np.ndarray) -> np.ndarray:
    return np.vectorize(lambda v: reciprocal(square_root(v)), otypes=[object])(values)


def _settings(values) -> np.ndarray:
    """Numbers of a layer's configuration as the simplest rationals that round to them."""
    return np.vectorize(lambda v: simplest_rational(float(v)), otypes=[object])(np.asarray(values, dtype=np.float64))


# Moves and joins


@handles("Flatten", "Reshape")
def _reshape(call: Call, builder: Builder) -> str:
    if not 1 <= len(call.shape) <= 3 or None in call.shape:
        raise call.refuse(f"makes the shape {call.shape}; one to three fixed axes are supported")
    _channels_last(call)
    return builder.reshape(call.source, call.shape, call.path)


@handles("Permute")
def _permute(call: Call, builder: Builder) -> str:
    return builder.add(Permute, call.path, source=call.source, axes=tuple(a - 1 for a in call.layer.dims))


@handles("ZeroPadding1D", "ZeroPadding2D")
def _zero_padding(call: Call, builder: Builder) -> str:
    return _frame(call, builder, call.layer.padding, 1)


@handles("Cropping1D", "Cropping2D")
def _cropping(call: Call, builder: Builder) -> str:
    return _frame(call, builder, call.layer.cropping, -1)


def _frame(call: Call, builder: Builder, counts, direction: int) -> str:
    source = builder.as_map(call.source, call.path)
    _channels_last(call)
    pairs = counts if np.ndim(counts) == 2 else ((0, 0), counts)
    padding = tuple((direction * int(a), direction * int(b)) for a, b in pairs)
    framed = builder.add(Pad, call.path, source=source, padding=padding)
    return builder.reshape(framed, call.shape, f"{call.path}_signal")


@handles("UpSampling1D", "UpSampling2D")
def _up_sampling(call: Call, builder: Builder) -> str:
    if getattr(call.layer, "interpolation", "nearest") != "nearest":
        raise call.refuse(f"interpolates '{call.layer.interpolation}'; use interpolation='nearest'")
    source = builder.as_map(call.source, call.path)
    _channels_last(call)
    raised = builder.add(Upsample, call.path, source=source, factor=_pair(call.layer.size))
    return builder.reshape(raised, call.shape, f"{call.path}_signal")


@handles("Concatenate")
def _concatenate(call: Call, builder: Builder) -> str:
    rank = len(call.shape)
    axis = call.layer.axis - 1 if call.layer.axis >= 0 else rank + call.layer.axis
    if not 0 <= axis < rank:
        raise call.refuse("joins frames (axis 0); join along another axis")
    return builder.add(Concat, call.path, operands=tuple(call.inputs), axis=axis)


# What several handlers share


def _values(variable) -> np.ndarray:
    return np.asarray(variable).astype(np.float64)


def _bias(layer: Any, size: int) -> np.ndarray:
    return _values(layer.bias) if layer.use_bias else np.zeros(size)


def _pair(setting) -> Pair:
    """A 1-D or 2-D setting as (height, width)."""
    numbers = (setting,) if np.ndim(setting) == 0 else tuple(setting)
    return (1, int(numbers[0])) if len(numbers) == 1 else (int(numbers[0]), int(numbers[1]))


def _channels_last(call: Call) -> None:
    if getattr(call.layer, "data_format", None) not in (None, "channels_last"):
        raise call.refuse("has data_format 'channels_first'; use 'channels_last'")


def _padding(call: Call, source: Shape, extent: Pair, stride: Pair) -> Padding:
    """Zeros on each side, as TensorFlow places them: the odd one behind."""
    kind = call.layer.padding
    if kind == "valid":
        return NO_PADDING
    if kind == "causal":
        return ((0, 0), (extent[1] - 1, 0))
    if kind != "same":
        raise call.refuse(f"has padding '{kind}'; use 'valid' or 'same'")
    totals = (max((math.ceil(n / s) - 1) * s + e - n, 0) for n, e, s in zip(source[:2], extent, stride, strict=True))
    return tuple((t // 2, t - t // 2) for t in totals)
