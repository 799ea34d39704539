"""Named ways to train a sharpened model from beginning to end."""

from whetgen.sharpen.recipes.distortion import Distortion
from whetgen.sharpen.recipes.dqn import DqnRecipe
from whetgen.sharpen.recipes.table import AVERAGE, RECIPES, Recipe
from whetgen.sharpen.recipes.training import TrainOptions, TrainResult, recipe_names, train

__all__ = [
    "AVERAGE",
    "RECIPES",
    "Distortion",
    "DqnRecipe",
    "Recipe",
    "TrainOptions",
    "TrainResult",
    "recipe_names",
    "train",
]
