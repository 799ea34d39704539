"""Named ways to train a sharpened model from beginning to end."""

from whetgen.sharpen.recipes.table import RECIPES, Recipe
from whetgen.sharpen.recipes.training import TrainResult, recipe_epochs, recipe_names, train

__all__ = ["RECIPES", "Recipe", "TrainResult", "recipe_epochs", "recipe_names", "train"]
