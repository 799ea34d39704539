"""The layer graph: a network as the few layers that every target knows, before any target is chosen.

======  ====================================================  ===================================
layer   from                                                  does
======  ====================================================  ===================================
Linear  Dense, Conv, with the Threshold that alone reads it   weighted sums over windows
Pool    MaxPool, SumPool (with its Threshold)                 one result a window and channel
Blend   WeightedSum (with its Threshold), other Thresholds    element-wise sum, compared or not
Move    Permute, Pad, Upsample, Concat                        elements by a table of indices
======  ====================================================  ===================================

A Reshape is no layer: readers see its source's tensor in another shape. A MultiThreshold is as a Threshold where the
target asks for it, elsewhere Thresholds and a WeightedSum of their spikes. Nodes that no output needs are left out.
"""

from whetgen.layers.build import layer_graph
from whetgen.layers.layer import Blend, Layer, LayerGraph, Linear, Move, Pool
from whetgen.layers.sums import SumRange
from whetgen.layers.tensor import Tensor
from whetgen.layers.window import Window, window_indices

__all__ = [
    "Blend",
    "Layer",
    "LayerGraph",
    "Linear",
    "Move",
    "Pool",
    "SumRange",
    "Tensor",
    "Window",
    "layer_graph",
    "window_indices",
]
