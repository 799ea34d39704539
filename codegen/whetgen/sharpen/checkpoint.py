"""Interrupt a training run and go on later, to the same result."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import keras
import numpy as np


@runtime_checkable
class Stateful(Protocol):
    """A callback that a checkpoint keeps: its state as numbers and arrays by name."""

    def state(self) -> dict: ...

    def restore(self, state: dict) -> None: ...


@dataclass(frozen=True)
class Progress:
    """Where an interrupted run stands: epochs done, and whether a callback had ended it."""

    epochs: int
    stopped: bool


class Checkpoint(keras.callbacks.Callback):
    """Saves after each epoch all that training needs to go on, into one ``.npz`` file.

    That is: every variable of model and optimizer (sharpness, keys and random generators included)
    and the state of those ``callbacks`` that have one. Give it as the last callback of ``fit``.
    The file is replaced in one step: a run that is killed leaves the last whole one.

    ``resume`` goes on from it. The result is bit for bit that of an uninterrupted run if the data
    come in the same order too: give ``fit`` a data set whose batches follow from the number of the
    epoch, and ``shuffle=False``.
    """

    def __init__(self, path: str | Path, callbacks: Sequence[keras.callbacks.Callback] = ()):
        super().__init__()
        self.path = Path(path)
        self.kept = _stateful(callbacks)

    def on_epoch_end(self, epoch, logs=None):
        arrays = {"epochs": np.array(epoch + 1), "stopped": np.array(bool(self.model.stop_training))}
        arrays |= {f"variable/{n}": keras.ops.convert_to_numpy(v) for n, v in enumerate(_variables(self.model))}
        for number, callback in enumerate(self.kept):
            arrays |= {f"callback/{number}/{name}": np.asarray(value) for name, value in callback.state().items()}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_name(f"{self.path.name}.partial")
        with partial.open("wb") as file:
            np.savez(file, **arrays)
        os.replace(partial, self.path)  # noqa: PTH105 - says that it is atomic


def resume(path: str | Path, model: keras.Model, callbacks: Sequence[keras.callbacks.Callback] = ()) -> Progress:
    """Put ``model`` (compiled as before) and ``callbacks`` (the same, in the same order) where ``path`` left them.

    Train on with ``fit(initial_epoch=progress.epochs)`` unless ``progress.stopped``.

    Raises:
        ValueError: the file is damaged, or the checkpoint of another model or of other callbacks.
    """
    saved, kept = _read(Path(path)), _stateful(callbacks)
    model.optimizer.build(model.trainable_variables)
    variables = _variables(model)
    given = [saved.get(f"variable/{number}") for number in range(len(variables))]
    owners = {key.split("/")[1] for key in saved if key.startswith("callback/")}
    alike = all(a is not None and a.shape == tuple(v.shape) for a, v in zip(given, variables, strict=True))
    if not alike or f"variable/{len(variables)}" in saved or len(owners - {str(n) for n in range(len(kept))}):
        raise ValueError(f"{path} is a checkpoint of another model or of other callbacks")
    for variable, value in zip(variables, given, strict=True):
        variable.assign(value)
    for number, callback in enumerate(kept):
        callback.set_model(model)
        start = f"callback/{number}/"
        callback.restore({k.removeprefix(start): v for k, v in saved.items() if k.startswith(start)})
    return Progress(int(saved["epochs"]), bool(saved["stopped"]))


def _read(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as file:
            saved = dict(file)
            return saved if {"epochs", "stopped"} <= set(saved) else _damaged(path)
    except (OSError, EOFError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is no checkpoint, or a damaged one: {error}") from error


def _damaged(path: Path):
    raise ValueError(f"{path.name} holds no training state")


def _variables(model: keras.Model) -> list:
    return [*model.variables, *model.optimizer.variables]


def _stateful(callbacks: Sequence[keras.callbacks.Callback]) -> list[Stateful]:
    return [callback for callback in callbacks if isinstance(callback, Stateful)]
