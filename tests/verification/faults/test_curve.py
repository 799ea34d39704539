"""Accuracy against the number of flips."""

import numpy as np
from tests.targets.verilog.networks import CONSTRUCTS
from tests.targets.verilog.test_golden import tiny

from whetgen.verification.faults.curve import DRAWS, counts, curve
from whetgen.verification.faults.yardstick import Unflipped
from whetgen.verification.frames import Frames, default_frames


def points(graph, frames, most, seed=0):
    return curve(graph, frames.codes, Unflipped.of(graph, frames).yardstick, most, seed, lambda _: None)


def test_counts_go_up_to_the_number_asked_for():
    assert [counts(n) for n in (1, 2, 7, 50)] == [[1], [1, 2], [1, 2, 5, 7], [1, 2, 5, 10, 20, 50]]


def test_the_same_seed_gives_the_same_points_and_another_other_ones():
    graph, frames = CONSTRUCTS["levels"], default_frames(CONSTRUCTS["levels"], 30)
    assert points(graph, frames, 20) == points(graph, frames, 20) != points(graph, frames, 20, seed=1)


def test_there_are_no_more_flips_than_bits():
    most = {point.kind: point.flips for point in points(tiny(), default_frames(tiny(), 5), 1000)}
    assert most == {"weight": 30, "threshold": 20, "activation": 2}


def test_every_spike_flipped_is_the_network_of_the_opposite_spikes():
    graph, frames = tiny(), default_frames(tiny(), 50)
    trace = Unflipped.of(graph, frames)
    scores = (1 - trace.tensors["fire"]) @ graph["scores"].weights + graph["scores"].bias
    wanted = np.mean(np.argmax(scores, axis=1) == np.argmax(trace.tensors["scores"], axis=1))
    last = points(graph, frames, 2)[-1]
    assert (last.kind, last.flips, last.draws) == ("activation", 2, DRAWS)
    assert last.mean == last.lowest == last.highest == wanted


def test_labels_count_where_there_are_any():
    graph, codes = tiny(), default_frames(tiny(), 40).codes
    labels = 1 - graph.predict(codes)
    assert not Unflipped.of(graph, Frames(codes, labels)).right.any()
    assert Unflipped.of(graph, Frames(codes)).right.all()
