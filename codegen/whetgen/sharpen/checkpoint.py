"""Interrupt a training run and go on later, to the same result."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import keras
import numpy as np

from whetgen.foreign.arrays import LARGEST, ArrayArchive, open_arrays
from whetgen.host.files import whole_file

_ORIGIN = "origin"
_ORIGIN_BYTES = 1 << 20
_ADVICE = "a checkpoint cannot be mended: delete the file and begin anew"


@runtime_checkable
class Stateful(Protocol):
    """A callback that a checkpoint keeps: its state as numbers and arrays by name."""

    def set_model(self, model: keras.Model) -> None: ...

    def state(self) -> dict: ...

    def restore(self, state: dict) -> None: ...


@dataclass(frozen=True)
class TrainingProgress:
    """Where an interrupted run stands: epochs done, and whether a callback had ended it."""

    epochs: int
    stopped: bool


class Checkpoint(keras.callbacks.Callback):
    """Saves after each epoch all that training needs to go on, into one ``.npz`` file.

    That is: every variable of model and optimizer (sharpness, keys and random generators included)
    and the state of those ``callbacks`` that have one. Give it as the last callback of ``fit``.
    The file is replaced in one step: a run that is killed leaves the last whole one. ``origin``: what the run was
    started with, as JSON has it; ``read_origin`` gives it back.

    ``resume`` goes on from it. The result is bit for bit that of an uninterrupted run if the data
    come in the same order too: give ``fit`` a data set whose batches follow from the number of the
    epoch, and ``shuffle=False``.
    """

    def __init__(
        self,
        path: str | Path,
        callbacks: Sequence[keras.callbacks.Callback] = (),
        origin: Mapping[str, object] | None = None,
    ):
        super().__init__()
        self.path = Path(path)
        self.kept = _stateful(callbacks)
        self.origin = origin

    def on_epoch_end(self, epoch, logs=None):
        arrays: dict[str, Any] = {"epochs": np.array(epoch + 1), "stopped": np.array(bool(self.model.stop_training))}
        if self.origin is not None:
            arrays[_ORIGIN] = np.frombuffer(json.dumps(self.origin).encode(), np.uint8)
        arrays |= {f"variable/{n}": keras.ops.convert_to_numpy(v) for n, v in enumerate(_variables(self.model))}
        for number, callback in enumerate(self.kept):
            arrays |= {f"callback/{number}/{name}": np.asarray(value) for name, value in callback.state().items()}
        with whole_file(self.path) as partial, partial.open("wb") as file:
            np.savez(file, **arrays)


def resume(
    path: str | Path, model: keras.Model, callbacks: Sequence[keras.callbacks.Callback] = ()
) -> TrainingProgress:
    """Put ``model`` (compiled as before) and ``callbacks`` (the same, in the same order) where ``path`` left them.

    Train on with ``fit(initial_epoch=progress.epochs)`` unless ``progress.stopped``.

    Raises:
        ValueError: the file is damaged, or the checkpoint of another model or of other callbacks.
    """
    path, kept = Path(path), _stateful(callbacks)
    model.optimizer.build(model.trainable_variables)
    variables = _variables(model)
    for callback in kept:
        callback.set_model(model)
    with open_arrays(path, _ADVICE, limit=_limit(variables)) as saved:
        progress = TrainingProgress(_number(path, saved, "epochs"), bool(_number(path, saved, "stopped")))
        if not _alike(saved, variables, kept):
            raise ValueError(_other(path))
        states = [_state(saved, f"callback/{number}/") for number in range(len(kept))]
        values = [saved.read(f"variable/{number}") for number in range(len(variables))]
    before = [keras.ops.convert_to_numpy(variable) for variable in variables]
    try:
        _assign(variables, values)
        for callback, state in zip(kept, states, strict=True):
            callback.restore(state)
    except Exception as error:  # of any type: a callback meets what it did not write
        _assign(variables, before)
        raise ValueError(_other(path)) from error
    return progress


def read_origin(path: str | Path) -> dict[str, object] | None:
    """What the run of a checkpoint was started with; None where the checkpoint does not say.

    Raises:
        ValueError: the file is damaged.
    """
    path = Path(path)
    with open_arrays(path, _ADVICE, limit=_ORIGIN_BYTES) as saved:
        if _ORIGIN not in saved.names:
            return None
        text = saved.read(_ORIGIN)
    try:
        origin = json.loads(text.tobytes())
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: array '{_ORIGIN}' is damaged: {error}; {_ADVICE}") from error
    if not isinstance(origin, dict):
        raise ValueError(f"{path}: array '{_ORIGIN}' is damaged: {origin!r:.40}; {_ADVICE}")
    return origin


def _assign(variables: Sequence, values: Sequence[np.ndarray]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _limit(variables: Sequence) -> int:
    """Most bytes of a checkpoint. Callbacks keep more than a small model holds: wiring has a score for each input at each place."""
    return LARGEST + 4 * sum(8 * prod(v.shape) for v in variables)


def _alike(saved: ArrayArchive, variables: Sequence, kept: Sequence[Stateful]) -> bool:
    """Whether the shapes are those of the variables, and all callbacks' states have a place."""
    given = [name for name in saved.names if name.startswith("variable/")]
    owners = {name.split("/")[1] for name in saved.names if name.startswith("callback/")}
    return (
        set(given) == {f"variable/{number}" for number in range(len(variables))}
        and all(saved.header(f"variable/{n}").shape == tuple(v.shape) for n, v in enumerate(variables))
        and owners <= {str(number) for number in range(len(kept))}
    )


def _number(path: Path, saved: ArrayArchive, name: str) -> int:
    value = saved.read(name)
    if value.shape or value.dtype.kind not in "biu" or value < 0:
        raise ValueError(f"{path}: array '{name}' is no number of epochs; {_ADVICE}")
    return int(value)


def _state(saved: ArrayArchive, start: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(start): saved.read(name) for name in saved.names if name.startswith(start)}


def _other(path: Path) -> str:
    return f"{path} is a checkpoint of another model or of other callbacks"


def _variables(model: keras.Model) -> list:
    return [*model.variables, *model.optimizer.variables]


def _stateful(callbacks: Sequence[keras.callbacks.Callback]) -> list[Stateful]:
    return [callback for callback in callbacks if isinstance(callback, Stateful)]
