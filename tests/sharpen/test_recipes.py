"""Recipes end sharp and narrow, the same for the same seed; the shipped models are what they say."""

from fractions import Fraction
from math import gcd
from pathlib import Path

import keras
import numpy as np
import pytest

from whetgen.sharpen import recipes, spiking_layers
from whetgen.sharpen.data import load
from whetgen.sharpen.narrow import kernel_layers
from whetgen.sharpen.recipes.batches import DistortedBatches
from whetgen.sharpen.recipes.distortion import Distortion

MODELS = Path(__file__).parents[2] / "models"
IMAGES = np.random.default_rng(0).random((5, 8, 9), dtype=np.float32)


def bits_of(channel: np.ndarray) -> int:
    """Bits of the channel's weights as signed integers in lowest terms, in exact arithmetic."""
    exact = [Fraction(float(w)) for w in channel if w]
    scale = max((x.denominator for x in exact), default=1)
    numbers = [int(x * scale) for x in exact]
    return (max(map(abs, numbers)) // gcd(*numbers)).bit_length() + 1 if numbers else 0


def check_sharp_and_narrow(model: keras.Model, name: str):
    assert all(layer.sharpness == 1.0 for layer in spiking_layers(model))
    bits = recipes.RECIPES[name].weight_bits
    for layer in kernel_layers(model):
        kernel = keras.ops.convert_to_numpy(layer.kernel)
        channels = kernel.reshape(-1, kernel.shape[-1]).T
        assert max(map(bits_of, channels)) <= (bits[layer.name] if isinstance(bits, dict) else bits), layer.name


def test_quick_run_ends_sharp_narrow_and_without_optimizer(tmp_path):
    reports = []
    result = recipes.train("digits-mlp", tmp_path / "m.keras", quick=True, on_epoch=reports.append)
    model = keras.models.load_model(result.path, safe_mode=True)
    check_sharp_and_narrow(model, "digits-mlp")
    assert getattr(model, "optimizer", None) is None
    assert result.path == tmp_path / "m.keras" and result.recipe == "digits-mlp"
    assert result.sharpness == (1.0, 1.0) and result.seconds > 0
    assert result.epochs == recipes.recipe_epochs("digits-mlp", quick=True) == len(reports)
    assert [report["epoch"] for report in reports] == list(range(1, len(reports) + 1))
    assert reports[0]["sharpness"] == [0.0, 0.0] and reports[-1]["sharpness"] == [1.0, 1.0]
    assert result.soft_accuracy == reports[0]["val_accuracy"]
    assert result.sharp_accuracy == reports[-1]["val_accuracy"]


def test_reported_accuracy_is_that_of_the_saved_model(tmp_path):
    result = recipes.train("digits-mlp", tmp_path / "m.keras", quick=True)
    data = load("digits")
    scores = keras.models.load_model(result.path).predict(data.x_test[:256] / 16, verbose=0)
    assert np.mean(scores.argmax(axis=-1) == data.y_test[:256]) == pytest.approx(result.sharp_accuracy)


@pytest.mark.slow
def test_same_seed_same_model_and_another_seed_another(tmp_path):
    def weights(seed: int) -> list[np.ndarray]:
        result = recipes.train("digits-mlp", tmp_path / "m.keras", quick=True, seed=seed)
        return keras.models.load_model(result.path).get_weights()

    first = weights(1)
    assert all(np.array_equal(a, b) for a, b in zip(first, weights(1), strict=True))
    assert not np.array_equal(first[0], weights(2)[0])


def test_unknown_recipe_lists_the_known(tmp_path):
    message = r"^no recipe 'cats'; there are digits-mlp, mnist-mlp, mnist-cnn, mnist-mlp-small, mnist-cnn-small$"
    with pytest.raises(ValueError, match=message):
        recipes.train("cats", tmp_path / "m.keras")
    with pytest.raises(ValueError, match=message):
        recipes.recipe_epochs("cats")


def test_other_file_kinds_are_refused_before_training(tmp_path):
    with pytest.raises(ValueError, match=r"^a model is saved as a \.keras file, not as m\.h5$"):
        recipes.train("digits-mlp", tmp_path / "m.h5")


@pytest.mark.parametrize("name", recipes.recipe_names())
def test_schedule_leaves_most_epochs_to_the_sharp_narrow_network(name):
    recipe = recipes.RECIPES[name]
    sharp_from = recipe.soft_epochs + recipe.steps * len(spiking_layers(recipe.build()))
    assert recipe.soft_epochs >= 1 and 2 * sharp_from < recipe.epochs


@pytest.mark.parametrize(("name", "synapses"), [("digits-mlp", 4_000), ("mnist-mlp", 300_000), ("mnist-cnn", 100_000)])
def test_networks_keep_within_their_size(name, synapses):
    assert sum(layer.kernel.shape.num_elements() for layer in kernel_layers(recipes.RECIPES[name].build())) <= synapses


@pytest.mark.parametrize("name", recipes.recipe_names())
def test_shipped_model_is_sharp_narrow_and_small(name):
    path = MODELS / f"{name}.keras"
    check_sharp_and_narrow(keras.models.load_model(path, safe_mode=True), name)
    assert path.stat().st_size < 2_000_000


def test_shipped_digits_model_reads_the_held_out_quarter():
    data = load("digits")
    model = keras.models.load_model(MODELS / "digits-mlp.keras")
    right = model.predict(data.x_test / 16, verbose=0).argmax(axis=-1) == data.y_test
    assert right.sum() >= 432, "96 % of 450"


def test_distortion_of_nothing_changes_nothing():
    assert np.array_equal(Distortion()(IMAGES, np.random.default_rng(0)), IMAGES)


def test_distortion_interpolates_between_pixels():
    moved = Distortion(shift=3.0, rotation=0.5, scale=0.2, shear=0.2)(IMAGES, np.random.default_rng(0))
    assert moved.dtype == np.float32 and moved.shape == IMAGES.shape
    assert not np.array_equal(moved, IMAGES)
    assert moved.min() >= 0 and moved.max() <= 1


def test_an_epoch_takes_every_image_once_and_the_next_in_another_order():
    images = np.arange(6, dtype=np.float32)[:, None, None] * np.ones((1, 2, 2), np.float32)
    batches = DistortedBatches(images, np.arange(6), (4,), batch=2, distortion=Distortion(), seed=0)
    orders = []
    for _ in range(2):
        values, labels = zip(*(batches[i] for i in range(len(batches))), strict=True)
        assert np.array_equal(np.concatenate(values)[:, 0], np.concatenate(labels))
        orders.append(np.concatenate(labels).tolist())
        batches.on_epoch_end()
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(6)) and orders[0] != orders[1]
