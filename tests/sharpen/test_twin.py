"""The float twin of a recipe has its shape, no spikes, and teaches it."""

import re

import keras
import pytest

from whetgen.sharpen import SpikingBReLU, recipes
from whetgen.sharpen.recipes import RECIPES, TrainOptions
from whetgen.sharpen.recipes.twin import float_twin

QUICK = TrainOptions(quick=True, float_twin=True)


def shapes(model: keras.Model) -> list[tuple]:
    return [tuple(layer.output.shape) for layer in model.layers]


@pytest.mark.parametrize("name", ["digits-mlp", "cifar10-small", "digit-segmentation"])
def test_a_twin_has_the_layers_and_shapes_of_the_recipe_with_relus_for_spikes(name):
    recipe = RECIPES[name]
    ours, twin = recipe.build(), float_twin(name, recipe).build()
    assert shapes(twin) == shapes(ours)
    pairs = [(a, b) for a, b in zip(ours.layers, twin.layers, strict=True) if type(a) is not type(b)]
    assert {(type(a), type(b)) for a, b in pairs} == {(SpikingBReLU, keras.layers.ReLU)}
    assert sum(isinstance(layer, SpikingBReLU) for layer in ours.layers) == len(pairs)


def test_a_trained_twin_is_float_and_can_teach_the_recipe(tmp_path):
    twin = recipes.train("digits-mlp", tmp_path / "twin.keras", QUICK)
    model = keras.models.load_model(twin.path, safe_mode=True)
    assert twin.sharpness == () and not any(isinstance(layer, SpikingBReLU) for layer in model.layers)
    taught = recipes.train("digits-mlp", tmp_path / "m.keras", TrainOptions(quick=True, teacher=twin.path))
    assert taught.sharpness == (1.0, 1.0)


@pytest.mark.parametrize("name", ["mnist-lut-small", "cartpole-dqn"])
def test_what_has_no_twin_says_so(name, tmp_path):
    message = f"{name} has no float twin: only networks of dense and convolution layers for given data have one"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        recipes.train(name, tmp_path / "twin.keras", QUICK)


def test_the_checkpoint_of_a_twin_is_not_the_recipes(tmp_path):
    def cut(row: dict) -> None:
        if row["epoch"] == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        recipes.train("digits-mlp", tmp_path / "m.keras", TrainOptions(quick=True, float_twin=True, on_epoch=cut))
    with pytest.raises(ValueError, match="float_twin True, not False"):
        recipes.train("digits-mlp", tmp_path / "m.keras", TrainOptions(quick=True, goes_on=True))
