"""FINN's convolutional topology for 32x32 colour pictures, with weights of one bit, at 3,000 frames a second and 100 MHz."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from whetgen.app.bench.finn import BoardBuild, Topology
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Conv, Dense, Input, MaxPool, Node, Reshape, Threshold
from whetgen.targets.registry import Options

BLOCKS = ((64, 64), (128, 128), (256, 256))  # channels of 3x3 convolutions; a 2x2 pool between blocks
DENSE = (256, 512, 512)  # what the convolutions leave, and hidden neurons
CLASSES = 10


def network(seed: int = 0) -> Graph:
    """Random weights of -1 and 1 and thresholds near the middle; codes of -128 to 127."""
    rng = np.random.default_rng(seed)
    nodes: list[Node] = [Input("image", (32, 32, 3), ELEMENT_TYPES["int8"])]

    def add(node: Node) -> str:
        nodes.append(node)
        return node.name

    def weights(*shape: int) -> tuple[np.ndarray, np.ndarray]:
        return rng.integers(0, 2, shape) * 2 - 1, np.zeros(shape[-1], dtype=np.int64)

    def fire(source: str, neurons: int) -> str:
        return add(Threshold(f"{source}_fire", source, rng.integers(-8, 9, neurons)))

    last, depth = "image", 3
    for block, widths in enumerate(BLOCKS, 1):
        for number, channels in enumerate(widths, 1):
            last = fire(add(Conv(f"conv{block}_{number}", last, *weights(3, 3, depth, channels))), channels)
            depth = channels
        if block < len(BLOCKS):
            last = add(MaxPool(f"pool{block}", last, (2, 2), (2, 2)))
    last = add(Reshape("flat", last, DENSE[:1]))
    for number, (inputs, neurons) in enumerate(pairwise(DENSE), 1):
        last = fire(add(Dense(f"fc{number}", last, *weights(inputs, neurons))), neurons)
    add(Dense("head", last, *weights(DENSE[-1], CLASSES)))
    return validate(Graph(tuple(nodes), (Output("out", "head", "scores", classifier=True),)))


CNV = Topology(
    "cnv",
    network,
    Options("cnv", architecture="folded", target_fps=3000, clock_mhz=100),
    BoardBuild(luts=26_072, bram18=248),
)
