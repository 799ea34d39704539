"""Tiny networks, folded, that are proved as a whole: each kind of layer and of reader in a form that SAT can take."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tests.targets.verilog.networks import network

from whetgen import Options, generate
from whetgen.ir import ELEMENT_TYPES, Graph, Output
from whetgen.ir.nodes import (
    Concat,
    Conv,
    Dense,
    Input,
    MaxPool,
    MultiThreshold,
    Permute,
    Reshape,
    SumPool,
    Threshold,
    WeightedSum,
)

Folding = dict[str, tuple[int, ...]]


def drawn(*shape: int, top: int = 1, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(-top, top + 1, shape)


def codes(count: int, kind: str = "bit") -> Input:
    return Input("codes", (count,), ELEMENT_TYPES[kind])


def image(*shape: int, kind: str = "bit") -> Input:
    return Input("image", shape, ELEMENT_TYPES[kind])


def spikes(*nodes) -> Graph:
    return network(*nodes, outputs=(Output("out", nodes[-1].name, "spikes"),))


def dense(kind: str = "bit", inputs: int = 3, top: int = 2) -> Graph:
    return spikes(
        codes(inputs, kind),
        Dense("fc", "codes", drawn(inputs, 2, top=top), drawn(2)),
        Threshold("fire", "fc", drawn(2)),
    )


def classes() -> Graph:
    return network(
        codes(4),
        Dense("fc", "codes", drawn(4, 4), drawn(4)),
        Threshold("fire", "fc", drawn(4)),
        Dense("head", "fire", drawn(4, 3, top=2, seed=2), drawn(3)),
        outputs=(Output("out", "head", "scores", classifier=True),),
    )


def convolution() -> Graph:
    """Padding above and to the left, and a stride that skips a row."""
    return spikes(
        image(3, 2, 1),
        Conv("conv", "image", drawn(2, 2, 1, 2, top=2), drawn(2), stride=(2, 1), padding=((1, 0), (1, 0))),
        Threshold("fire", "conv", drawn(2)),
    )


def largest() -> Graph:
    return spikes(image(2, 1, 2), MaxPool("pool", "image", (2, 1), (1, 1), ((1, 0), (0, 0))))


def pooled_sums() -> Graph:
    return network(
        image(2, 4, 1),
        SumPool("pool", "image", (2, 2), (2, 2)),
        MultiThreshold("levels", "pool", np.array([[1], [2], [4]])),
    )


def levels() -> Graph:
    """Neurons of three thresholds, whose values a dense layer takes bit by bit or whole."""
    return network(
        codes(3),
        Dense("fc", "codes", drawn(3, 2, top=2), drawn(2)),
        MultiThreshold("levels", "fc", np.array([[-1, 0], [0, 1], [1, 2]])),
        Dense("last", "levels", drawn(2, 2, seed=3), drawn(2)),
    )


def residual() -> Graph:
    return spikes(
        codes(3),
        Dense("fc", "codes", drawn(3, 3), drawn(3)),
        Threshold("fire", "fc", drawn(3)),
        WeightedSum("add", ("codes", "fire"), (np.array([2, 1, 1]), np.array([-1, 1, 2])), np.array([0, 1, 0])),
        Threshold("late", "add", np.array([1, 2, 1])),
    )


def moved() -> Graph:
    return spikes(
        image(3, 1, 1),
        Permute("turned", "image", (1, 0, 2)),
        Reshape("again", "turned", (3, 1, 1)),
        Concat("joined", ("again", "image"), 1),
    )


def moved_words() -> Graph:
    return network(image(2, 1, 1, kind="uint4"), Permute("turned", "image", (1, 0, 2)))


SMALL: dict[str, tuple[Graph, Folding]] = {
    "dense": (dense(), {"fc": (2, 3)}),
    "dense of parts": (dense(inputs=4), {"fc": (1, 2)}),
    "dense of words": (dense("uint4", 2), {"fc": (1, 1)}),
    "dense of planes": (dense("uint4", 2), {"fc": (1, 1, 4)}),
    "two beats": (dense(inputs=9), {"fc": (2, 9)}),
    "classes": (classes(), {"fc": (2, 2), "head": (1, 2)}),
    "walking windows": (convolution(), {"conv": (2, 1)}),
    "sliding windows": (convolution(), {"conv": (2, 4)}),
    "largest": (largest(), {}),
    "pooled sums": (pooled_sums(), {}),
    "levels": (levels(), {"fc": (1, 1), "last": (1, 1)}),
    "residual": (residual(), {"fc": (1, 3)}),
    "moved": (moved(), {}),
    "moved words": (moved_words(), {}),
}


def folded(name: str, out: Path) -> Path:
    """The folder of one of them."""
    graph, folding = SMALL[name]
    return generate(graph, "verilog", out, Options("net", architecture="folded", folding=folding, bus_bits=8)).folder
