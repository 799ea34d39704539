"""Every node kind through the generated C, under ASan and UBSan, against the reference."""

from random import Random

import numpy as np
import pytest
from tests.targets.c.compiled import expected

from whetgen.fuzz.c_batch import run_batch
from whetgen.fuzz.graphs import random_codes
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.integers import as_integers
from whetgen.ir.nodes import (
    Concat,
    Conv,
    Dense,
    Input,
    MaxPool,
    MultiThreshold,
    Node,
    Pad,
    Permute,
    Reshape,
    SumPool,
    Threshold,
    Upsample,
    WeightedSum,
)
from whetgen.targets.c import planner
from whetgen.targets.c.target import plan

RNG = np.random.default_rng(5)
HUGE = 10**60


def ints(*shape: int, most: int = 9) -> np.ndarray:
    return RNG.integers(-most, most + 1, shape)


def huge(*shape: int) -> np.ndarray:
    """Numbers near 10**60 beside numbers near 1."""
    return as_integers(ints(*shape).astype(object) * HUGE + ints(*shape).astype(object))


def network(kind: str, shape: tuple[int, ...], *nodes: Node, outputs: tuple[str, ...] = ()) -> Graph:
    made = (Input("in", shape, ELEMENT_TYPES[kind]), *nodes)
    names = outputs or (nodes[-1].name,)
    return validate(Graph(made, tuple(Output(f"out{k}", n, "accumulators") for k, n in enumerate(names))))


def fired(node: Node, thresholds: np.ndarray) -> tuple[Node, Threshold]:
    return node, Threshold("fire", node.name, thresholds)


def levels(node: Dense, scale: int) -> tuple[Node, ...]:
    """Of sums about as large as ``scale``, and of 16-bit codes, neurons of five thresholds, and what reads them."""
    steps = np.sort((ints(5, 3, most=1 << 17)).astype(object) * scale, axis=0)
    return node, MultiThreshold("values", node.name, as_integers(steps)), Dense("reads", "values", ints(3, 2), ints(2))


MAP = (5, 6, 3)
BITS_MAP = (Threshold("bits", "in", np.array([40, 100, 200])),)
EXTREME = np.full(2, (1 << 63) - 1, dtype=np.int64)

CASES = {
    **{f"dense reads {t}": network(t, (21,), Dense("d", "in", ints(21, 5), ints(5))) for t in ELEMENT_TYPES},
    **{
        f"dense with {bits} bit weights": network("uint8", (6,), *fired(Dense("d", "in", w, ints(4)), ints(4)))
        for bits in (7, 15, 20, 31, 40, 60)
        for w in [RNG.integers(-(2**bits), 2**bits, (6, 4))]
    },
    "dense with weights 10^60 and 1": network("int8", (6,), *fired(Dense("d", "in", huge(6, 9), huge(9)), huge(9))),
    **{
        f"dense with {bits} bit weights on 32 bit sums": network(
            "int16", (6,), Dense("a", "in", RNG.integers(-(2**12), 2**12, (6, 5)), ints(5)), Dense("d", "a", w, ints(4))
        )
        for bits in (7, 15)
        for w in [RNG.integers(-(2**bits), 2**bits, (5, 4))]
    },
    "dense of zeros": network("uint8", (6,), Dense("d", "in", 0 * ints(6, 3), ints(3))),
    "dense on zeros that could be wide": network(
        "uint8", (4,), Dense("z", "in", 0 * ints(4, 3), 0 * ints(3)), Dense("d", "z", RNG.integers(2**40, 2**50, (3, 2)), ints(2))
    ),
    "conv on bytes": network("uint8", MAP, Conv("c", "in", ints(3, 3, 3, 4), ints(4))),
    "conv on bits, same padding": network(
        "uint8", MAP, *BITS_MAP, *fired(Conv("c", "bits", ints(3, 3, 3, 4), ints(4), padding=((1, 1), (1, 1))), ints(4))
    ),
    "conv strided, dilated, uneven padding": network(
        "int16", MAP, Conv("c", "in", ints(2, 3, 3, 2), ints(2), (2, 1), (2, 2), ((0, 2), (3, 1)))
    ),
    "conv depthwise": network("int8", MAP, *fired(Conv("c", "in", ints(3, 3, 1, 6), ints(6), groups=3), ints(6))),
    "conv 1x1": network("uint4", MAP, Conv("c", "in", ints(1, 1, 3, 7), ints(7))),
    "conv 1-D": network("bit", (1, 17, 3), Conv("c", "in", ints(1, 5, 3, 3), ints(3), padding=((0, 0), (2, 2)))),
    "conv with a padding wider than the map": network("uint8", (2, 2, 1), Conv("c", "in", ints(2, 2, 1, 2), ints(2), padding=((4, 4), (4, 4)))),
    "conv with a bias a position": network("uint8", MAP, Conv("c", "in", ints(2, 2, 3, 2), ints(4, 5, 2))),
    "conv with thresholds a position": network("uint8", MAP, *fired(Conv("c", "in", ints(2, 2, 3, 2), ints(2)), ints(4, 5, 2, most=2000))),
    "conv with two kinds of position": network(
        "uint8", (9, 9, 1), *fired(Conv("c", "in", ints(1, 1, 1, 6), ints(6)), np.where(np.eye(9)[..., None] > 0, ints(6, most=999), ints(6, most=999)))
    ),
    "conv wide, grouped": network("int8", (3, 3, 2), *fired(Conv("c", "in", huge(2, 2, 1, 4), huge(4), groups=2), huge(4))),
    "threshold alone, of bytes, a position": network("uint8", MAP, Threshold("t", "in", RNG.integers(-5, 262, MAP))),
    "threshold beyond the range": network("int8", (3,), Threshold("t", "in", np.array([-129, 128, 1 << 60]))),
    "threshold just above the largest int64": network(
        "bit", (2,), Dense("d", "in", np.diag(EXTREME), np.zeros(2, dtype=np.int64)),
        Threshold("t", "d", as_integers([1 << 63, (1 << 63) - 1])), outputs=("t", "d"),
    ),
    "sums at the ends of int32": network(
        "bit", (3,), Dense("d", "in", np.array([[(1 << 31) - 1, -(1 << 31)], [0, 0], [0, 0]]), np.zeros(2, dtype=np.int64))
    ),
    "sums at the ends of int64": network(
        "bit", (2,), Dense("d", "in", np.array([[(1 << 63) - 1, -(1 << 63)], [0, 0]]), np.zeros(2, dtype=np.int64))
    ),
    "max pool of bits, 8 channels": network("bit", (4, 4, 8), MaxPool("p", "in", (2, 2), (2, 2)), Permute("o", "p", (2, 0, 1))),
    "max pool of bits, 3 channels, padded": network("bit", MAP, MaxPool("p", "in", (3, 2), (2, 2), ((1, 1), (1, 0))), Reshape("o", "p", (27,))),
    "max pool of negative numbers, padded": network("int8", MAP, MaxPool("p", "in", (2, 2), (1, 1), ((1, 1), (1, 1)))),
    "max pool of wide numbers": network(
        "int8", (3, 3, 2), Conv("c", "in", huge(1, 1, 2, 3), huge(3)), MaxPool("p", "c", (2, 2), (1, 1)), Threshold("t", "p", huge(3))
    ),
    "sum pool": network("uint8", MAP, SumPool("p", "in", (2, 3), (1, 2), ((1, 0), (2, 1)))),
    "sum pool, fired": network("bit", MAP, *fired(SumPool("p", "in", (2, 2), (2, 2)), np.array([1, 2, 5]))),
    "sum pool of wide sums, fired": network(
        "int8", (3, 3, 2), Conv("c", "in", huge(1, 1, 2, 3), huge(3)), *fired(SumPool("p", "c", (2, 2), (1, 1)), huge(3))
    ),
    "weighted sum of one tensor three times": network("int8", MAP, WeightedSum("w", ("in", "in", "in"), (ints(3), ints(*MAP), np.ones(3, int)), ints(*MAP))),
    "residual add of spikes": network(
        "uint8", MAP, *BITS_MAP, Threshold("more", "in", np.array([9, 9, 9])),
        WeightedSum("w", ("bits", "more"), (np.ones(3, int), np.ones(3, int)), np.zeros(3, int)),
        Reshape("flat", "w", (90,)), Dense("d", "flat", ints(90, 4), ints(4)),
    ),
    "weighted sum of wide numbers, fired": network("int8", (5,), *fired(WeightedSum("w", ("in", "in"), (huge(5), -huge(5)), huge(5)), huge(5))),
    "permute of bits": network(
        "bit", MAP, Permute("p", "in", (1, 2, 0)), Reshape("f", "p", (90,)), Dense("d", "f", ints(90, 3), ints(3))
    ),
    "permute of 4-bit codes": network("uint4", MAP, Permute("p", "in", (2, 0, 1))),
    "pad and crop": network("int16", MAP, Pad("p", "in", ((2, -1), (-2, 3)))),
    "pad of bits": network("bit", MAP, Pad("p", "in", ((1, 2), (0, 1))), Conv("c", "p", ints(2, 2, 3, 2), ints(2))),
    "upsample of bits": network("bit", MAP, Upsample("u", "in", (2, 3)), Conv("c", "u", ints(2, 2, 3, 2), ints(2))),
    "upsample of bytes": network("uint8", MAP, Upsample("u", "in", (3, 1))),
    "concat of different kinds along each axis": network(
        "int16", MAP, Threshold("b", "in", ints(3)), Concat("x", ("in", "b"), 0), Concat("y", ("b", "in", "b"), 1),
        Concat("z", ("b", "b"), 2), outputs=("x", "y", "z"),
    ),
    "concat of wide and narrow": network(
        "int8", (5,), Dense("d", "in", huge(5, 3), huge(3)), Concat("x", ("in", "d", "in"), 0), Threshold("t", "x", ints(13))
    ),
    "an input that is an output": network("uint4", (7,), Reshape("r", "in", (7, 1, 1)), outputs=("r", "in")),
    "an output that others read": network(
        "uint8", (6,), Dense("a", "in", ints(6, 4), ints(4)), Dense("b", "a", ints(4, 3), ints(3)), outputs=("b", "a")
    ),
    "an output twice": network("uint8", (6,), Dense("a", "in", ints(6, 4), ints(4)), outputs=("a", "a")),
    "a quantiser of several thresholds": network(
        "uint8", (6,), Dense("a", "in", ints(6, 4), ints(4)), MultiThreshold("q", "a", np.array([-40, 0, 9])[:, None] + ints(4)),
        Dense("b", "q", ints(4, 3), ints(3)),
    ),
    "values of several thresholds of 32-bit sums": network("int16", (5,), *levels(Dense("d", "in", ints(5, 3), ints(3)), 1)),
    "values of several thresholds of 64-bit sums": network("int16", (5,), *levels(Dense("d", "in", ints(5, 3) << 30, ints(3)), 1 << 30)),
    "values of several thresholds of wide sums": network("int16", (5,), *levels(Dense("d", "in", huge(5, 3), huge(3)), 1 << 80)),
    "values of several thresholds, grouped and pooled": network(
        "uint8", MAP, Conv("c", "in", ints(2, 2, 1, 3), ints(3), groups=3), MultiThreshold("v", "c", np.arange(-900, 900, 300)[:, None] + ints(3)),
        MaxPool("p", "v", (2, 2), (1, 1)), Pad("q", "p", ((1, 0), (0, 1))), WeightedSum("w", ("q", "q"), (ints(3), ints(3)), ints(3)),
    ),
    "a threshold that has a rival reader": network(
        "uint8", (6,), Dense("a", "in", ints(6, 4), ints(4)), Threshold("t", "a", ints(4)), Threshold("u", "a", ints(4)), outputs=("t", "u")
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """C and reference outputs of all cases, from one program."""
    batch = [(graph, random_codes(graph, Random(1), 12)) for graph in CASES.values()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planner, "choose", lambda groups, limits, measure: tuple(group[0] for group in groups))
        results = run_batch(batch, tmp_path_factory.mktemp("nodes"))
    return {name: (c, expected(*case)) for name, c, case in zip(CASES, results, batch, strict=True)}


@pytest.mark.parametrize("name", CASES)
def test_the_c_equals_the_reference(name, found):
    got, wanted = found[name]
    assert got.tolist() == wanted.tolist()


@pytest.mark.parametrize(
    ("name", "kernel"),
    [
        ("dense with 7 bit weights", "wg_add_rows_i8_i32.c"),
        ("dense with 15 bit weights", "wg_add_rows_i16_i32.c"),
        ("dense with 20 bit weights", "wg_add_rows_i32_i32.c"),
        ("dense with 7 bit weights on 32 bit sums", "wg_add_rows_i8_i64.c"),
        ("dense with 15 bit weights on 32 bit sums", "wg_add_rows_i16_i64.c"),
        ("dense with 40 bit weights", "wg_add_rows_i64_i64.c"),
        ("dense with 31 bit weights", "wg_add_rows_i32_i64.c"),
        ("dense with 60 bit weights", "wg_add_rows_wide.c"),
        ("dense with weights 10^60 and 1", "wg_add_rows_wide.c"),
        ("threshold just above the largest int64", "wg_sums_wide.c"),
        ("sums at the ends of int32", "wg_add_rows_i32_i64.c"),
        ("max pool of bits, 8 channels", "wg_max_pool_bits.c"),
        ("max pool of wide numbers", "wg_max_pool_wide.c"),
        ("values of several thresholds of 32-bit sums", "wg_staircase_i32.c"),
        ("values of several thresholds of 64-bit sums", "wg_staircase_i64.c"),
        ("values of several thresholds of wide sums", "wg_staircase_wide.c"),
        ("values of several thresholds, grouped and pooled", "wg_max_pool_maps.c"),
    ],
)
def test_the_narrowest_exact_kernel_is_chosen(name, kernel, general_kernels):
    assert kernel in plan(CASES[name], "net").runtime_files
