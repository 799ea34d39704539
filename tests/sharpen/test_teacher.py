"""A teacher's answers for the same distorted images are learned beside the labels."""

from pathlib import Path

import keras
import numpy as np
import pytest

from whetgen.sharpen import recipes
from whetgen.sharpen.recipes import TrainOptions
from whetgen.sharpen.recipes.batches import DistortedBatches
from whetgen.sharpen.recipes.distortion import Distortion
from whetgen.sharpen.recipes.given import TaughtLoss, Teacher, lessons
from whetgen.sharpen.recipes.origin import shaping
from whetgen.sharpen.recipes.tasks import CLASSIFY, RECONSTRUCT, Examples

RNG = np.random.default_rng(0)
IMAGES = RNG.random((20, 8, 8), dtype=np.float32)
LABELS = np.eye(10, dtype=np.float32)[RNG.integers(0, 10, 20)]
EXAMPLES = Examples(IMAGES, LABELS, IMAGES, LABELS)


def saved(folder: Path, shape: tuple[int, ...] = (64,), classes: int = 10, activation: str | None = "softmax") -> Path:
    keras.utils.set_random_seed(1)
    stack = [keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(classes, activation)]
    path = folder / "teacher.keras"
    keras.Sequential(stack).save(path)
    return path


def broken(folder: Path) -> Path:
    path = folder / "teacher.keras"
    path.write_bytes(b"PK, and nothing more")
    return path


def test_loss_is_a_mix_of_cross_entropy_and_softened_divergence():
    plain = keras.losses.CategoricalCrossentropy()
    ours, theirs = (np.exp(v) / np.exp(v).sum(axis=1, keepdims=True) for v in RNG.normal(size=(2, 5, 10)))
    softened = [p ** (1 / 2) / (p ** (1 / 2)).sum(axis=1, keepdims=True) for p in (ours, theirs)]
    apart = np.mean(np.sum(softened[1] * np.log(softened[1] / softened[0]), axis=1))
    loss = TaughtLoss(plain, 0.25, 2.0)(np.concatenate([LABELS[:5], theirs], axis=1).astype(np.float32), ours)
    assert float(loss) == pytest.approx(0.75 * float(plain(LABELS[:5], ours)) + 0.25 * 4 * apart, rel=1e-5)


def test_answers_are_those_for_the_distorted_images(tmp_path):
    teacher = Teacher(saved(tmp_path), CLASSIFY, EXAMPLES)
    batches = DistortedBatches(IMAGES, LABELS, (64,), batch=5, distortion=Distortion(shift=2), seed=0, teacher=teacher)
    images, targets = batches[0]
    assert np.array_equal(
        targets, np.concatenate([LABELS[batches.order[:5]], teacher.model.predict(images, verbose=0)], axis=1)
    )
    assert not np.array_equal(images, IMAGES[batches.order[:5]].reshape(-1, 64))


@pytest.mark.parametrize(
    ("made", "task", "message"),
    [
        (lambda folder: folder / "missing.keras", CLASSIFY, "no teacher: {folder}/missing.keras does not exist"),
        (saved, RECONSTRUCT, "{folder}/teacher.keras cannot teach: the recipe's targets are pictures, no classes"),
        (
            lambda folder: saved(folder, (65,)),
            CLASSIFY,
            "{folder}/teacher.keras reads (65,) and answers (10,), so it cannot teach 10 classes of (8, 8)",
        ),
        (
            lambda folder: saved(folder, classes=7),
            CLASSIFY,
            "{folder}/teacher.keras reads (64,) and answers (7,), so it cannot teach 10 classes of (8, 8)",
        ),
        (
            broken,
            CLASSIFY,
            "{folder}/teacher.keras: Keras cannot load this model (File not found: filepath={folder}/teacher.keras. "
            "Please ensure the file is an accessible `.keras` zip file)",
        ),
        (
            lambda folder: saved(folder, activation=None),
            CLASSIFY,
            "{folder}/teacher.keras does not answer with probabilities; a teacher ends in a softmax",
        ),
    ],
)
def test_models_that_cannot_teach_are_refused(tmp_path, made, task, message):
    with pytest.raises(ValueError) as refused:
        Teacher(made(tmp_path), task, EXAMPLES)
    assert str(refused.value) == message.format(folder=tmp_path)


def test_share_and_temperature_that_do_not_fit_are_refused():
    with pytest.raises(ValueError) as refused:
        TaughtLoss(keras.losses.CategoricalCrossentropy(), 1.5, 3.0)
    assert str(refused.value) == "teacher_weight is in 0..1 and teacher_temperature above 0, not 1.5 and 3.0"


def test_a_student_of_the_teacher_alone_answers_like_it(tmp_path):
    """And not like the labels; a resumed run must have the same teacher."""
    path = saved(tmp_path)
    options = TrainOptions(quick=True, teacher=path, changes={"teacher_weight": 1.0})
    taught = recipes.train("digits-mlp", tmp_path / "taught.keras", options)
    alone = recipes.train("digits-mlp", tmp_path / "alone.keras", TrainOptions(quick=True))
    assert taught.sharp_accuracy < alone.sharp_accuracy - 0.2
    assert shaping(options)["teacher"] != shaping(TrainOptions(quick=True))["teacher"]


def test_an_agent_takes_no_teacher(tmp_path):
    with pytest.raises(ValueError) as refused:
        recipes.train("cartpole-dqn", tmp_path / "m.keras", TrainOptions(teacher=saved(tmp_path)))
    assert str(refused.value) == "cartpole-dqn learns from what it tries; it takes no teacher"


def test_in_half_precision_the_teacher_multiplies_so_too(tmp_path):
    path = tmp_path / "teacher.keras"
    layers = keras.layers.Flatten(), keras.layers.Dense(9), keras.layers.Dense(10), keras.layers.Softmax()
    keras.Sequential([keras.Input((8, 8)), *layers]).save(path)
    whole, half = (lessons(recipes.RECIPES["digits-mlp"], EXAMPLES, path, mixed)[1] for mixed in (False, True))
    assert [layer.dtype_policy.name for layer in half.model.layers] == ["float32"] * 2 + ["mixed_bfloat16", "float32"]
    assert np.allclose(whole(IMAGES), half(IMAGES), atol=0.05)
