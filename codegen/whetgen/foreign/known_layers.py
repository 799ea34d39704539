"""The layers that may stand in a file, each with the shape it makes and the weights it has.

Weights come in the order in which Keras creates them.

    LAYERS[kind].shape(settings, shapes read) -> shape
    LAYERS[kind].weights(settings, shape read) -> weights
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from whetgen.foreign import shapes
from whetgen.foreign.relatives import RELATIVES
from whetgen.foreign.shapes import OpenShape


@dataclass(frozen=True)
class Weight:
    """``optional``: some writers leave it out. ``swapped``: its two axes may be exchanged. None in ``shape``: any."""

    name: str
    shape: OpenShape
    trainable: bool = True
    optional: bool = False
    swapped: bool = False

    def fits(self, shape: tuple[int, ...]) -> bool:
        """Whether an array of this shape may be this weight; one number may be stored as an array of one."""
        if self.name == "sharpness" and shape == (1,):
            return True
        forms = (self.shape, self.shape[::-1]) if self.swapped else (self.shape,)
        return any(_is_of(form, shape) for form in forms)


def _is_of(form: OpenShape, shape: tuple[int, ...]) -> bool:
    return len(form) == len(shape) and all(a in (None, b) for a, b in zip(form, shape, strict=True))


@dataclass(frozen=True)
class KnownLayer:
    shape: Callable[[dict, list[OpenShape]], OpenShape]
    weights: Callable[[dict, OpenShape], tuple[Weight, ...]] = lambda settings, shape: ()


# Weights


def _kernel_and_bias(kernel: OpenShape, settings: dict, units: int | None, name: str = "kernel") -> tuple[Weight, ...]:
    bias = (Weight("bias", (units,)),) if settings.get("use_bias", True) else ()
    return (Weight(name, kernel), *bias)


def _dense_weights(settings: dict, shape: OpenShape) -> tuple[Weight, ...]:
    return _kernel_and_bias((shape[-1], settings["units"]), settings, settings["units"])


def _conv_weights(settings: dict, shape: OpenShape) -> tuple[Weight, ...]:
    places, channels = shapes.split(settings, shape)
    each = None if channels is None else channels // settings.get("groups", 1)
    kernel = (*shapes.each(settings["kernel_size"], len(places)), each, settings["filters"])
    return _kernel_and_bias(kernel, settings, settings["filters"])


def _depthwise_weights(settings: dict, shape: OpenShape) -> tuple[Weight, ...]:
    places, channels = shapes.split(settings, shape)
    multiplier = settings.get("depth_multiplier", 1)
    kernel = (*shapes.each(settings["kernel_size"], len(places)), channels, multiplier)
    return _kernel_and_bias(kernel, settings, shapes.times(channels, multiplier), "depthwise_kernel")


def _separable_weights(settings: dict, shape: OpenShape) -> tuple[Weight, ...]:
    depthwise = _depthwise_weights({**settings, "use_bias": False}, shape)
    places, channels = shapes.split(settings, shape)
    between = shapes.times(channels, settings.get("depth_multiplier", 1))
    pointwise = (*(1 for _ in places), between, settings["filters"])
    return (*depthwise, *_kernel_and_bias(pointwise, settings, settings["filters"], "pointwise_kernel"))


def _norm_weights(settings: dict, shape: OpenShape) -> tuple[Weight, ...]:
    axis = settings.get("axis", -1)
    (axis,) = axis if isinstance(axis, list) else (axis,)
    channels = (shape[axis - 1 if axis > 0 else axis],)
    learned = [name for name, used in (("gamma", "scale"), ("beta", "center")) if settings.get(used, True)]
    followed = [Weight(name, channels, trainable=False) for name in ("moving_mean", "moving_variance")]
    return (*(Weight(name, channels) for name in learned), *followed)


def _normalization_weights(settings: dict, shape: OpenShape) -> tuple[Weight, ...]:
    if settings.get("mean") is not None:
        return ()
    axes = settings.get("axis", -1)
    axes = axes if isinstance(axes, list) else [] if axes is None else [axes]
    kept = tuple(shape[axis - 1 if axis > 0 else axis] for axis in axes)
    return (
        *(Weight(name, kept, trainable=False) for name in ("mean", "variance")),
        Weight("count", (), trainable=False),
    )


def _sharpness(settings: dict, shape: OpenShape) -> tuple[Weight, ...]:
    return (Weight("sharpness", (), trainable=False, optional=True),)


def _key(settings: dict, shape: OpenShape) -> tuple[Weight, ...]:
    return (Weight("key", (shapes.classes(settings), shape[-1]), trainable=False, optional=True),)


def _original_key(settings: dict, shape: OpenShape) -> tuple[Weight, ...]:
    return (Weight("key", (shapes.classes(settings), shape[-1]), trainable=False, optional=True, swapped=True),)


def _sparse_weights(settings: dict, shape: OpenShape) -> tuple[Weight, ...]:
    units, fan_in = settings["units"], settings["fan_in"]
    wiring = Weight("wiring", (fan_in, units // settings.get("sharing", 1)), trainable=False)
    return (*_kernel_and_bias((fan_in, units), settings, units), wiring)


def _table_weights(settings: dict, shape: OpenShape) -> tuple[Weight, ...]:
    units, fan_in = settings["units"], settings["fan_in"]
    return (Weight("tables", (units, 1 << min(fan_in, 64))), Weight("wiring", (fan_in, units), trainable=False))


def _window_table_weights(settings: dict, shape: OpenShape) -> tuple[Weight, ...]:
    return _table_weights({**settings, "units": settings["kernels"]}, shape)


def _threshold_weights(settings: dict, shape: OpenShape) -> tuple[Weight, ...]:
    return (Weight("thresholds", (shapes.count(settings["thresholds"]), shape[-1]), trainable=False),)


def _kinds(names: str, shape: Callable, weights: Callable | None = None) -> dict[str, KnownLayer]:
    kind = KnownLayer(shape, weights) if weights else KnownLayer(shape)
    return dict.fromkeys(names.split(), kind)


MODELS = ("Sequential", "Functional", "Model")
RANDOM = ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "AlphaDropout")
KERAS: dict[str, KnownLayer] = {
    **_kinds("InputLayer ActivityRegularization Identity Activation Softmax Rescaling", shapes.same),
    **_kinds(" ".join(RANDOM), shapes.same),
    **_kinds("Dense", shapes.units, _dense_weights),
    **_kinds("Conv1D Conv2D", shapes.convolved, _conv_weights),
    **_kinds("DepthwiseConv1D DepthwiseConv2D", shapes.depthwise, _depthwise_weights),
    **_kinds("SeparableConv1D SeparableConv2D", shapes.convolved, _separable_weights),
    **_kinds("BatchNormalization", shapes.same, _norm_weights),
    **_kinds("Normalization", shapes.same, _normalization_weights),
    **_kinds("MaxPooling1D MaxPooling2D AveragePooling1D AveragePooling2D", shapes.pooled),
    **_kinds(
        "GlobalMaxPooling1D GlobalMaxPooling2D GlobalAveragePooling1D GlobalAveragePooling2D", shapes.globally_pooled
    ),
    **_kinds("Flatten", shapes.flat),
    **_kinds("Reshape", shapes.reshaped),
    **_kinds("Permute", shapes.permuted),
    **_kinds("ZeroPadding1D ZeroPadding2D", shapes.framed("padding", 1)),
    **_kinds("Cropping1D Cropping2D", shapes.framed("cropping", -1)),
    **_kinds("UpSampling1D UpSampling2D", shapes.up_sampled),
    **_kinds("Concatenate", shapes.concatenated),
    **_kinds("Add Subtract Average Multiply Divide TrueDivide Negative", shapes.broadcast),
}
OURS: dict[str, KnownLayer] = {
    **_kinds("SpikingBReLU SpikingSigmoid", shapes.same, _sharpness),
    **_kinds("SoftmaxDecode", shapes.decoded, _key),
    **_kinds("FusedBatchNormalization", shapes.same, _norm_weights),
    **_kinds("SparseDense", shapes.units, _sparse_weights),
    **_kinds("LookupTables", shapes.units, _table_weights),
    **_kinds("LookupTables2D", shapes.tabled, _window_table_weights),
    **_kinds("Thermometer", shapes.levels, _threshold_weights),
    **_kinds("Staircase", shapes.same),
}
ORIGINAL: dict[str, KnownLayer] = {
    **_kinds("Spiking_BRelu Spiking_Sigmoid", shapes.same, _sharpness),
    **_kinds("Softmax_Decode", shapes.decoded, _original_key),
}
LAYERS: dict[str, KnownLayer] = {
    **KERAS,
    **OURS,
    **ORIGINAL,
    **{kind: KERAS[relative.plain] for kind, relative in RELATIVES.items()},
}
_ACTIVATIONS = (
    "linear relu relu6 leaky_relu elu selu celu gelu glu silu swish mish exponential sigmoid hard_sigmoid log_sigmoid "
    "sparse_sigmoid softmax log_softmax sparsemax softplus sparse_plus squareplus softsign soft_shrink tanh tanh_shrink "
    "hard_tanh hard_silu hard_swish hard_shrink threshold"
)
ACTIVATIONS = frozenset(_ACTIVATIONS.split())
