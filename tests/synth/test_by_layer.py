"""Cells of a flat netlist belong to layers by their names."""

import pytest

from whetgen.synth.by_layer import cells_by_layer
from whetgen.synth.devices import DEVICES

LAYERS = ("conv", "conv_1", "head")


@pytest.mark.parametrize(
    ("cell", "layer"),
    [
        ("conv_adders.sum_LUT4_Z", "conv"),
        ("conv_1_reader.row_TRELLIS_FF_Q", "conv_1"),
        ("convex_LUT4_Z", "outside the layers"),
        ("head_LUT4_Z_1", "head"),
        ("$flatten\\head_adders.$auto$simplemap.cc:38", "head"),
        ("conv_to_conv_1_buffer.word_LUT4_Z", "conv_1"),  # of the layer that reads it
        ("head_to_output_buffer.word_LUT4_Z", "head"),
        ("receive.count_LUT4_Z", "outside the layers"),
    ],
)
def test_a_cell_is_of_the_layer_that_its_instance_is_named_after(cell, layer):
    assert cells_by_layer({cell: "LUT4"}, LAYERS, DEVICES["ecp5-25k"]) == {
        layer: {"lut": 1, "ff": 0, "carry": 0, "bram": 0, "dsp": 0}
    }
