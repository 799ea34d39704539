"""Small hand-made graphs, one construct each, shared by the Verilog tests."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import (
    Concat,
    Conv,
    Dense,
    Input,
    MaxPool,
    MultiThreshold,
    Pad,
    Permute,
    Reshape,
    SumPool,
    Threshold,
    Upsample,
    WeightedSum,
)


def _weights(*shape: int, top: int = 7, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(-top, top + 1, shape)


def network(*nodes, outputs: tuple[Output, ...] | None = None) -> Graph:
    return validate(Graph(tuple(nodes), outputs or (Output("out", nodes[-1].name, "accumulators"),)))


def image(kind: str = "uint8", shape=(4, 5, 2)) -> Input:
    return Input("image", shape, ELEMENT_TYPES[kind])


def dense(kind: str = "uint8", inputs: int = 7) -> Graph:
    return network(
        Input("codes", (inputs,), ELEMENT_TYPES[kind]),
        Dense("fc", "codes", _weights(inputs, 4), _weights(4)),
        outputs=(Output("out", "fc", "scores", classifier=True),),
    )


def one_neuron() -> Graph:
    """Class 1 from 64 on, which the first frame's code reaches with a tie."""
    return network(
        Input("codes", (2,), ELEMENT_TYPES["bit"]),
        Dense("fc", "codes", np.array([[3], [-5]]), np.array([64])),
        outputs=(Output("out", "fc", "accumulators", Fraction(1, 3), Fraction(-64, 3), classifier=True),),
    )


def fired() -> Graph:
    return network(
        Input("codes", (9,), ELEMENT_TYPES["uint8"]),
        Dense("fc", "codes", _weights(9, 6), _weights(6)),
        Threshold("fire", "fc", _weights(6, top=300)),
        outputs=(Output("out", "fire", "spikes"),),
    )


def wide_weights() -> Graph:
    weights = np.array([[3**50, -(5**40)], [-1, 2**90], [7, 11], [-(3**50), 5**40 + 1]], dtype=object)
    limits = np.array([1, 5**40 + 1], dtype=object)
    return network(
        Input("codes", (4,), ELEMENT_TYPES["uint8"]),
        Dense("fc", "codes", weights, np.array([0, 1], dtype=object)),
        Threshold("fire", "fc", limits),
        outputs=(Output("out", "fire", "spikes"),),
    )


def convolution(kind: str = "uint8", **options) -> Graph:
    groups = options.get("groups", 1)
    return network(image(kind), Conv("conv", "image", _weights(2, 3, 2 // groups, 4), _weights(4), **options))


def position_thresholds() -> Graph:
    return network(
        image(),
        Conv("conv", "image", _weights(2, 2, 2, 3), _weights(3, 4, 3, top=99)),
        Threshold("fire", "conv", _weights(3, 4, 3, top=900)),
        MaxPool("pool", "fire", (2, 2), (1, 2)),
    )


def residual() -> Graph:
    first = Conv("conv1", "image", _weights(3, 3, 2, 2), _weights(2), padding=((1, 1), (1, 1)))
    second = Conv("conv2", "fire1", _weights(3, 3, 2, 2, seed=1), _weights(2), padding=((1, 1), (1, 1)))
    return network(
        image("uint4"),
        first,
        Threshold("fire1", "conv1", _weights(2)),
        second,
        Threshold("fire2", "conv2", _weights(2)),
        WeightedSum("add", ("fire1", "fire2"), (np.array([2, 1]), np.array([-3, 1])), np.array([0, 1])),
        WeightedSum("again", ("add", "fire1"), (np.array([1, 1]), np.array([1, 5])), np.array([0, 0])),
        Threshold("late", "again", np.array([1, 2])),
    )


def two_outputs() -> Graph:
    return network(
        Input("codes", (6,), ELEMENT_TYPES["int8"]),
        Dense("a", "codes", _weights(6, 3), _weights(3)),
        Threshold("spikes", "codes", _weights(6)),
        outputs=(Output("first", "a", "accumulators"), Output("second", "spikes", "spikes")),
    )


def mnist_size() -> Graph:
    return network(
        Input("codes", (784,), ELEMENT_TYPES["uint8"]),
        Dense("fc1", "codes", _weights(784, 96), _weights(96)),
        Threshold("fire", "fc1", _weights(96, top=999)),
        Dense("fc2", "fire", _weights(96, 10), _weights(10)),
        outputs=(Output("out", "fc2", "scores", classifier=True),),
    )


def levels(inputs: int = 9, steps: int = 3) -> Graph:
    """Neurons of several thresholds, which dense layers read as words."""
    return network(
        Input("codes", (inputs,), ELEMENT_TYPES["uint8"]),
        Dense("fc", "codes", _weights(inputs, 6), _weights(6)),
        MultiThreshold("levels", "fc", np.sort(_weights(steps, 6, top=900), axis=0)),
        Dense("middle", "levels", _weights(6, 5, top=1), _weights(5)),
        MultiThreshold("again", "middle", np.sort(_weights(2, 5, top=4), axis=0)),
        Dense("last", "again", _weights(5, 3), _weights(3)),
    )


def position_levels() -> Graph:
    node = Conv("conv", "image", _weights(2, 2, 2, 3), _weights(3), padding=((1, 0), (0, 1)))
    graph = network(image("uint4", (2, 3, 2)), node)
    steps = np.sort(_weights(2, *graph.shapes["conv"], top=90), axis=0)
    return network(*graph.nodes, MultiThreshold("levels", "conv", steps), SumPool("pool", "levels", (2, 2), (1, 1)))


def coded(kind: str, choices: tuple[int, ...]) -> Graph:
    """Weights that are all among ``choices``, behind inputs that are whole words and behind spikes."""
    draw = np.random.default_rng(5).choice
    return network(
        Input("codes", (12,), ELEMENT_TYPES[kind]),
        Dense("first", "codes", draw(choices, (12, 14)), np.zeros(14, dtype=np.int64)),
        Threshold("fire", "first", _weights(14, top=9)),
        Dense("last", "fire", draw(choices, (14, 4)), _weights(4)),
    )


def lines() -> Graph:
    """A stack of small convolutions and pools whose strides leave rows over."""
    return network(
        image("uint4", (5, 4, 2)),
        Conv("conv1", "image", _weights(3, 3, 2, 4, top=3), _weights(4), padding=((1, 1), (1, 1))),
        Threshold("fire1", "conv1", _weights(4, top=40)),
        MaxPool("pool", "fire1", (2, 2), (2, 2)),
        Conv("conv2", "pool", _weights(2, 2, 4, 6, top=1), _weights(6), stride=(2, 1), padding=((1, 0), (0, 1))),
        Threshold("fire2", "conv2", _weights(6, top=2)),
        Reshape("flat", "fire2", (12,)),
        Dense("head", "flat", _weights(12, 4), _weights(4)),
        outputs=(Output("out", "head", "scores", classifier=True),),
    )


CONSTRUCTS: dict[str, Graph] = {
    "signs": coded("int8", (-1, 1)),
    "ternary": coded("uint4", (-1, 0, 1)),
    "unsigned": coded("int8", (0, 1, 3)),
    "switches": coded("uint8", (0, 1)),
    "lines": lines(),
    "dense": dense(),
    "dense_int8": dense("int8"),
    "dense_int16": dense("int16"),
    "dense_uint4": dense("uint4"),
    "dense_bit": dense("bit", 19),
    "fired": fired(),
    "wide_weights": wide_weights(),
    "conv": convolution(),
    "conv_stride": convolution(stride=(2, 2), padding=((1, 0), (0, 2))),
    "conv_dilation": convolution("uint4", dilation=(2, 1), padding=((1, 1), (1, 1))),
    "conv_groups": convolution(groups=2),
    "position_thresholds": position_thresholds(),
    "max_pool_signed": network(image("int8"), MaxPool("pool", "image", (3, 2), (2, 2), ((1, 1), (0, 1)))),
    "sum_pool": network(
        image("int8"),
        SumPool("pool", "image", (2, 2), (1, 2), ((1, 0), (0, 1))),
        Threshold("fire", "pool", np.array([3, -9])),
    ),
    "levels": levels(),
    "position_levels": position_levels(),
    "sum_pool_levels": network(
        image("int8"),
        SumPool("pool", "image", (2, 2), (1, 2), ((1, 0), (0, 1))),
        MultiThreshold("levels", "pool", np.array([[-90, -9], [3, -9], [77, 120]])),
    ),
    "max_pool_levels": network(
        image("int8"),
        MaxPool("pool", "image", (3, 2), (2, 2), ((1, 1), (0, 1))),
        MultiThreshold("levels", "pool", np.array([[-30, 50], [20, 99]])),
    ),
    "residual": residual(),
    "permute": network(image("int8"), Permute("turned", "image", (2, 0, 1)), Reshape("flat", "turned", (40,))),
    "pad": network(image("int8"), Pad("padded", "image", ((1, -1), (-2, 1)))),
    "upsample": network(image("uint4"), Upsample("grown", "image", (2, 3))),
    "concat": network(
        image("int8"),
        MaxPool("pool", "image", (1, 1), (1, 1)),
        SumPool("sum", "image", (2, 1), (1, 1), ((1, 0), (0, 0))),
        Concat("joined", ("pool", "sum", "image"), 2),
    ),
    "two_outputs": two_outputs(),
    "no_register": network(
        Input("codes", (1,), ELEMENT_TYPES["int8"]),
        Reshape("same", "codes", (1,)),
    ),
    "one_neuron": one_neuron(),
    "input_only": network(image("int16")),
}
