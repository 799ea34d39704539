"""What acts on a model while a recipe trains it."""

from __future__ import annotations

from math import ceil

import keras
import numpy as np

from whetgen.sharpen.average import AverageWeights
from whetgen.sharpen.find_layers import every_layer, spiking_layers
from whetgen.sharpen.logger import Metric
from whetgen.sharpen.lookup import lookup_layers
from whetgen.sharpen.narrow import NarrowWeights
from whetgen.sharpen.prune import PruneWeights
from whetgen.sharpen.prune_tables import PruneTables
from whetgen.sharpen.recipes.table import Recipe
from whetgen.sharpen.sharpeners import SimpleSharpener
from whetgen.sharpen.thermometer import Thermometer
from whetgen.sharpen.wiring import LearnWiring

_PRUNING = 0.4  # share of the epochs until the last weight is pruned
_WATCHED = 10_000  # examples that say which tables can go
_TABLES_GO = (0.6, 0.85)  # shares of the epochs between which tables are pruned
_SEEN = 5_000  # examples that batch norms are estimated with


def training_callbacks(recipe: Recipe, model: keras.Model, x: np.ndarray, y: np.ndarray, seed: int) -> list:
    """What sharpens, wires, prunes, narrows and ends, in the order in which they must act."""
    sharp_from = epochs_until_sharp(recipe, model)
    callbacks: list = [SimpleSharpener(recipe.soft_epochs, steps=recipe.steps, stop_when_sharp=False)]
    if lookup_layers(model):
        costly = costly_bits(model, recipe.input_scale)
        callbacks.append(LearnWiring(x, y, recipe.wired * recipe.epochs, recipe.wiring, costly, seed))
    if recipe.voters is not None:
        start, stop = (int(share * recipe.epochs) for share in _TABLES_GO)
        callbacks.append(PruneTables(x[:_WATCHED], y[:_WATCHED, : model.output_shape[-1]], recipe.voters, start, stop))
    narrow_from = max(0, sharp_from - 1)
    if recipe.synapses is not None:
        narrow_from = max(sharp_from + 1, int(_PRUNING * recipe.epochs))
        callbacks.append(PruneWeights(recipe.synapses, sharp_from, narrow_from))
    narrow = None if recipe.weight_bits is None else NarrowWeights(recipe.weight_bits, start_epoch=narrow_from)
    if recipe.average is not None:
        start = _tables_settled(recipe) if lookup_layers(model) else 0
        callbacks.append(AverageWeights(recipe.average, x[:_SEEN], narrow, start))
    if narrow is not None:
        callbacks.append(narrow)
    if recipe.patience is not None:
        callbacks.append(EarlyStop(recipe.patience))
    return callbacks


def epochs_until_sharp(recipe: Recipe, model: keras.Model) -> int:
    """How many epochs the recipe takes to sharpen what is not sharp in ``model`` yet; 0 where all spiking layers are."""
    layers = spiking_layers(model)
    soft = [layer for layer in layers if layer.sharpness < 1.0]
    return 0 if layers and not soft else recipe.soft_epochs + recipe.steps * len(soft)


def take_averages(callbacks: list, metric: Metric, targets: np.ndarray) -> None:
    """After training: the model's weights become their averages, where these were kept and do no worse by the ``metric``, on
    the training examples, which have the ``targets``, that batch norms are estimated with."""
    for callback in callbacks:
        if isinstance(callback, AverageWeights):
            callback.take_if_no_worse(lambda outputs: metric(outputs, targets[: len(outputs)]))


def _tables_settled(recipe: Recipe) -> int:
    """The epoch from which on lookup tables read what they will read, and no more of them are pruned."""
    return ceil(max(recipe.wired, _TABLES_GO[1] if recipe.voters is not None else 0) * recipe.epochs)


def costly_bits(model: keras.Model, scale: int) -> np.ndarray | None:
    """bool, one for each spike of the model's thermometer: whether comparing an input code (code = ``scale`` * value,
    0 to ``scale``) with its threshold takes logic. It takes none where it is the code's top bit."""
    found = [layer for layer in every_layer(model) if isinstance(layer, Thermometer)]
    if not found:
        return None
    codes = np.ceil(keras.ops.convert_to_numpy(found[0].thresholds).reshape(-1) * scale)
    return 2 * codes != scale + 1


class EarlyStop(keras.callbacks.Callback):
    """Ends training after ``patience`` epochs, all layers sharp, without a lower training loss."""

    def __init__(self, patience: int):
        super().__init__()
        self.patience = patience
        self._best, self._stale = np.inf, 0

    def state(self) -> dict[str, float]:
        return {"best": self._best, "stale": self._stale}

    def restore(self, state: dict[str, float]) -> None:
        self._best, self._stale = float(state["best"]), int(state["stale"])

    def on_epoch_end(self, epoch, logs=None):
        if any(layer.sharpness < 1.0 for layer in spiking_layers(self.model)):
            return
        self._stale = 0 if logs["loss"] < self._best else self._stale + 1
        self._best = min(self._best, float(logs["loss"]))
        if self._stale >= self.patience:
            self.model.stop_training = True
