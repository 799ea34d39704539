"""What neurons do on data, counted neuron by neuron."""

import numpy as np
from tests.targets.verilog.networks import network

from whetgen.ir import ELEMENT_TYPES
from whetgen.ir.nodes import Dense, Input, Threshold
from whetgen.report.activity import observe


def neurons(thresholds):
    """Neuron k fires where the one input reaches threshold k."""
    weights = np.ones((1, len(thresholds)), int)
    return network(
        Input("x", (1,), ELEMENT_TYPES["uint8"]),
        Dense("sum", "x", weights, np.zeros(len(thresholds), int)),
        Threshold("fire", "sum", np.array(thresholds)),
    )


def test_rates_and_neurons_that_never_change_are_those_of_the_frames():
    seen = observe(neurons([2, 0, 9]), np.arange(4)[:, None]).firing["fire"]
    assert seen.rates.tolist() == [0.5, 1.0, 0.0]
    assert (seen.dead, seen.constant) == (1, 2)


def test_a_decision_has_as_many_units_to_spare_as_its_sum_can_move_without_changing_it():
    seen = observe(neurons([4]), np.arange(8)[:, None]).firing["fire"]
    # Sums 0..7 against 4: 3 2 1 0 below, 0 1 2 3 above.
    assert seen.margins[:4].tolist() == [2, 2, 4, 0]
    assert seen.hanging == 0.25


def test_many_frames_are_seen_in_parts_as_one():
    codes = np.random.default_rng(0).integers(0, 256, (200, 1))
    seen = observe(neurons([100]), codes)
    assert seen.firing["fire"].rates[0] == np.mean(codes >= 100)
    assert np.array_equal(seen.outputs[:, 0], codes[:, 0] >= 100)
