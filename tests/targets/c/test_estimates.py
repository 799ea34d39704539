"""The cost model beside cycles that were measured: on the AVR every layer of the shipped networks within a factor of 1.3, and flash.

What is planned has to fit the chip: too little flash is the worse mistake.
"""

from pathlib import Path

import pytest

import whetgen
from whetgen.sharpen.data import load
from whetgen.targets.c.target import COptions, plan

MODELS = Path(__file__).parents[3] / "models"
# Cycles a layer over the first 20 test images, calibrated with them; `whetgen verify DIR --on atmega328p --data X.npz --count 20`.
MEASURED = {
    "mnist-mlp-small": (
        "mnist",
        255,
        {"crop": 10_931, "pixels": 9_317, "dense1": 114_044, "head": 26_286, "decode": 8_025},
    ),
    "mnist-cnn-small": ("mnist", 255, {"pixels": 12_700, "conv1": 156_634, "conv2": 229_302, "head": 87_326}),
    "digits-mlp": ("digits", 16, {"dense1": 88_192, "head": 7_444, "decode": 5_371}),
}
FLASH = {"mnist-mlp-small": 31_042, "mnist-cnn-small": 20_770, "digits-mlp": 17_584}  # measured by the same command


@pytest.mark.parametrize("name", MEASURED)
def test_on_the_avr_each_layers_estimate_is_within_a_factor_of_1_3_and_flash_is_enough(name):
    data, scale, measured = MEASURED[name]
    graph = whetgen.trace(whetgen.load_model(MODELS / f"{name}.keras"), whetgen.InputSpec(scale=scale))
    codes = load(data).x_test[:20].reshape(20, *graph.input.shape)
    made = plan(graph, "net", COptions(mcu="avr"), codes)
    choices = {choice.layer: choice.cycles for choice in made.choices}
    assert set(choices) == set(measured)
    assert all(10 * measured[layer] <= 13 * cycles <= 16.9 * measured[layer] for layer, cycles in choices.items()), (
        choices
    )
    estimate = made.flash_table_bytes + made.code_bytes
    assert FLASH[name] <= estimate <= 32 << 10 and 10 * estimate <= 11 * FLASH[name]
