"""A price on spikes: it is the share of active synapses, and a network that pays it spikes less."""

import keras
import numpy as np
import pytest

from whetgen.sharpen import SpikingBReLU, recipes
from whetgen.sharpen.recipes import TrainOptions
from whetgen.sharpen.spike_cost import add_spike_cost

RNG = np.random.default_rng(0)


def network() -> keras.Model:
    """A map of 16 spikes; 3x3 windows of 3 neurons over it, whose values of up to 3 are pooled to 12; 5 neurons, which nobody reads."""
    keras.utils.set_random_seed(1)
    conv = keras.layers.Conv2D(3, 3, padding="same")
    sharp = [SpikingBReLU(1.0, surrogate=1.0, levels=levels) for levels in (1, 3, 1)]
    return keras.Sequential(
        [keras.Input((4, 4, 1)), sharp[0], conv, sharp[1], keras.layers.MaxPooling2D(), keras.layers.Flatten(),
         keras.layers.Dense(5), sharp[2]]
    )  # fmt: skip


def test_the_cost_is_that_of_the_share_of_synapses_that_are_active():
    model, x = network(), RNG.normal(0.5, 1.0, (8, 4, 4, 1)).astype(np.float32)
    add_spike_cost(model, 2.0)
    model(x)
    first, second = (keras.Model(model.inputs, layer.output)(x).numpy() for layer in (model.layers[0], model.layers[2]))
    reads = np.array([16 * 9 * 3, 12 * 5])
    share = reads @ [first.mean(), second.mean() / 3] / reads.sum()
    assert 0.1 < share < 0.9 and float(sum(model.losses)) == pytest.approx(2 * share, rel=1e-6)


@pytest.mark.slow
def test_a_recipe_that_pays_for_spikes_has_fewer(tmp_path):
    rates = []
    for cost in (0.0, 3.0):
        changes = {"epochs": 8, "soft_epochs": 2, "steps": 1, "spike_cost": cost}
        made = recipes.train("digits-mlp", tmp_path / f"{cost}.keras", TrainOptions(changes=changes))
        last = (tmp_path / f"{cost}.csv").read_text().splitlines()
        rates.append(float(last[-1].split(",")[last[0].split(",").index("dense1_spikes/rate")]))
        assert made.sharpness == (1.0, 1.0)
    assert rates[1] < 0.7 * rates[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"spike_cost": -1.0}, "the cost of spikes is a number, 0 or more, not -1.0"),
        ({"spike_cost": float("nan")}, "the cost of spikes is a number, 0 or more, not nan"),
        ({"spike_cost": float("inf")}, "the cost of spikes is a number, 0 or more, not inf"),
        ({"learning_rate": 0.0}, "a learning rate is a number above 0, not 0.0"),
        ({"learning_rate": float("nan")}, "a learning rate is a number above 0, not nan"),
    ],
)
def test_rates_and_costs_are_numbers_that_training_can_have(tmp_path, changes, message):
    with pytest.raises(ValueError) as refused:
        recipes.train("digits-mlp", tmp_path / "m.keras", recipes.TrainOptions(quick=True, changes=changes))
    assert str(refused.value) == message and not list(tmp_path.iterdir())


def test_a_float_twin_has_no_spikes_to_pay_for(tmp_path):
    options = recipes.TrainOptions(quick=True, float_twin=True, changes={"spike_cost": 1.0})
    with pytest.raises(ValueError) as refused:
        recipes.train("digits-mlp", tmp_path / "m.keras", options)
    assert str(refused.value) == "the float twin of digits-mlp has no spikes: leave out what they cost"
