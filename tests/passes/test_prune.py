"""Pruning a finished network: which weights go, and that thresholds follow."""

import numpy as np
import pytest

from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Dense, Input, Threshold
from whetgen.passes.narrow import narrow, narrow_auto, same_results
from whetgen.passes.prune import prune


@pytest.fixture
def graph():
    """Two neurons, of which the second has weights a hundred times as great; then two scores."""
    first = np.array([[4, 800], [-3, 100], [2, 200], [1, -300]])
    return validate(
        Graph(
            (
                Input("x", (4,), ELEMENT_TYPES["uint4"]),
                Dense("d", "x", first, np.zeros(2, int)),
                Threshold("f", "d", np.array([10, 3000])),
                Dense("s", "f", np.array([[3, 1], [-1, 2]]), np.zeros(2, int)),
            ),
            (Output("y", "s", "accumulators", classifier=True),),
        )
    )


CODES = np.random.default_rng(0).integers(0, 16, (200, 4))


def test_the_smallest_weights_go_each_measured_by_its_neuron(graph):
    """6 of 12 stay: the greatest of each neuron, and two of the first, though all of the second are greater numbers."""
    pruned = prune(graph, CODES, 0.5)
    assert pruned["d"].weights.tolist() == [[4, 800], [-3, 0], [2, 0], [0, 0]]
    assert pruned["s"].weights.tolist() == [[3, 0], [0, 2]]
    assert [node.name for node in pruned.nodes] == [node.name for node in graph.nodes]


def test_thresholds_repeat_as_many_decisions_as_they_can(graph):
    wanted = CODES @ graph["d"].weights >= graph["f"].thresholds
    pruned = prune(graph, CODES, 0.5)
    sums = CODES @ pruned["d"].weights

    def right(level):
        return int(((sums[:, 0] >= level) == wanted[:, 0]).sum())

    assert right(pruned["f"].thresholds[0]) == max(map(right, range(-60, 61)))


def test_every_neuron_keeps_a_weight_and_all_of_them_change_nothing(graph):
    assert (np.count_nonzero(prune(graph, CODES, 0.01)["d"].weights, axis=0) == 1).all()
    whole = prune(graph, CODES, 1.0)
    assert whole["d"].weights.tolist() == graph["d"].weights.tolist()
    assert same_results(graph, whole, CODES).all()


def test_what_is_pruned_stays_pruned_when_it_is_narrowed_and_is_told_layer_by_layer(graph):
    pruned = prune(graph, CODES, 0.5)
    exact = narrow(graph, CODES, None, pruned=pruned)
    notes = ["4 of 8 synapses stay", "2 of 4 synapses stay"]
    assert [change.note.split(";")[0] for change in exact.changes] == notes
    assert exact.agreement == same_results(graph, pruned, CODES).mean()
    for narrowed in (narrow(graph, CODES, 3, pruned=pruned), narrow_auto(graph, CODES, None, 0.1, pruned=pruned)):
        assert sum(np.count_nonzero(node.weights) for node in narrowed.graph.nodes if isinstance(node, Dense)) <= 6
