"""The networks of the recipes. Inputs are real values in 0..1; each spiking layer follows a batch norm."""

from __future__ import annotations

import math

import keras
from keras import layers

from whetgen.sharpen.keys import generate_key
from whetgen.sharpen.layers import SoftmaxDecode, SpikingBReLU
from whetgen.sharpen.lookup import LookupTables
from whetgen.sharpen.lookup_windows import LookupTables2D
from whetgen.sharpen.norm import FusedBatchNormalization
from whetgen.sharpen.thermometer import Thermometer

Shape = tuple[int, ...]


def mlp(shape: Shape, hidden: tuple[int, ...], votes: int, classes: int = 10, levels: int = 1) -> keras.Model:
    """Dense layers of the ``hidden`` sizes, their neurons of ``levels``, and a head with ``votes`` neurons per class."""
    stack = [keras.Input(shape), layers.Flatten(), *_dense_stack(hidden, levels)]
    return keras.Sequential([*stack, *head(votes, classes)])


def binary_mlp(shape: Shape, hidden: tuple[int, ...], classes: int = 10) -> keras.Model:
    """FINN's topology: pixels as one bit each, dense layers, and one sum per class. For weights of 1 bit."""
    stack = [keras.Input(shape), layers.Flatten(), Thermometer([0.5], name="bits"), *_dense_stack(hidden)]
    return keras.Sequential([*stack, layers.Dense(classes, "softmax", name="head")])


def cnn(
    shape: Shape,
    blocks: tuple[tuple[int, ...], ...],
    votes: int,
    dense: Shape = (),
    classes: int = 10,
    open_end: bool = False,
    levels: int = 1,
    stem: tuple[int, int, int] | None = None,
) -> keras.Model:
    """Blocks of 3x3 convolutions of the given channels, 2x2 pooled after each; ``dense`` layers; the head.

    ``open_end``: the last block is neither padded nor pooled. ``levels``: thresholds of a neuron in the convolutions.
    ``stem``: channels, size and stride of a convolution in front of the blocks.
    """
    stack: list[layers.Layer] = [keras.Input(_with_channels(shape))]
    if stem is not None:
        channels, size, stride = stem
        stack += _conv(channels, "stem", stride, size=size, levels=levels)
    for number, block in enumerate(blocks, start=1):
        ends = open_end and number == len(blocks)
        for letter, width in zip("abcd", block, strict=False):
            name = f"conv{number}{letter if len(block) > 1 else ''}"
            stack += _conv(width, name, padding="valid" if ends else "same", levels=levels)
        stack += [] if ends else [layers.MaxPooling2D(name=f"pool{number}")]
    return keras.Sequential([*stack, layers.Flatten(), *_dense_stack(dense), *head(votes, classes)])


def sparse_cnn(shape: Shape, channels: tuple[int, int, int], levels: int, votes: int, classes: int = 10) -> keras.Model:
    """Three convolutions over thermometers of ``levels`` bits a pixel: 5x5 and 3x3 of stride 2, 3x3; the head. To be pruned."""
    stack: list[layers.Layer] = [keras.Input(_with_channels(shape)), _bits(levels)]
    stack += _conv(channels[0], "conv1", 2, size=5) + _conv(channels[1], "conv2", 2)
    stack += _conv(channels[2], "conv3", padding="valid")
    return keras.Sequential([*stack, layers.Flatten(), *head(votes, classes)])


def resnet(shape: Shape, widths: tuple[int, ...], blocks: int, votes: int, classes: int = 10) -> keras.Model:
    """Residual stages of the given widths: spikes are added to spikes, so a sum is a small integer."""
    x = entry = keras.Input(shape)
    x = _call(x, _conv(widths[0], "stem"))
    for stage, width in enumerate(widths, start=1):
        for block in range(1, blocks + 1):
            stride = 2 if block == 1 and stage > 1 else 1
            x = _residual(x, width, stride, f"stage{stage}_{block}")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(entry, _call(x, head(votes, classes)))


def lookup(shape: Shape, levels: int, tables: tuple[int, ...], spread: float = 1.32, classes: int = 10) -> keras.Model:
    """Layers of lookup tables that read six bits each, the first from thermometers of ``levels`` bits a pixel; the last
    vote. ``spread``: of the votes' temperature, for many weak votes."""
    stack = [keras.Input(shape), layers.Flatten(), _bits(levels)]
    return keras.Sequential([*stack, *_table_stack(tables), _decode(tables[-1], classes, spread)])


def windowed_lookup(
    shape: Shape,
    levels: int,
    kernels: tuple[tuple[int, int, int, str], ...],
    tables: tuple[int, ...],
    spread: float = 1.32,
    classes: int = 10,
) -> keras.Model:
    """Layers of lookup tables that slide over thermometers of pixels, each of (kernels, size, stride, padding); behind them layers as of
    ``lookup``."""
    stack = [keras.Input(_with_channels(shape)), _bits(levels)]
    for number, settings in enumerate(kernels, start=1):
        name = f"windows{number}"
        stack += [LookupTables2D(*settings, seed=number, copying=number > 1, name=name)]
        stack += [SpikingBReLU(surrogate=1.0, name=f"{name}_spikes")]
    stack += [layers.Flatten(), *_table_stack(tables, behind=True)]
    return keras.Sequential([*stack, _decode(tables[-1], classes, spread)])


def autoencoder(shape: Shape, hidden: tuple[int, ...]) -> keras.Model:
    """Dense spiking layers of the ``hidden`` sizes, and a sigmoid for each pixel."""
    size = math.prod(shape)
    stack = [keras.Input(shape), layers.Flatten(), *_dense_stack(hidden)]
    return keras.Sequential([*stack, layers.Dense(size, "sigmoid", name="pixels")])


def segmenter(shape: Shape, widths: tuple[int, ...]) -> keras.Model:
    """A U of convolutions: pooled down through ``widths``, up again beside what was there; a sigmoid per pixel."""
    x = entry = keras.Input(_with_channels(shape))
    passed = []
    for number, width in enumerate(widths, start=1):
        x = _call(x, [*_conv(width, f"down{number}a"), *_conv(width, f"down{number}b")])
        if number < len(widths):
            passed.append(x)
            x = layers.MaxPooling2D(name=f"pool{number}")(x)
    for number, width in reversed(list(enumerate(widths[:-1], start=1))):
        x = layers.Concatenate(name=f"join{number}")([passed.pop(), layers.UpSampling2D(name=f"up{number}")(x)])
        x = _call(x, _conv(width, f"up{number}_conv"))
    return keras.Model(entry, layers.Conv2D(1, 1, activation="sigmoid", name="mask")(x))


def q_network(inputs: int, hidden: tuple[int, ...], actions: int) -> keras.Model:
    """Value of each action; no batch norm, since the states' distribution moves while the agent learns.

    In its place the first thresholds begin spread over the states, inputs mostly within -0.5..0.5, and those behind in the
    middle of their sums.
    """
    stack: list[layers.Layer] = [keras.Input((inputs,))]
    for number, width in enumerate(hidden, start=1):
        beginning = _spread_over_states() if number == 1 else _in_the_middle(fan_in=hidden[number - 2])
        stack += [layers.Dense(width, name=f"dense{number}", **beginning)]
        stack += [SpikingBReLU(surrogate=1.0, name=f"dense{number}_spikes")]
    return keras.Sequential([*stack, layers.Dense(actions, name="values")])


def _spread_over_states() -> dict[str, keras.initializers.Initializer]:
    kernel, bias = keras.initializers.RandomNormal(stddev=4.0), keras.initializers.RandomUniform(-1.5, 2.5)
    return {"kernel_initializer": kernel, "bias_initializer": bias}


def _in_the_middle(fan_in: int) -> dict[str, keras.initializers.Initializer]:
    kernel, bias = keras.initializers.RandomNormal(stddev=1 / math.sqrt(fan_in)), keras.initializers.Constant(0.5)
    return {"kernel_initializer": kernel, "bias_initializer": bias}


def _dense_stack(widths: tuple[int, ...], levels: int = 1) -> list[layers.Layer]:
    stack = []
    for number, width in enumerate(widths, start=1):
        stack += [layers.Dense(width, use_bias=False, name=f"dense{number}"), *spikes(f"dense{number}", levels)]
    return stack


def _bits(levels: int) -> Thermometer:
    """``levels`` bits a pixel, at marks as far from each other as from 0 and 1."""
    return Thermometer([(level + 1) / (levels + 1) for level in range(levels)], name="bits")


def _table_stack(widths: tuple[int, ...], behind: bool = False) -> list[layers.Layer]:
    """Layers of tables with their spikes, ``behind`` others or not; those that are start as copies of an input."""
    stack = []
    for number, width in enumerate(widths):
        name = f"tables{number + 1 if number else ''}"
        stack += [LookupTables(width, seed=number, copying=behind or number > 0, name=name)]
        stack += [SpikingBReLU(surrogate=1.0, name=f"{name}_spikes")]
    return stack


def _conv(
    width: int, name: str, stride: int = 1, padding: str = "same", size: int = 3, levels: int = 1
) -> list[layers.Layer]:
    conv = layers.Conv2D(width, size, strides=stride, padding=padding, use_bias=False, name=name)
    return [conv, *spikes(name, levels)]


def _residual(x: keras.KerasTensor, width: int, stride: int, name: str) -> keras.KerasTensor:
    y = _call(x, [*_conv(width, f"{name}a", stride), *_conv(width, f"{name}b")])
    if x.shape[-1] != width:
        x = _call(x, [layers.Conv2D(width, 1, stride, use_bias=False, name=f"{name}_skip"), *spikes(f"{name}_skip")])
    return layers.Add(name=f"{name}_sum")([x, y])


def spikes(name: str, levels: int = 1) -> list[layers.Layer]:
    """A batch norm and the threshold units behind the layer ``name``."""
    return [
        FusedBatchNormalization(momentum=0.95, name=f"{name}_norm"),
        SpikingBReLU(surrogate=1.0, levels=levels, name=f"{name}_spikes"),
    ]


def head(votes: int, classes: int = 10) -> list[layers.Layer]:
    """Dense to ``votes`` spikes per class, and the softmax of their count."""
    width = votes * classes
    return [layers.Dense(width, use_bias=False, name="head"), *spikes("head"), _decode(width, classes)]


def _decode(width: int, classes: int, spread: float = 2.0) -> SoftmaxDecode:
    """Tempered as the spread of the count grows."""
    temperature = spread * math.sqrt(width / classes)
    return SoftmaxDecode(generate_key(width, classes, seed=0), temperature=temperature, name="decode")


def _call(x: keras.KerasTensor, stack: list[layers.Layer]) -> keras.KerasTensor:
    for layer in stack:
        x = layer(x)
    return x


def _with_channels(shape: Shape) -> Shape:
    return shape if len(shape) == 3 else (*shape, 1)
