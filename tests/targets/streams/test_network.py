"""The layer graph as hardware takes it."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from tests.layers.values import results

from whetgen.fuzz.graphs import random_graph, tie_frames
from whetgen.layers import Linear, Pool, layer_graph
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.network import hardware_layers, with_joined_outputs


@given(st.integers(0, 10_000))
def test_hardware_layers_compute_the_same_in_one_group_with_thresholds_beside_pools(seed):
    graph = random_graph(Random(seed), small=True, steps=(1, 3)[seed % 2])
    plain, hardware = layer_graph(graph), hardware_layers(graph, Identifiers("net"))
    assert all(layer.window.groups == 1 for layer in hardware.layers if isinstance(layer, Linear))
    assert not any(layer.fire for layer in hardware.layers if isinstance(layer, Pool))
    for frame in tie_frames(graph):
        wanted, found = results(plain, frame), results(hardware, frame)
        assert [found[t.name] for t in hardware.outputs] == [wanted[t.name] for t in plain.outputs]


@given(st.integers(0, 10_000))
def test_every_tensor_has_one_identifier_and_stands_for_one_object(seed):
    graph = hardware_layers(random_graph(Random(seed), small=True), Identifiers("net"))
    made = [graph.input, *(layer.result for layer in graph.layers)]
    assert len({t.name for t in made}) == len(made) and all(t.name.isidentifier() for t in made)
    read = [*graph.outputs, *(t for layer in graph.layers for t in layer.sources)]
    assert all(any(t is tensor for tensor in made) for t in read)


@given(st.integers(0, 10_000))
def test_joined_outputs_are_the_outputs_one_after_the_other(seed):
    identifiers = Identifiers("net")
    graph = hardware_layers(random_graph(Random(seed), small=True), identifiers)
    joined, last = with_joined_outputs(graph, identifiers)
    frame = tie_frames(random_graph(Random(seed), small=True))[0]
    found = results(joined, frame)
    assert joined.outputs == (last,)
    assert found[last.name] == [x for t in graph.outputs for x in found[t.name]]
