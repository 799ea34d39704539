"""Models that are given as files: weights to start from, and teachers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from keras import ops

from whetgen.errors import BadInput
from whetgen.foreign.reasons import one_line
from whetgen.sharpen.load import load_model
from whetgen.sharpen.recipes.precision import halve_kernels
from whetgen.sharpen.recipes.table import Recipe
from whetgen.sharpen.recipes.tasks import Examples, Task

_LEAST = 1e-7  # probability


def begin_with(model: keras.Model, start: Path) -> None:
    """Give ``model`` the weights that the file ``start`` holds.

    Raises:
        ValueError: the file is missing or no Keras model, or one of other layers.
    """
    weights = _loaded(start, "weights to start from", load_model).get_weights()
    if [w.shape for w in weights] != [w.shape for w in model.get_weights()]:
        raise ValueError(f"{start} has other layers than the recipe, so training cannot start from its weights")
    model.set_weights(weights)


def lessons(
    recipe: Recipe, examples: Examples, file: Path | None, mixed: bool = False
) -> tuple[keras.losses.Loss, Teacher | None]:
    """The loss, and who helps to teach; ``mixed``: in half precision on a CPU."""
    loss = recipe.task.loss(recipe.label_smoothing)
    if file is None:
        return loss, None
    taught = TaughtLoss(loss, recipe.teacher_weight, recipe.teacher_temperature)
    return taught, Teacher(file, recipe.task, examples, mixed)


class Teacher:
    """A model in the file ``path`` that answers with a probability for each class; of any layers of Keras, but none that carry code.

    ``mixed``: it computes in half precision on a CPU.

    Raises:
        ValueError: the file is missing or no Keras model; the task has no classes; images or classes of the
            ``examples`` (one-hot) are of another number than the model's; or it answers with something else.
    """

    def __init__(self, path: Path, task: Task, examples: Examples, mixed: bool = False):
        self.model = _loaded(path, "teacher", _of_any_layers)
        images, classes = examples.x_train, examples.y_train.shape[-1]
        if task.pictures:
            raise ValueError(f"{path} cannot teach: the recipe's targets are pictures, no classes")
        reads, answers = self.model.input_shape[1:], self.model.output_shape[1:]
        if np.prod(reads) != images[0].size or answers != (classes,):
            raise ValueError(
                f"{path} reads {reads} and answers {answers}, so it cannot teach {classes} classes of {images[0].shape}"
            )
        if mixed:
            halve_kernels(self.model)
        few = self(images[:16])
        if few.min() < 0 or not np.allclose(few.sum(axis=1), 1, atol=1e-3):
            raise ValueError(f"{path} does not answer with probabilities; a teacher ends in a softmax")

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """float32 (count, classes) for images (count, ...)."""
        shaped = images.reshape(-1, *self.model.input_shape[1:])
        return np.concatenate([self.model.predict_on_batch(shaped[at : at + 500]) for at in range(0, len(shaped), 500)])

    def beside(self, targets: np.ndarray, images: np.ndarray) -> np.ndarray:
        """(count, 2 * classes): ``targets`` and the answers for ``images``."""
        return np.concatenate([targets, self(images)], axis=1)


class TaughtLoss(keras.losses.Loss):
    """``(1 - weight) * loss`` of the labels and ``weight`` of the divergence from a teacher's answers.

    Targets are both, side by side: (count, 2 * classes). Probabilities p are softened to softmax(log p / temperature), and the
    divergence counts temperature^2 times, so that its gradient stays as large (Hinton, Vinyals and Dean, Distilling the knowledge in a
    neural network, 2015).

    Raises:
        ValueError: a weight outside 0..1, or a temperature that is not above 0.
    """

    def __init__(self, loss: keras.losses.Loss, weight: float, temperature: float):
        super().__init__()
        if not 0 <= weight <= 1 or temperature <= 0:
            raise ValueError(
                f"teacher_weight is in 0..1 and teacher_temperature above 0, not {weight} and {temperature}"
            )
        self.loss, self.weight, self.temperature = loss, weight, temperature

    def call(self, y_true, y_pred):
        classes = y_pred.shape[-1]
        ours, theirs = self._softened(y_pred), self._softened(y_true[:, classes:])
        apart = ops.sum(ops.exp(theirs) * (theirs - ours), axis=-1)
        return (1 - self.weight) * self.loss.call(
            y_true[:, :classes], y_pred
        ) + self.weight * self.temperature**2 * apart

    def _softened(self, shares):
        """Logarithms."""
        return ops.log_softmax(ops.log(ops.maximum(shares, _LEAST)) / self.temperature, axis=-1)


def _of_any_layers(path: Path) -> keras.Model:
    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises nearly every type here
        raise BadInput(f"Keras cannot load this model ({one_line(error)})") from error


def _loaded(path: Path, what: str, load: Callable[[Path], keras.Model]) -> keras.Model:
    if not path.is_file():
        raise ValueError(f"no {what}: {path} does not exist")
    try:
        return load(path)
    except BadInput as error:
        raise ValueError(str(error) if str(error).startswith(str(path)) else f"{path}: {error}") from error
