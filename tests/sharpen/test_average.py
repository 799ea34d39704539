"""A moving average of the weights is what a network begins to be narrow with and ends with."""

from pathlib import Path

import keras
import numpy as np
import pytest

from whetgen.sharpen import AverageWeights, NarrowWeights, PruneWeights, recipes, spiking_layers
from whetgen.sharpen.find_layers import every_layer
from whetgen.sharpen.narrow import grid_numbers, grid_steps
from whetgen.sharpen.norm import estimate_norms
from whetgen.sharpen.recipes import AVERAGE, RECIPES, TrainOptions
from whetgen.sharpen.recipes.callbacks import training_callbacks
from whetgen.sharpen.recipes.origin import origin_of

RNG = np.random.default_rng(0)
X = RNG.normal(size=(96, 6)).astype(np.float32)
Y = (X[:, :1] > 0).astype(np.float32)


def network() -> keras.Model:
    keras.utils.set_random_seed(1)
    dense = [keras.layers.Dense(5, use_bias=False), keras.layers.BatchNormalization(), keras.layers.Dense(1)]
    return keras.Sequential([keras.Input((6,)), *dense])


class Seen(keras.callbacks.Callback):
    """The kernel of the first layer after each batch."""

    def __init__(self, narrow: NarrowWeights | None = None):
        super().__init__()
        self.narrow, self.kernels = narrow, []

    def on_train_batch_end(self, batch, logs=None):
        kernel = self.model.layers[0].kernel
        self.kernels.append((self.narrow.behind(kernel) if self.narrow else kernel).numpy())


def fit(callbacks: list, epochs: int = 3) -> keras.Model:
    model = network()
    model.compile("adam", "mse")
    model.fit(X, Y, batch_size=32, epochs=epochs, shuffle=False, callbacks=callbacks, verbose=0)
    return model


def averaged(kernels: list[np.ndarray], momentum: float) -> np.ndarray:
    average = kernels[0]
    for count, kernel in enumerate(kernels):
        share = np.float32(1 - min(momentum, (1 + count) / (10 + count)))
        average = average + share * (kernel - average)
    return average


def test_model_trains_as_ever_and_takes_the_average_in_the_end():
    seen, average = Seen(), AverageWeights(0.6, X)
    model = fit([seen, average])
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), fit([]).get_weights(), strict=True))
    average.take()
    assert np.array_equal(model.layers[0].kernel.numpy(), averaged(seen.kernels, 0.6))


def test_batch_norms_are_those_of_the_average():
    average = AverageWeights(0.6, X)
    model = fit([average])
    average.take()
    sums = X @ model.layers[0].kernel.numpy()
    norm = model.layers[1]
    assert norm.moving_mean.numpy() == pytest.approx(sums.mean(axis=0), abs=1e-5)
    assert norm.moving_variance.numpy() == pytest.approx(sums.var(axis=0), rel=1e-4)
    assert norm.momentum == keras.layers.BatchNormalization().momentum


def test_norms_of_uneven_batches_count_all_examples_alike():
    model = network()
    estimate_norms(model, X, batch=60)
    sums = X @ model.layers[0].kernel.numpy()
    assert model.layers[1].moving_mean.numpy() == pytest.approx(sums.mean(axis=0), abs=1e-6)


def test_latent_weights_are_averaged_and_then_narrowed():
    narrow = NarrowWeights(3)
    seen, average = Seen(narrow), AverageWeights(0.6, X, narrow)
    model = fit([average, narrow, seen])
    average.take()
    latent = narrow.behind(model.layers[0].kernel).numpy()
    steps = grid_steps(latent, 3)
    assert np.array_equal(model.layers[0].kernel.numpy(), grid_numbers(latent, steps, 3) * steps)
    assert latent == pytest.approx(averaged(seen.kernels, 0.6), abs=1e-6)


def test_narrowing_begins_with_the_average():
    narrow, seen = NarrowWeights(8, start_epoch=2), Seen()
    average = AverageWeights(0.6, X, narrow)
    began = []
    look = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: began.append(narrow.behind(model.layers[0].kernel).numpy())
    )
    model = network()
    model.compile("adam", "mse")
    model.fit(X, Y, batch_size=32, epochs=3, shuffle=False, callbacks=[average, narrow, look, seen], verbose=0)
    assert np.array_equal(began[2], averaged(seen.kernels[:6], 0.6))
    assert not np.array_equal(began[1], averaged(seen.kernels[:3], 0.6))


@pytest.mark.parametrize("better", [False, True])
def test_an_average_that_does_worse_is_left(better):
    average = AverageWeights(0.6, X)
    model = fit([average])
    last, seen = model.get_weights(), []

    def score(outputs: np.ndarray) -> float:
        seen.append(outputs)
        return 1.0 if better or len(seen) == 1 else 0.5

    average.take_if_no_worse(score)
    assert np.array_equal(model.layers[0].kernel.numpy(), last[0]) != better
    assert [outputs.shape for outputs in seen] == [Y.shape] * 2 and not np.allclose(*seen)


def test_pruned_weights_stay_away():
    narrow = NarrowWeights(4, start_epoch=2)
    average = AverageWeights(0.6, X, narrow)
    model = fit([PruneWeights(0.5, 0, 2), average, narrow], epochs=4)
    before = [layer.kernel.numpy() == 0 for layer in model.layers[::2]]
    average.take()
    assert all((layer.kernel.numpy()[gone] == 0).all() for layer, gone in zip(model.layers[::2], before, strict=True))
    assert sum(np.count_nonzero(layer.kernel.numpy()) for layer in model.layers[::2]) <= 18


def test_nothing_is_averaged_before_the_start_epoch():
    seen, average = Seen(), AverageWeights(0.6, X, start_epoch=2)
    model = fit([seen, average])
    average.take()
    assert np.array_equal(model.layers[0].kernel.numpy(), averaged(seen.kernels[6:], 0.6))


def test_without_a_batch_the_weights_stay():
    average = AverageWeights(0.6, X, start_epoch=9)
    model = fit([average])
    average.take()
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), fit([]).get_weights(), strict=True))


@pytest.mark.parametrize("momentum", [0, 1.0, -0.5])
def test_impossible_momentum_is_refused(momentum):
    with pytest.raises(ValueError) as refused:
        AverageWeights(momentum, X)
    assert str(refused.value) == f"the average of weights keeps a share between 0 and 1 a step, not {momentum}"


def test_averages_of_another_network_are_refused():
    average = AverageWeights(0.5, X)
    average.set_model(network())
    with pytest.raises(ValueError) as refused:
        average.restore({"count": np.array(3), "0": np.zeros((2, 2), np.float32)})
    assert str(refused.value) == "averages of other weights"


class Power(Exception):
    """It fails."""


def quick(folder: Path, **options) -> recipes.TrainResult:
    folder.mkdir(exist_ok=True)
    changes = {"average": AVERAGE}
    return recipes.train("digits-mlp", folder / "m.keras", TrainOptions(quick=True, changes=changes, **options))


@pytest.mark.long
def test_interrupted_run_ends_with_the_same_sharp_average(tmp_path):
    def cut(row: dict) -> None:
        if row["epoch"] == 4:
            raise Power

    with pytest.raises(Power):
        quick(tmp_path / "broken", on_epoch=cut)
    resumed, whole = quick(tmp_path / "broken", goes_on=True), quick(tmp_path / "whole")
    models = [keras.models.load_model(result.path) for result in (resumed, whole)]
    assert all(np.array_equal(a, b) for a, b in zip(*(model.get_weights() for model in models), strict=True))
    assert resumed.sharp_accuracy == whole.sharp_accuracy
    assert {layer.sharpness for layer in spiking_layers(models[0])} == {1.0}
    assert not [layer for layer in every_layer(models[0]) if type(layer).__name__ == "FusedBatchNormalization"]


def test_what_a_run_averages_is_told():
    assert origin_of("digits-mlp", RECIPES["digits-mlp"])["average"] is None
    changed = recipes.training.chosen("digits-mlp", TrainOptions(changes={"average": AVERAGE}))
    assert origin_of("digits-mlp", changed)["average"] == 0.999


def test_tables_are_averaged_once_they_are_wired():
    recipe = recipes.training.chosen("mnist-lut-98", TrainOptions(changes={"average": AVERAGE, "voters": 1000}))
    x = np.zeros((4, 784), np.float32)
    y = np.eye(10, dtype=np.float32)[:4]
    callbacks = training_callbacks(recipe, recipe.build(), x, y, 0)
    (average,) = (callback for callback in callbacks if isinstance(callback, AverageWeights))
    assert average.start_epoch == 34
