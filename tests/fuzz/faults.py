"""A judge with a fault that was put in on purpose, as a program of a target could have it."""

import numpy as np

from whetgen.fuzz.judges import Judge, Told
from whetgen.ir.nodes import Dense


def flipping(networks, folder):
    """The lowest bit of the first output flips where a dense layer has a bias and the frame's first output is even."""
    return [Told(flipped(network) if has_bias(network.graph) else network.wanted) for network in networks]


def has_bias(graph):
    return any(isinstance(node, Dense) and np.any(node.bias != 0) for node in graph.nodes)


def flipped(network):
    outputs = network.wanted.copy()
    outputs[:, 0] |= 1
    return outputs


FAULTY = Judge(flipping, "a fault that was put in on purpose")
