"""The float twin of a recipe's network: what the same shape reaches without spikes and with wide weights."""

from __future__ import annotations

from dataclasses import replace

import keras
from keras import layers

from whetgen.sharpen.layers import SpikingBReLU
from whetgen.sharpen.lookup import lookup_layers
from whetgen.sharpen.recipes.dqn import DqnRecipe
from whetgen.sharpen.recipes.table import Recipe


def float_twin(name: str, recipe: Recipe | DqnRecipe) -> Recipe:
    """The recipe with ReLUs for threshold units, and float weights of which none is pruned; all else stays.

    Raises:
        ValueError: the network has lookup tables, which are nothing but spikes, or it learns from what it tries; or the recipe
            has a cost of spikes.
    """
    if isinstance(recipe, DqnRecipe) or lookup_layers(recipe.build()):
        raise ValueError(
            f"{name} has no float twin: only networks of dense and convolution layers for given data have one"
        )
    if recipe.spike_cost:
        raise ValueError(f"the float twin of {name} has no spikes: leave out what they cost")
    return replace(recipe, build=lambda: _with_relus(recipe.build()), weight_bits=None, synapses=None)


def _with_relus(model: keras.Model) -> keras.Model:
    return keras.models.clone_model(model, clone_function=_smooth)


def _smooth(layer: layers.Layer) -> layers.Layer:
    return (
        layers.ReLU(name=layer.name) if isinstance(layer, SpikingBReLU) else type(layer).from_config(layer.get_config())
    )
