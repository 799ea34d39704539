"""Networks for microcontrollers: black and white pixels, weights of -1, 0 and 1."""

from __future__ import annotations

import keras
from keras import layers

from whetgen.sharpen.layers import SpikingBReLU
from whetgen.sharpen.recipes.models import head, spikes


def small_mlp(shape: tuple[int, int], crop: int, hidden: tuple[int, ...], votes: int) -> keras.Model:
    """The image without ``crop`` pixels of border, black or white at half scale; dense layers; a voting head."""
    stack = [keras.Input((*shape, 1)), layers.Cropping2D(crop, name="crop"), *_pixels(), layers.Flatten()]
    for number, width in enumerate(hidden, start=1):
        stack += [layers.Dense(width, use_bias=False, name=f"dense{number}"), *spikes(f"dense{number}")]
    return keras.Sequential(stack + head(votes))


def small_cnn(shape: tuple[int, int], channels: tuple[int, int], classes: int) -> keras.Model:
    """Two 3x3 convolutions over black and white pixels, the first 2x2 pooled, the second of stride 2; linear scores."""
    first, second = channels
    return keras.Sequential([
        keras.Input((*shape, 1)),
        *_pixels(),
        layers.Conv2D(first, 3, padding="same", use_bias=False, name="conv1"), *spikes("conv1"),
        layers.MaxPooling2D(name="pool1"),
        layers.Conv2D(second, 3, strides=2, use_bias=False, name="conv2"), *spikes("conv2"),
        layers.Flatten(),
        layers.Dense(classes, use_bias=False, name="head"),
        layers.Softmax(name="classes"),
    ])  # fmt: skip


def _pixels() -> list[layers.Layer]:
    return [SpikingBReLU(name="pixels")]
