"""Recipes end sharp and narrow, the same for the same seed; the shipped models are what they say."""

import re
import sys
from dataclasses import replace
from fractions import Fraction
from math import gcd
from pathlib import Path

import keras
import numpy as np
import pytest
from scipy.ndimage import map_coordinates
from tests.mutants import mutant

import whetgen
from whetgen.sharpen import SpikingBReLU, Thermometer, recipes, spiking_layers
from whetgen.sharpen.data import Dataset, load
from whetgen.sharpen.logger import WhetstoneLogger, read_log
from whetgen.sharpen.narrow import kernel_layers, per_channel
from whetgen.sharpen.recipes import RECIPES, DqnRecipe, TrainOptions, training
from whetgen.sharpen.recipes.batches import DistortedBatches
from whetgen.sharpen.recipes.callbacks import EarlyStop, costly_bits
from whetgen.sharpen.recipes.distortion import Distortion
from whetgen.sharpen.recipes.origin import check_origin, origin_of
from whetgen.sharpen.recipes.precision import use_all_gpus
from whetgen.sharpen.recipes.tasks import agreement, intersection_over_union

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
    for layer in kernel_layers(model):
        kernel = keras.ops.convert_to_numpy(layer.kernel)
        channels = kernel.reshape(-1, kernel.shape[-1]).T
        assert max(map(bits_of, channels)) <= max(2, promised_bits(name, layer.name)), layer.name


def promised_bits(name: str, layer: str) -> int:
    """Of the recipe, which a pruned model shares with the whole one, for all layers or by layer; a model that no recipe makes says so in its name."""
    name = name.removesuffix("-pruned")
    if name not in RECIPES:
        return int(re.search(r"-(\d+)bit$", name)[1])
    bits = RECIPES[name].weight_bits
    return bits[layer] if isinstance(bits, dict) else bits


QUICK = TrainOptions(quick=True)
FITTED = [name for name, recipe in RECIPES.items() if not isinstance(recipe, DqnRecipe)]
SMALL = ["digits-mlp-2bit", "mnist-tfc", "mnist-lut-small", "fashion-mlp", "mnist-autoencoder", "cartpole-dqn"]
LIKE_OTHERS = [
    "cifar10-vgg",
    "cifar10-vgg-2bit",
    "cifar100-vgg",
    "coco-person-segmentation",
    "mnist-lut",
    "mnist-lut-98",
    "mnist-lut-tiny",
]  # of the layers of smaller ones: long tests
LARGE = [name for name in RECIPES if name not in (*SMALL, "digits-mlp", "mnist-mlp", "mnist-sfc", "mnist-lfc")]


def quick(out: Path, name: str = "digits-mlp", **options) -> recipes.TrainResult:
    return recipes.train(name, out / "m.keras", TrainOptions(quick=True, **options))


def weights_of(result: recipes.TrainResult) -> list[np.ndarray]:
    return keras.models.load_model(result.path).get_weights()


def test_quick_run_ends_sharp_narrow_and_without_optimizer(tmp_path):
    reports = []
    result = quick(tmp_path, on_epoch=reports.append)
    model = keras.models.load_model(result.path, safe_mode=True)
    check_sharp_and_narrow(model, "digits-mlp")
    assert getattr(model, "optimizer", None) is None
    assert result.path == tmp_path / "m.keras" and result.recipe == "digits-mlp"
    assert result.sharpness == (1.0, 1.0) and result.seconds > 0 and result.figure == "accuracy"
    assert result.epochs == len(reports) == reports[0]["epochs"]
    assert [report["epoch"] for report in reports] == list(range(1, len(reports) + 1))
    assert reports[0]["dense1_spikes/sharpness"] == 0.0 and reports[-1]["head_spikes/sharpness"] == 1.0
    assert result.soft_accuracy == reports[0]["soft"] and result.sharp_accuracy == reports[-1]["hard"]
    assert {file.name for file in tmp_path.iterdir()} == {"m.keras", "m.csv", "m.png"}, "and no checkpoint"
    assert read_log(tmp_path / "m.csv")[-1]["hard"] == result.sharp_accuracy


def test_reported_accuracy_is_that_of_the_saved_model(tmp_path):
    result = quick(tmp_path)
    data = load("digits")
    scores = keras.models.load_model(result.path).predict(data.x_test[:256] / 16, verbose=0)
    assert np.mean(scores.argmax(axis=-1) == data.y_test[:256]) == pytest.approx(result.sharp_accuracy)


@pytest.mark.slow
def test_same_seed_same_model_and_another_seed_another(tmp_path):
    def weights(seed: int) -> list[np.ndarray]:
        return weights_of(quick(tmp_path, seed=seed))

    first = weights(1)
    assert all(np.array_equal(a, b) for a, b in zip(first, weights(1), strict=True))
    assert not np.array_equal(first[0], weights(2)[0])


class Power(Exception):
    """Goes out."""


@pytest.mark.slow
def test_interrupted_run_resumes_to_the_same_model(tmp_path):
    def cut(row: dict) -> None:
        if row["epoch"] == 4:
            raise Power

    whole, broken = tmp_path / "whole", tmp_path / "broken"
    with pytest.raises(Power):
        quick(broken, on_epoch=cut)
    resumed, unbroken = quick(broken, goes_on=True), quick(whole)
    pairs = zip(weights_of(resumed), weights_of(unbroken), strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)
    assert (broken / "m.csv").read_bytes() == (whole / "m.csv").read_bytes()
    assert (resumed.soft_accuracy, resumed.sharp_accuracy) == (unbroken.soft_accuracy, unbroken.sharp_accuracy)


def test_checkpoint_that_is_missing_or_in_the_way_is_refused(tmp_path):
    state = tmp_path / "m.checkpoint.npz"
    with pytest.raises(ValueError) as refused:
        quick(tmp_path, goes_on=True)
    assert str(refused.value) == f"nothing to resume: {state} does not exist"
    state.write_bytes(b"")
    with pytest.raises(ValueError) as refused:
        quick(tmp_path)
    assert str(refused.value) == f"{state} is the checkpoint of an interrupted run: resume it, or delete the file"


def test_settings_of_a_recipe_can_be_changed(tmp_path):
    changes = {"weight_bits": 2, "synapses": 0.3}
    result = quick(tmp_path, changes=changes)
    model = keras.models.load_model(result.path)
    kernels = [per_channel(layer) for layer in kernel_layers(model)]
    assert all(bits_of(channel) <= 2 for kernel in kernels for channel in kernel.T)
    assert sum(map(np.count_nonzero, kernels)) <= 0.3 * sum(kernel.size for kernel in kernels)


def test_fine_tuning_starts_sharp_from_the_given_weights(tmp_path):
    first = quick(tmp_path)
    reports = []
    again = recipes.train(
        "digits-mlp",
        tmp_path / "again.keras",
        TrainOptions(quick=True, start=first.path, changes={"learning_rate": 1e-12}, on_epoch=reports.append),
    )
    assert [report["dense1_spikes/sharpness"] for report in reports] == [1.0] * len(reports)
    kernels = [per_channel(layer) for layer in kernel_layers(keras.models.load_model(first.path))]
    kept = [per_channel(layer) for layer in kernel_layers(keras.models.load_model(again.path))]
    assert all(np.array_equal(a, b) for a, b in zip(kernels, kept, strict=True))


@pytest.mark.parametrize(
    ("name", "start", "message"),
    [
        ("digits-mlp", "missing.keras", "^no weights to start from: .*missing.keras does not exist$"),
        ("digits-mlp", "mnist-cnn.keras", "mnist-cnn.keras has other layers than the recipe, so training cannot start"),
        ("cartpole-dqn", "mnist-cnn.keras", "^cartpole-dqn explores from the beginning; it cannot start from a model"),
    ],
)
def test_weights_that_do_not_fit_are_refused(tmp_path, name, start, message):
    with pytest.raises(ValueError, match=message):
        quick(tmp_path, name, start=MODELS / start)


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_model_to_start_from_is_one_line(tmp_path, seed):
    damaged = tmp_path / "start.keras"
    damaged.write_bytes(mutant((MODELS / "digits-mlp.keras").read_bytes(), seed))
    try:
        training.begin_with(RECIPES["digits-mlp"].build(), damaged)
    except ValueError as error:
        assert "start.keras" in str(error) and "\n" not in str(error)


def test_unknown_setting_lists_the_known(tmp_path):
    with pytest.raises(
        ValueError, match=r"^recipe digits-mlp has no colour; it has average, batch, build, clip, data, "
    ):
        quick(tmp_path, changes={"colour": 1})


def test_comparing_with_half_of_the_codes_costs_nothing():
    model = keras.Sequential([keras.Input((2,)), Thermometer([0.25, 0.5])])
    assert costly_bits(model, 255).tolist() == [True, True, False, False]
    assert costly_bits(model, 16).all() and costly_bits(keras.Sequential([keras.Input((2,))]), 255) is None


def test_early_stop_waits_for_sharpness_and_for_patience():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1), SpikingBReLU(0.5)])
    stop = EarlyStop(patience=2)
    stop.set_model(model)
    model.stop_training = False
    seen = []
    for epoch, loss in enumerate([1.0, 2.0, 3.0, 1.0, 1.1, 0.9, 1.0, 0.9]):
        model.layers[-1].sharpness = 0.5 if epoch < 3 else 1.0
        stop.on_epoch_end(epoch, {"loss": loss})
        seen.append(model.stop_training)
    assert seen == [False] * 7 + [True]


def test_mixed_precision_saves_a_float32_model_like_any_other(tmp_path):
    result = quick(tmp_path, mixed_precision=True)
    model = keras.models.load_model(result.path)
    assert {layer.dtype_policy.name for layer in model.layers} == {"float32"}
    assert keras.config.dtype_policy().name == "float32"
    check_sharp_and_narrow(model, "digits-mlp")


def test_several_gpus_share_each_batch(monkeypatch):
    used = []
    monkeypatch.setattr(keras.distribution, "list_devices", lambda: ["gpu:0", "gpu:1"])
    monkeypatch.setattr(keras.distribution, "DataParallel", lambda devices: devices)
    monkeypatch.setattr(keras.distribution, "set_distribution", used.append)
    use_all_gpus()
    assert used == [["gpu:0", "gpu:1"]]


def test_one_device_is_left_alone(monkeypatch):
    monkeypatch.setattr(keras.distribution, "set_distribution", lambda _: pytest.fail("called"))
    for devices in (["cpu:0"], ["cpu:0", "cpu:1"], ["gpu:0"]):
        monkeypatch.setattr(keras.distribution, "list_devices", lambda found=devices: found)
        use_all_gpus()


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL)
def test_recipe_runs_and_its_model_is_integers(name, tmp_path):
    """Fully sharp, saved, and the traced integers give the reported score on the held-out examples."""
    recipe, result = RECIPES[name], quick(tmp_path, name)
    model = whetgen.load_model(result.path)
    assert set(result.sharpness) == {1.0}
    if isinstance(recipe, DqnRecipe):
        graph = whetgen.trace(model, whetgen.InputSpec("int8", 127))
        assert graph.run(np.zeros((3, 4), np.int8)).shape == (3, 2)
        return
    graph = whetgen.trace(model, whetgen.InputSpec(scale=recipe.input_scale))
    codes = load(recipe.data).x_test[:256]
    if result.figure == "accuracy":
        right = graph.predict(codes.reshape(-1, *graph.input.shape)) == load(recipe.data).y_test[:256]
        assert right.mean() == pytest.approx(result.sharp_accuracy, abs=0.005)
    else:
        sums = graph.run(codes.reshape(-1, *graph.input.shape))
        bits = codes.reshape(len(codes), -1) / 255 >= 0.5
        assert np.mean((sums >= 0) == bits) == pytest.approx(result.sharp_accuracy, abs=0.005)
    if recipe.weight_bits:
        check_sharp_and_narrow(model, name)


@pytest.fixture
def generated_images(monkeypatch):
    """Pictures of the right format in place of data sets that are not at hand; a few, since networks are large."""

    def load_generated(name: str) -> Dataset:
        model = next(r.build() for r in RECIPES.values() if not isinstance(r, DqnRecipe) and r.data == name)
        side, rng = model.input_shape[1], np.random.default_rng(0)
        shape = (8, *model.input_shape[1:]) if model.input_shape[-1] == 3 else (8, side, side)
        x = rng.integers(0, 256, shape).astype(np.uint8)
        masks = name in ("digit_canvases", "coco_persons")
        y = (x.reshape(8, side, side, -1)[..., 0] > 127).astype(np.uint8) if masks else np.arange(8, dtype=np.uint8)
        return Dataset(x, y, x[:2], y[:2])

    monkeypatch.setattr(training, "load", load_generated)


@pytest.mark.slow
@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.long] * (n in LIKE_OTHERS)) for n in LARGE])
def test_large_recipe_takes_a_few_steps_on_generated_images(name, generated_images, tmp_path):
    """Two epochs of one step: it builds, learns, logs, saves and loads; sharpness is there to see."""
    recipe = replace(RECIPES[name], epochs=2, soft_epochs=1, steps=1, batch=8)
    examples = recipe.task.examples(training.load(recipe.data), recipe.input_scale)
    log = WhetstoneLogger(None, None, metric=recipe.task.metric)
    training.plain(training.fit(recipe, examples, TrainOptions(), log), recipe).save(tmp_path / "m.keras")
    model = keras.models.load_model(tmp_path / "m.keras", safe_mode=True)
    sharpness = [layer.sharpness for layer in spiking_layers(model)]
    assert sharpness[0] == 1.0 and set(sharpness[1:]) <= {0.0}
    assert len(log.rows) == 2 and all(0 <= row["hard"] <= 1 for row in log.rows)
    assert model.input_shape == recipe.build().input_shape


def test_too_few_epochs_to_become_sharp_are_refused(tmp_path):
    with pytest.raises(ValueError, match="^digits-mlp is sharp after 18 epochs at the earliest, not after 17$"):
        recipes.train("digits-mlp", tmp_path / "m.keras", TrainOptions(changes={"epochs": 17}))


def test_what_is_sharp_from_the_start_may_train_for_an_epoch(tmp_path):
    options = recipes.TrainOptions(start=MODELS / "digits-mlp.keras", changes={"epochs": 1, "learning_rate": 1e-4})
    result = recipes.train("digits-mlp", tmp_path / "m.keras", options)
    assert (result.epochs, result.sharpness) == (1, (1.0, 1.0)) and result.sharp_accuracy > 0.9


def test_agent_has_nothing_to_resume(tmp_path):
    with pytest.raises(ValueError, match="^cartpole-dqn keeps no checkpoint to resume; run it from the beginning$"):
        recipes.train("cartpole-dqn", tmp_path / "m.keras", TrainOptions(goes_on=True))


LAST_STEPS = {
    "plain": (training, "plain"),
    "plot": (training, "plot_log"),
    "model": (training, "save_small"),
    "clean": (Path, "unlink"),
}


@pytest.mark.slow
def test_run_that_is_cut_at_each_step_after_its_last_epoch_is_finished_on_resume(tmp_path):
    for number, (owner, step) in enumerate(LAST_STEPS.values()):
        with pytest.raises(Power), pytest.MonkeyPatch.context() as patch:
            patch.setattr(owner, step, lambda *_, **__: (_ for _ in ()).throw(Power))
            quick(tmp_path, goes_on=number > 0)
        if not number:
            log = (tmp_path / "m.csv").read_bytes()
    weights = keras.models.load_model(tmp_path / "m.keras").get_weights()
    result = quick(tmp_path, goes_on=True)
    assert result.epochs == len(read_log(tmp_path / "m.csv"))
    assert {file.name for file in tmp_path.iterdir()} == {"m.keras", "m.csv", "m.png"}
    assert (tmp_path / "m.csv").read_bytes() == log
    assert all(np.array_equal(a, b) for a, b in zip(weights, weights_of(result), strict=True))


OTHER = {
    "seed": ({"seed": 9}, "seed 0, not 9"),
    "weight bits": ({"changes": {"weight_bits": 2}}, "weight_bits 4, not 2"),
    "synapses": ({"changes": {"synapses": 500}}, "synapses none, not 500"),
    "average": ({"changes": {"average": 0.9}}, "average none, not 0.9"),
    "patience": ({"changes": {"patience": 3}}, "patience none, not 3"),
    "batch and seed": ({"changes": {"learning_rate": 0.5}, "seed": 1}, "learning_rate 0.004, not 0.5; seed 0, not 1"),
    "precision": ({"mixed_precision": True}, "mixed_precision False, not True"),
    "whole data": ({"quick": False}, "epochs 5, not 200; soft_epochs 1, not 10; steps 1, not 4; quick True, not False"),
}


def test_resume_with_other_settings_is_refused_with_both_values(tmp_path):
    with pytest.raises(Power):
        quick(tmp_path, on_epoch=lambda row: (_ for _ in ()).throw(Power) if row["epoch"] == 2 else None)
    state = tmp_path / "m.checkpoint.npz"
    before = state.read_bytes()
    for options, message in OTHER.values():
        with pytest.raises(ValueError) as refused:
            recipes.train(
                "digits-mlp", tmp_path / "m.keras", TrainOptions(**{"quick": True, "goes_on": True, **options})
            )
        assert str(refused.value) == (
            f"{state} was made with {message}: give the same settings, or delete the file and begin anew"
        )
    with pytest.raises(
        ValueError, match=r"made with recipe digits-mlp, not mnist-mlp; data digits, not mnist; epochs 5, not 6; "
    ):
        quick(tmp_path, "mnist-mlp", goes_on=True)
    assert state.read_bytes() == before


def test_checkpoints_of_older_versions_and_others_are_refused(tmp_path, monkeypatch):
    state = tmp_path / "m.checkpoint.npz"
    np.savez(state, epochs=np.array(1), stopped=np.array(False))
    with pytest.raises(ValueError) as refused:
        quick(tmp_path, goes_on=True)
    assert str(refused.value) == (
        f"{state} does not say which settings it was made with, as older versions left them; delete the file and begin anew"
    )
    made = origin_of("digits-mlp", RECIPES["digits-mlp"])
    monkeypatch.setattr("whetgen.sharpen.recipes.origin.version", lambda _: "9.9")
    with pytest.raises(
        ValueError, match=r"^that was made with version 0\.1\.0, not 9\.9: give the same settings, or wait$"
    ):
        check_origin("that", made, origin_of("digits-mlp", RECIPES["digits-mlp"]), "wait")


def test_without_matplotlib_a_note_says_so(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    result = quick(tmp_path)
    assert [file.name for file in result.files] == ["m.csv"]
    assert len(result.notes) == 1 and result.notes[0].endswith("install whetgen[train]")


def test_unknown_recipe_lists_the_known(tmp_path):
    with pytest.raises(ValueError, match=r"^no recipe 'cats'; there are digits-mlp, mnist-mlp, mnist-cnn, "):
        recipes.train("cats", tmp_path / "m.keras")


def test_other_file_kinds_are_refused_before_training(tmp_path):
    with pytest.raises(ValueError, match=r"^a model is saved as a \.keras file, not as m\.h5$"):
        recipes.train("digits-mlp", tmp_path / "m.h5")


@pytest.mark.parametrize("name", FITTED)
def test_schedule_leaves_most_epochs_to_the_sharp_network(name):
    recipe = RECIPES[name]
    sharp_from = recipe.soft_epochs + recipe.steps * len(spiking_layers(recipe.build()))
    assert recipe.soft_epochs >= 1 and 2 * sharp_from < recipe.epochs


def test_agreement_counts_pixels():
    assert agreement(np.array([[0.5, 0.4, 0.9, 0.1]]), np.array([[1, 1, 1, 0]])) == 0.75


def test_intersection_over_union_counts_over_all_examples():
    ours, theirs = np.array([[0.9, 0.9, 0.1], [0.0, 0.0, 0.0]]), np.array([[1, 0, 1], [0, 0, 1]])
    assert intersection_over_union(ours, theirs) == 1 / 4
    assert intersection_over_union(np.zeros(3), np.zeros(3)) == 1.0


@pytest.mark.parametrize(("name", "synapses"), [("digits-mlp", 4_000), ("mnist-mlp", 300_000), ("mnist-cnn", 100_000)])
def test_networks_keep_within_their_size(name, synapses):
    assert sum(layer.kernel.shape.num_elements() for layer in kernel_layers(recipes.RECIPES[name].build())) <= synapses


@pytest.mark.parametrize("name", [path.stem for path in sorted(MODELS.glob("*.keras"))])
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


def test_whole_shifts_move_pixels_and_change_none():
    pictures = np.arange(1, 57, dtype=np.float32).reshape(1, 7, 8).repeat(40, axis=0)
    padded = np.pad(pictures[0], 3)
    shifted = {padded[row : row + 7, column : column + 8].tobytes() for row in range(7) for column in range(7)}
    moved = Distortion(shift=3.4, whole=True)(pictures, np.random.default_rng(0))
    seen = {picture.tobytes() for picture in moved}
    assert seen <= shifted and len(seen) > 20


def test_moved_pixels_are_what_scipy_interpolates_where_they_came_from():
    rows, columns = np.mgrid[:12, :11].astype(np.float32)
    noise = np.random.default_rng(1).random((12, 11), dtype=np.float32)
    pictures = np.stack([rows, columns, noise, np.ones_like(rows)], axis=-1)[None].repeat(6, axis=0)
    moves = Distortion(shift=2.0, rotation=0.4, scale=0.2, shear=0.1)
    for moved in moves(pictures, np.random.default_rng(2)):
        inside = moved[..., 3] > 1 - 1e-5
        places = moved[inside][:, :2].T
        assert np.allclose(moved[inside][:, 2], map_coordinates(noise, places, order=1), atol=1e-4)
        assert 30 < inside.sum() < inside.size and np.ptp(np.diff(moved[3:9, 3:8, 0], axis=0)) < 1e-4


def test_an_epoch_takes_every_image_once_and_the_next_in_another_order():
    images = np.arange(6, dtype=np.float32)[:, None, None] * np.ones((1, 2, 2), np.float32)
    batches = DistortedBatches(images, np.arange(6), (4,), batch=2, distortion=None, seed=0)
    orders = []
    for _ in range(2):
        values, labels = zip(*(batches[i] for i in range(len(batches))), strict=True)
        assert np.array_equal(np.concatenate(values)[:, 0], np.concatenate(labels))
        orders.append(np.concatenate(labels).tolist())
        batches.on_epoch_end()
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(6)) and orders[0] != orders[1]


def test_batches_of_a_later_epoch_are_those_an_earlier_start_would_give():
    images, targets = IMAGES, np.arange(5)
    early, late = (
        DistortedBatches(images, targets, (8, 9), batch=5, distortion=Distortion(shift=1), seed=3, epoch=epoch)
        for epoch in (0, 1)
    )
    early.on_epoch_end()
    assert all(np.array_equal(a, b) for a, b in zip(early[0], late[0], strict=True))


def test_channels_of_an_image_move_together():
    pictures = np.repeat(IMAGES[..., None], 3, axis=-1)
    moved = Distortion(shift=2, rotation=0.3, mirror=True)(pictures, np.random.default_rng(0))
    assert moved.shape == pictures.shape and np.array_equal(moved[..., 0], moved[..., 2])


def test_mirror_turns_about_half_of_the_images():
    images = np.tile(IMAGES[:1], (200, 1, 1))
    turned = Distortion(mirror=True)(images, np.random.default_rng(0))
    count = sum(np.array_equal(picture, IMAGES[0][:, ::-1]) for picture in turned)
    assert 70 < count < 130 and count + sum(np.array_equal(picture, IMAGES[0]) for picture in turned) == 200


def test_a_square_is_erased_in_the_given_share_of_images():
    images = np.ones((400, 8, 9, 3), np.float32)
    erased = Distortion(erase=3, erased=0.25)(images, np.random.default_rng(0)) == 0
    hit = erased.any(axis=(1, 2, 3))
    assert 70 < hit.sum() < 130
    rows, columns = erased.any(axis=(2, 3)), erased.any(axis=(1, 3))
    assert np.array_equal(erased, np.broadcast_to((rows[:, :, None] & columns[:, None])[..., None], erased.shape))
    assert (rows[hit].sum(axis=1) == 3).all() and (columns[hit].sum(axis=1) == 3).all()
    assert {int(places.argmax()) for places in rows[hit]} == set(range(6)), "every row that a square can begin in"
    assert {int(places.argmax()) for places in columns[hit]} == set(range(7))


def test_erasing_follows_from_the_seed_and_changes_nothing_else():
    moves = {"shift": 2.0, "scale": 0.1, "mirror": True}
    moved = Distortion(**moves)(IMAGES, np.random.default_rng(7))
    erased, again = (Distortion(**moves, erase=4, erased=1.0)(IMAGES, np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(erased, again)
    changed = erased != moved
    assert changed.any(axis=(1, 2)).all() and (erased[changed] == 0).all() and (changed.sum(axis=(1, 2)) <= 16).all()


def test_squares_that_do_not_fit_are_refused():
    with pytest.raises(ValueError) as refused:
        Distortion(erase=9)(IMAGES, np.random.default_rng(0))
    assert str(refused.value) == "a square of 9 pixels is larger than images of 8x9"
    with pytest.raises(ValueError) as refused:
        Distortion(erase=4, erased=1.5)
    assert str(refused.value) == "erase is a side of 0 pixels or more and erased a share in 0..1, not 4 and 1.5"
