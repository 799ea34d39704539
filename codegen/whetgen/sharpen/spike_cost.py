"""Let a network learn to spike seldom: event-driven kernels on microcontrollers take time for each spike and what it reaches."""

from __future__ import annotations

from math import prod

import keras
from keras import ops

from whetgen.sharpen.find_layers import every_layer
from whetgen.sharpen.layers import SpikingActivation
from whetgen.sharpen.narrow import kernel_layers

_PACKAGE = "whetgen"


@keras.saving.register_keras_serializable(package=_PACKAGE)
class SpikeCost(keras.regularizers.Regularizer):
    """``cost`` times the mean of a layer's outputs; Keras divides by the examples of a batch."""

    def __init__(self, cost: float):
        self.cost = cost

    def __call__(self, x):
        return self.cost * ops.sum(ops.cast(x, "float32")) / prod(x.shape[1:])

    def get_config(self) -> dict:
        return {"cost": self.cost}


def add_spike_cost(model: keras.Model, cost: float) -> None:
    """Add ``cost`` times the share of active synapses to the loss of ``model``, before it is compiled.

    A synapse is active by the share of its levels that the neuron in front of it gives. The share is that of all
    multiply-adds of layers behind threshold units: a spike counts as often as weights read it.
    """
    reads = _multiply_adds(model)
    for layer, count in reads.items():
        layer.activity_regularizer = SpikeCost(cost * count / (sum(reads.values()) * layer.levels))


def _multiply_adds(model: keras.Model) -> dict[SpikingActivation, int]:
    """Of the next layer with a kernel behind each spiking layer, which has one, in the order of computation."""
    found, last = {}, None
    kernels = kernel_layers(model)
    for layer in every_layer(model):
        if isinstance(layer, SpikingActivation):
            last = layer
        elif last is not None and layer in kernels:
            found[last] = prod(layer.kernel.shape) * prod(layer.output.shape[1:-1])
            last = None
    return found
