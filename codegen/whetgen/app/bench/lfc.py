"""FINN's largest fully connected topology, 784-1024-1024-1024-10, with weights of one bit, in 512 cycles an image."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from whetgen.app.bench.finn import BoardBuild, Topology
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Dense, Input, Node, Threshold
from whetgen.targets.registry import Options

WIDTHS = (784, 1024, 1024, 1024)
CLASSES = 10
FOLDING = {"fc1": (16, 98), "fc2": (16, 128), "fc3": (16, 128), "head": (10, 2)}
BUS_BITS = 8  # 98 beats of eight pixels: words of 98 are put together without a wide buffer


def network(seed: int = 0) -> Graph:
    """Random weights of -1 and 1 and thresholds near the middle; binary input codes."""
    rng = np.random.default_rng(seed)
    nodes: list[Node] = [Input("image", (WIDTHS[0],), ELEMENT_TYPES["bit"])]
    for number, (inputs, neurons) in enumerate(pairwise(WIDTHS), 1):
        weights = rng.integers(0, 2, (inputs, neurons)) * 2 - 1
        nodes.append(Dense(f"fc{number}", nodes[-1].name, weights, np.zeros(neurons, dtype=np.int64)))
        nodes.append(Threshold(f"fire{number}", f"fc{number}", rng.integers(-8, 9, neurons)))
    weights = rng.integers(0, 2, (WIDTHS[-1], CLASSES)) * 2 - 1
    nodes.append(Dense("head", nodes[-1].name, weights, np.zeros(CLASSES, dtype=np.int64)))
    return validate(Graph(tuple(nodes), (Output("out", "head", "scores", classifier=True),)))


LFC = Topology(
    "lfc",
    network,
    Options("lfc", architecture="folded", folding=FOLDING, bus_bits=BUS_BITS),
    BoardBuild(luts=28_360, bram18=220),
)
