"""Every kernel that the planner may choose computes what the reference computes."""

from collections import Counter
from random import Random

import numpy as np
import pytest
from tests.targets.c.compiled import expected

from whetgen import Options, generate
from whetgen.fuzz.c_batch import run_batch
from whetgen.fuzz.graphs import random_codes
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Conv, Dense, Input, MaxPool, Reshape, Threshold
from whetgen.targets.c import planner
from whetgen.verification.c_runner import SANITIZERS
from whetgen.verification.checks import verify
from whetgen.verification.frames import Frames

FRAMES = 6
SPANS = ((0, 1), (-1, 0), (-1, 1), (-3, 3), (-2, 5), (0, 0), (-7, 7), (-40, 12), (-900, 900))


def weights(rng: Random, *shape: int) -> np.ndarray:
    """Of one of the spans, sometimes times a common factor, sometimes mostly 0."""
    span = rng.choice(SPANS)
    values = np.array([rng.randint(*span) for _ in range(int(np.prod(shape)))]).reshape(shape)
    keep = np.array([rng.random() < rng.choice((1.0, 1.0, 0.3)) for _ in range(values.size)]).reshape(shape)
    return values * keep * rng.choice((1, 1, 2, 3, 8))


def near(rng: Random, values: np.ndarray) -> np.ndarray:
    """A number for each column that its sums meet now and then."""
    spread = max(int(np.abs(values.reshape(-1, values.shape[-1])).sum(axis=0).max()) // 4, 1)
    return np.array([rng.randint(-spread, spread) for _ in range(values.shape[-1])])


def dense_network(rng: Random) -> Graph:
    """Codes or bits, one or two dense layers, ending in spikes or in sums."""
    kind = ELEMENT_TYPES[rng.choice(("bit", "bit", "bit", "uint8"))]
    inputs, hidden, outputs = (
        rng.choice((1, 5, 32, 70, 150)),
        rng.choice((1, 3, 8, 20, 33, 70)),
        rng.choice((1, 2, 9, 40)),
    )
    first, second = weights(rng, inputs, hidden), weights(rng, hidden, outputs)
    nodes = [
        Input("in", (inputs,), kind),
        Dense("first", "in", first, near(rng, first)),
        Threshold("fire", "first", near(rng, first) * (200 if kind.bits == 8 else 1)),
        Dense("second", "fire", second, near(rng, second)),
    ]
    return validate(Graph(tuple(nodes), (Output("sums", "second", "accumulators"),)))


def ternary_network(rng: Random) -> Graph:
    """So many inputs with weights -1, 0 and 1 that sums need 16 bits and a list of events fills more than once."""
    inputs, hidden = rng.choice((130, 200, 301)), rng.choice((17, 32, 40))
    first = np.array([rng.choice((-1, 0, 1, 1)) for _ in range(inputs * hidden)]).reshape(inputs, hidden)
    second = weights(rng, hidden, 3)
    nodes = (
        Input("in", (inputs,), ELEMENT_TYPES["bit"]),
        Dense("first", "in", first, near(rng, first)),
        Threshold("fire", "first", near(rng, first)),
        Dense("second", "fire", second, near(rng, second)),
    )
    return validate(Graph(nodes, (Output("sums", "second", "accumulators"),)))


def conv_network(rng: Random) -> Graph:
    """Pixels made black and white or not, a convolution, perhaps pooled, a second one, a dense layer."""
    kind = ELEMENT_TYPES[rng.choice(("bit", "bit", "uint8"))]
    side, channels, maps, more = (
        rng.choice((5, 6, 9)),
        rng.choice((1, 1, 2, 4, 8)),
        rng.choice((1, 4, 8, 16, 20, 35)),
        6,
    )
    pad = rng.choice(((0, 0), (1, 1), (0, 2)))
    kernel = rng.choice(((3, 3), (2, 3), (1, 2), (2, 2)))
    stride = rng.choice(((1, 1), (1, 1), (2, 2), (2, 1)))
    nodes = [Input("in", (side, side, channels), kind)]
    source = "in"
    if kind.bits == 8 and rng.random() < 0.5:
        nodes.append(Threshold("pixels", "in", np.full(channels, rng.randint(1, 255))))
        source = "pixels"
    first = weights(rng, *kernel, channels, maps)
    scale = 150 if source == "in" and kind.bits == 8 else 1
    nodes += [
        Conv("conv1", source, first, near(rng, first), stride=stride, padding=(pad, pad)),
        Threshold("spikes1", "conv1", near(rng, first) * scale),
    ]
    source = "spikes1"
    if rng.random() < 0.6 and min(Graph(tuple(nodes), ()).shapes["spikes1"][:2]) >= 3:
        window, stride = rng.choice((((2, 2), (2, 2)), ((2, 2), (2, 2)), ((3, 3), (1, 1))))
        nodes.append(MaxPool("pool", "spikes1", window, stride))
        source = "pool"
    second = weights(rng, 1, 1, maps, more)
    nodes += [Conv("conv2", source, second, near(rng, second)), Threshold("spikes2", "conv2", near(rng, second))]
    shape = Graph(tuple(nodes), ()).shapes["spikes2"]
    last = weights(rng, int(np.prod(shape)), 3)
    nodes += [Reshape("flat", "spikes2", (int(np.prod(shape)),)), Dense("last", "flat", last, near(rng, last))]
    return validate(Graph(tuple(nodes), (Output("sums", "last", "accumulators"),)))


def test_pooled_spikes_that_are_the_output_are_bytes(tmp_path):
    """The look-up that pools writes bits, and may not write the output itself."""
    rng = Random(1)
    kernel = weights(rng, 3, 3, 1, 8)
    nodes = (
        Input("in", (6, 6, 1), ELEMENT_TYPES["bit"]),
        Conv("conv", "in", kernel, np.zeros(8, int)),
        Threshold("spikes", "conv", near(rng, kernel)),
        MaxPool("pool", "spikes", (2, 2), (2, 2)),
    )
    graph = validate(Graph(nodes, (Output("o", "pool", "spikes"),)))
    codes = random_codes(graph, rng, FRAMES)
    assert run_batch([(graph, codes)], tmp_path)[0].tolist() == expected(graph, codes).tolist()


def pick_the_rarest(rng: Random, seen: Counter):
    """In place of the planner's choice: each kernel gets its turn."""

    def choose(groups, limits, measure):
        picks = []
        for group in groups:
            picks.append(min(group, key=lambda candidate: (seen[candidate.label], rng.random())))
            seen[picks[-1].label] += 1
        return tuple(picks)

    return choose


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "flags"), [(0, SANITIZERS), (500, ("-O2", "-Wall", "-Wextra", "-Wconversion", "-Werror"))]
)
def test_any_choice_of_kernels_gives_the_same_bits(first, flags, tmp_path, monkeypatch):
    seen: Counter = Counter()
    cases = []
    for seed in range(first, first + 70):
        rng = Random(seed)
        graph = (ternary_network if seed % 8 == 7 else dense_network if seed % 2 else conv_network)(rng)
        cases.append((graph, random_codes(graph, rng, FRAMES)))
    monkeypatch.setattr(planner, "choose", pick_the_rarest(Random(first), seen))
    found = run_batch(cases, tmp_path, flags)
    for seed, (graph, codes), outputs in zip(range(first, first + 70), cases, found, strict=True):
        assert np.array_equal(outputs, expected(graph, codes)), f"seed {seed}\n{graph}"
    assert {
        "general", "planes of 32", "planes of 16", "planes of 8", "lanes of 8", "lanes of 16", "nibble tables, lanes of 16",
        "scaled lanes of 16", "bytes", "pairs", "popcount", "popcount, early exit", "lanes of 4 widened", "lanes of 8 widened", "nibble tables, lanes of 8 widened",
        "walk, lanes of 8", "walk, lanes of 16", "window table", "window table and pool", "binarise",
    } <= set(seen), seen  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("board", ["mps2-an386", "mps2-an500"])
def test_pairs_of_pixels_give_the_same_bits_where_an_instruction_makes_two_products(board, tmp_path):
    """Weights of 16 bits up to both ends, an odd number of inputs, padding on three sides."""
    rng = np.random.default_rng(3)
    kernel = rng.integers(-(1 << 15), 1 << 15, (3, 3, 3, 21))
    kernel[..., 0], kernel[..., 1] = -(1 << 15), (1 << 15) - 1
    nodes = (
        Input("in", (6, 5, 3), ELEMENT_TYPES["uint8"]),
        Conv("sums", "in", kernel, rng.integers(-999, 999, 21), stride=(2, 1), padding=((1, 1), (2, 0))),
    )
    graph = validate(Graph(nodes, (Output("o", "sums", "accumulators"),)))
    codes = random_codes(graph, Random(1), FRAMES)
    codes[-1] = 255
    made = generate(graph, "c", tmp_path / "net", Options("net", mcu=board))
    assert [layer["kernel"] for layer in made.manifest["kernels"]] == ["pairs"]
    result = verify(tmp_path / "net", Frames(codes), on=board)
    assert (result.mismatches, result.failures) == (0, ())
