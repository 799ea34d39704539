"""``whetgen inspect``: facts about each layer."""

from tests.layers.test_build import FIRE, SUMS, network

from whetgen.ir.nodes import MaxPool
from whetgen.report.inspection import layers, totals


def test_a_layer_is_a_row_with_its_sums_and_its_weights():
    rows = layers(network(SUMS["conv"], FIRE, MaxPool("top", "fire", (1, 1), (1, 1)), outputs=("top",)))
    assert [row.cells for row in rows] == [
        ("x", "Input", "2x2x2", "", "4", "", "", "", ""),
        ("sum", "Conv + Threshold", "1x1x2", "7", "1", "8", "1", "16", "16"),
        ("top", "MaxPool", "1x1x2", "", "1", "", "", "", ""),
    ]


def test_totals_are_the_sums_of_the_layers():
    graph = network(SUMS["dense"], FIRE, outputs=("fire",))
    assert totals(graph) == {"synapses": 16, "weight_memory_bits": 16, "operations": 16}
