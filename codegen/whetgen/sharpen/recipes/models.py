"""The networks of the recipes. Inputs are real values in 0..1; each spiking layer follows a batch norm."""

from __future__ import annotations

import math

import keras
from keras import layers

from whetgen.sharpen.keys import generate_key
from whetgen.sharpen.layers import SoftmaxDecode, SpikingBReLU

_CLASSES = 10


def mlp(shape: tuple[int, int], hidden: tuple[int, ...], votes: int) -> keras.Model:
    """Dense layers of the ``hidden`` sizes, and a head with ``votes`` neurons per class."""
    stack = [keras.Input(shape), layers.Flatten()]
    for number, width in enumerate(hidden, start=1):
        stack += [layers.Dense(width, use_bias=False, name=f"dense{number}"), *spikes(f"dense{number}")]
    return keras.Sequential(stack + head(votes))


def cnn(shape: tuple[int, int], channels: tuple[int, ...], votes: int) -> keras.Model:
    """3x3 convolutions of the given ``channels``, each but the last 2x2 pooled, and the head."""
    stack = [keras.Input((*shape, 1))]
    for number, width in enumerate(channels, start=1):
        name = f"conv{number}"
        last = number == len(channels)
        padding = "valid" if last else "same"
        stack += [layers.Conv2D(width, 3, padding=padding, use_bias=False, name=name), *spikes(name)]
        stack += [] if last else [layers.MaxPooling2D(name=f"pool{number}")]
    return keras.Sequential([*stack, layers.Flatten(), *head(votes)])


def spikes(name: str) -> list[layers.Layer]:
    """A batch norm and the threshold units behind the layer ``name``."""
    return [
        layers.BatchNormalization(momentum=0.95, name=f"{name}_norm"),
        SpikingBReLU(surrogate=1.0, name=f"{name}_spikes"),
    ]


def head(votes: int) -> list[layers.Layer]:
    """Dense to ``votes`` spikes per class, and the softmax of their count, tempered as its spread grows."""
    width = votes * _CLASSES
    key = generate_key(width, _CLASSES, seed=0)
    decode = SoftmaxDecode(key, temperature=2 * math.sqrt(votes), name="decode")
    return [layers.Dense(width, use_bias=False, name="head"), *spikes("head"), decode]
