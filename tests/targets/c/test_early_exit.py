"""Popcount with early exit: what the planner expects of it, the same bits wherever it looks, fewer instructions."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.targets.c.compiled import expected

from whetgen import Options, generate
from whetgen.fuzz.c_batch import run_batch
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Dense, Input, Threshold
from whetgen.targets.c import planner
from whetgen.targets.c.boards import find_board
from whetgen.targets.c.kernels import popcount
from whetgen.targets.c.kernels.early_exit import GROUP, certain_after, first_look
from whetgen.targets.c.target import COptions, plan
from whetgen.verification.board_build import build_image
from whetgen.verification.board_runner import run_image
from whetgen.verification.c_runner import SANITIZERS
from whetgen.verification.frames import Frames

EXIT = "popcount, early exit"


def fire_network(weights: np.ndarray, thresholds: np.ndarray) -> Graph:
    """Bits, one layer of threshold neurons, and a dense layer that hands their spikes on."""
    inputs, neurons = weights.shape
    nodes = (
        Input("in", (inputs,), ELEMENT_TYPES["bit"]),
        Dense("sums", "in", weights, np.zeros(neurons, int)),
        Threshold("fire", "sums", thresholds),
        Dense("out", "fire", np.eye(neurons, dtype=int), np.zeros(neurons, int)),
    )
    return validate(Graph(nodes, (Output("o", "out", "accumulators"),)))


@given(st.integers(1, 500), st.sampled_from([(0, 1), (-1, 1), (-3, 0), (2, 5)]), st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_nobody_is_certain_too_early_or_too_late(inputs, span, seed):
    """Against loops: certain is who keeps the same spike if all or none of the spikes left had the largest or least weight."""
    rng = np.random.default_rng(seed)
    weights = rng.integers(span[0], span[1] + 1, (inputs, 3))
    frames = rng.integers(0, 2, (2, inputs))
    thresholds = np.array(
        [frames[0] @ weights[:, 0], frames[0] @ weights[:, 1] + 1, rng.integers(-9, 9)]
    )  # a tie, a near miss
    counts = [0] * (-(-inputs // GROUP))
    for frame in frames:
        for n in range(3):
            for group in range(len(counts)):
                end = (group + 1) * GROUP
                seen, left = int(frame[:end] @ weights[:end, n]), int(frame[end:].sum())
                spikes = {seen + weight * left >= thresholds[n] for weight in span}
                if len(spikes) == 1:
                    assert spikes == {bool(frame @ weights[:, n] >= thresholds[n])}
                    counts[group] += 1
                    break
    found = certain_after(weights, thresholds, (np.array(span[0]), np.array(span[1])), frames)
    assert found.tolist() == pytest.approx([count / 6 for count in counts])


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.integers(1, 90), st.integers(0, 90))
def test_the_first_look_is_where_it_is_cheapest(counts, group, look):
    certain = np.array([*counts[:-1], counts[-1] + 1]) / (sum(counts) + 1)
    first, cost = first_look(certain, group, look)

    def cost_of(start: int) -> float:
        return sum(p * (max(k, start) * group + max(k - start, 0) * look) for k, p in enumerate(certain, start=1))

    assert cost == pytest.approx(cost_of(first))
    assert cost <= min(cost_of(start) for start in range(1, len(certain) + 1)) + 1e-9


def random_case(rng: Random, frames: int) -> tuple[Graph, np.ndarray]:
    """Weights of two values, or ternary with a scale for each neuron; sums that meet their threshold exactly, miss it by one,
    and thresholds at the ends; frames of zeros, of ones, of few spikes, of many, and of spikes at one end only."""
    inputs, neurons = rng.choice((1, 31, 128, 129, 300, 700)), rng.choice((1, 3, 9))
    numbers = np.random.default_rng(rng.randint(0, 1 << 30))
    if rng.random() < 0.5:
        weights = numbers.choice(
            rng.choice(((0, 1), (-1, 1), (-2, 3), (4, 9), (-7, -2), (0, 0), (-(1 << 19), 1 << 19))), (inputs, neurons)
        )
    else:
        weights = numbers.integers(-1, 2, (inputs, neurons)) * numbers.choice((1, 1, 3, 1000), neurons)
    codes = (numbers.random((frames, inputs)) < numbers.choice((0.05, 0.5, 0.9), (frames, 1))).astype(np.int64)
    codes[0], codes[1], codes[2, inputs // 2 :], codes[3, : inputs // 2] = 0, 1, 0, 0
    thresholds = (codes @ weights)[numbers.integers(0, frames, neurons), np.arange(neurons)] + numbers.integers(
        0, 2, neurons
    )
    ends = np.minimum(weights, 0).sum(axis=0), np.maximum(weights, 0).sum(axis=0) + 1
    at = numbers.random(neurons)
    return fire_network(weights, np.where(at < 0.1, ends[0], np.where(at > 0.9, ends[1], thresholds))), codes


@pytest.mark.slow
@pytest.mark.parametrize(
    "flags", [SANITIZERS, ("-O2", "-mpopcnt", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror")]
)
def test_the_same_bits_wherever_it_looks_first(flags, tmp_path, monkeypatch):
    """Where the compiler has no such flag, the second run is a plain one."""
    rng = Random(5)
    cases = [random_case(rng, 12) for _ in range(60)]
    monkeypatch.setattr(planner, "choose", force(EXIT))
    monkeypatch.setattr(popcount, "first_look", lambda certain, group, look: (rng.randint(1, len(certain)), 0.0))
    for (graph, codes), outputs in zip(cases, run_batch(cases, tmp_path, flags), strict=True):
        assert np.array_equal(outputs, expected(graph, codes)), graph


def force(label: str):
    """The first layer by the kernel of that name, the others by the general one."""

    def choose(groups, limits, measure):
        first = next(c for c in groups[0] if c.label == label)
        return (first, *(group[0] for group in groups[1:]))

    return choose


def two_kinds(inputs: int, neurons: int, frames: int) -> tuple[Graph, np.ndarray]:
    """Noisy copies of two patterns, and neurons that tell them apart by far."""
    rng = np.random.default_rng(3)
    kinds = rng.integers(0, 2, (2, inputs))
    weights = np.where(rng.random((inputs, neurons)) < 0.8, (kinds[0] - kinds[1])[:, None], 0) * rng.choice(
        (-1, 1), neurons
    )
    codes = kinds[rng.integers(0, 2, frames)] ^ (rng.random((frames, inputs)) < 0.1)
    return fire_network(weights, np.zeros(neurons, int)), codes.astype(np.int64)


def options_of(graph: Graph, codes: np.ndarray | None, **settings) -> dict[str, int]:
    (choice, _) = plan(graph, "net", COptions(**settings), codes).choices
    assert choice.cycles == min(option.cycles for option in choice.options)
    return {option.kernel: option.cycles for option in choice.options}


def test_the_planner_takes_it_where_frames_say_that_it_is_cheapest():
    graph, codes = two_kinds(4096, 8, 40)
    found = options_of(graph, codes, mcu="rv32imac_zbb")
    assert min(found, key=found.get) == EXIT
    assert found[EXIT] < 0.9 * found["popcount"]  # what the others would have cost stands in the report


def test_without_frames_it_is_expected_to_save_nothing():
    graph, _ = two_kinds(4096, 8, 40)
    found = options_of(graph, None, mcu="rv32imac_zbb")
    assert found["popcount"] < found[EXIT]


def test_in_constant_time_it_does_not_exist():
    graph, codes = two_kinds(512, 8, 20)
    assert EXIT not in options_of(graph, codes, constant_time=True)


@pytest.mark.slow
def test_on_a_board_it_takes_fewer_instructions_and_at_worst_a_few_more(tmp_path, monkeypatch):
    """Frames of both kinds are decided early; half of the spikes of each kind never are."""
    graph, codes = two_kinds(4096, 8, 40)
    tied = np.zeros_like(codes[:1])
    weights = graph["sums"].weights[:, 0]
    for sign in (1, -1):  # as many spikes that add as spikes that take away, taking turns
        places = np.flatnonzero(weights == sign)[: min((weights == 1).sum(), (weights == -1).sum())]
        tied[0, places] = 1
    frames = np.concatenate([codes[:20], tied])
    board, costs = find_board("riscv-virt-zbb"), {}
    for label in (EXIT, "popcount"):
        monkeypatch.setattr(planner, "choose", force(label))
        folder = tmp_path / label.replace(", ", "-")
        generate(graph, "c", folder, Options("net", mcu=board.name), Frames(codes))
        run = run_image(build_image(folder, "net", board, folder / "build"), graph, frames, board)
        assert run.outputs.tolist() == expected(graph, frames).tolist()
        costs[label] = run.costs
    assert costs[EXIT][:20].mean() < 0.9 * costs["popcount"][:20].mean()
    assert costs[EXIT][20] < 1.2 * costs["popcount"][20]
