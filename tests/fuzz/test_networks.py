"""Which networks a seed means."""

import pytest

from whetgen.fuzz.networks import ALL_KINDS, RandomNetwork, RefusedModel, draw, kind_of
from whetgen.ir import graph_sha256


def hashes(numbers, kinds):
    drawn = {number: draw(5, number, kinds) for number in numbers}
    return {number: graph_sha256(each.graph) for number, each in drawn.items() if isinstance(each, RandomNetwork)}


@pytest.mark.parametrize("kind", ["graph", "onnx", "nir"])
def test_a_network_follows_from_its_seed_and_number_alone(kind):
    forward, backward = hashes(range(6), (kind,)), hashes(reversed(range(6)), (kind,))
    assert forward == backward
    assert len(set(forward.values())) > 4


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["keras", "quantised"])
def test_a_keras_file_gives_the_same_network_again(kind):
    assert hashes([0, 1], (kind,)) == hashes([1, 0], (kind,))


def test_every_kind_of_model_is_drawn():
    assert {kind_of(0, number) for number in range(100)} == set(ALL_KINDS)


def test_the_frames_go_with_the_network():
    first, second = (draw(5, 3, ("graph",)) for _ in range(2))
    assert first.codes.tolist() == second.codes.tolist()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["onnx", "nir", "keras", "quantised"])
def test_what_a_front_end_reads_is_what_its_floats_say(kind):
    drawn = [draw(7, number, (kind,)) for number in range(8)]
    assert all(isinstance(each, (RandomNetwork, RefusedModel)) for each in drawn), drawn
    assert sum(isinstance(each, RandomNetwork) for each in drawn) > 4
