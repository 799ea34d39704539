"""Makes of models/mnist-cnn.keras the same network with weights of 4 bits.

    python examples/narrow_cnn.py OUT.keras

models/mnist-cnn-4bit.keras was made so, of the mnist-cnn with 16, 32 and 48 channels that shipped before the present one.

The weights are narrowed on 1,500 training images; the integers that come out become a Keras model again, so that
generating from it takes seconds. Takes some minutes. Needs MNIST (see the README).
"""

from __future__ import annotations

import sys
from pathlib import Path

import keras
import numpy as np
from keras import layers

import whetgen
from whetgen.ir import Graph
from whetgen.ir.nodes import Conv, Dense, MaxPool, Reshape, Threshold
from whetgen.passes.narrow import narrow
from whetgen.sharpen import SoftmaxDecode, SpikingBReLU, generate_key
from whetgen.sharpen.data import load
from whetgen.verification.frames import Frames

MODEL = Path(__file__).parents[1] / "models" / "mnist-cnn.keras"
VOTES = 60
FRAMES = 1500


def as_keras(graph: Graph) -> keras.Model:
    """The spiking part of a chain of layers: a neuron fires at ``sum >= T``, which is ``sum + 0.5 - T >= 0.5``."""
    model = keras.Sequential([keras.Input(graph.input.shape)])
    scale = 255.0  # the kernel counts codes, Keras sees codes / 255
    for node in graph.nodes:
        fire = next(iter(graph.readers[node.name]), None)
        if isinstance(node, Conv | Dense) and isinstance(fire, Threshold):
            bias = 0.5 - (np.broadcast_to(fire.thresholds, node.weights.shape[-1:]) - node.bias)
            model.add(_layer(node))
            model.layers[-1].set_weights([node.weights * scale, bias])
            model.add(SpikingBReLU(sharpness=1.0, name=fire.name))
            scale = 1.0
        elif isinstance(node, MaxPool):
            model.add(layers.MaxPooling2D(node.window, node.stride, name=node.name))
        elif isinstance(node, Reshape):
            model.add(layers.Flatten(name=node.name))
    model.add(SoftmaxDecode(generate_key(VOTES, 10, seed=0), name="decode"))
    return model


def _layer(node: Conv | Dense) -> layers.Layer:
    if isinstance(node, Dense):
        return layers.Dense(node.weights.shape[1], name=node.name)
    padding = "same" if any(map(any, node.padding)) else "valid"
    return layers.Conv2D(node.weights.shape[3], node.weights.shape[:2], padding=padding, name=node.name)


def main(out: Path) -> None:
    data = load("mnist")
    graph = whetgen.trace(whetgen.load_model(MODEL))
    frames = Frames(data.x_train[:FRAMES, :, :, None].astype(np.int64), data.y_train[:FRAMES])
    narrowed = narrow(graph, frames.codes, 4, print)
    model = as_keras(narrowed.graph)
    model.save(out)
    codes = data.x_test[:2000, :, :, None].astype(np.int64)
    same = whetgen.trace(whetgen.load_model(out)).predict(codes) == narrowed.graph.predict(codes)
    print(f"{out}: {same.mean():.2%} of 2,000 classes as in the narrowed graph")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
