"""What sharpening does to a network, epoch by epoch: a table, and TensorBoard."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from whetgen.host.files import whole_file
from whetgen.sharpen.find_layers import sharpness_of
from whetgen.sharpen.plot import empty_figure, plot_log
from whetgen.sharpen.spikes import hardened, watch

Metric = Callable[[np.ndarray, np.ndarray], float]


def accuracy(outputs: np.ndarray, labels: np.ndarray) -> float:
    """Share of rows whose greatest output is at the label: class indices (n,), or rows (n, classes)."""
    labels = labels if labels.ndim == 1 else labels.argmax(axis=-1)
    return float(np.mean(outputs.argmax(axis=-1) == labels))


class WhetstoneLogger(keras.callbacks.Callback):
    """After each epoch: sharpness, soft and hard accuracy, spike rate and dead neurons, on examples x, y.

    A row holds ``epoch`` (from 1), what Keras logs (``loss``, ...), ``soft`` (the ``metric`` at the
    present sharpness) and ``hard`` (with every layer at 1.0), and for each spiking layer
    ``NAME/sharpness``, ``NAME/rate`` (mean output while hard, 0 to 1) and ``NAME/dead`` (neurons that
    fire for none of the examples). Rows go to ``self.rows``, to the file ``path`` (CSV) and, as scalars, to
    the TensorBoard folder ``tensorboard``, where these are given; sharpness and both accuracies over the epochs are
    drawn into the file ``plot`` (PNG) when training ends.

    Training that goes on at a later epoch keeps the file's rows of the earlier ones.

    Raises:
        ValueError: no TensorBoard here (when a folder for it is given), or no Matplotlib (when a plot is asked for).
    """

    def __init__(
        self,
        x: np.ndarray,
        y: np.ndarray,
        path: str | Path | None = None,
        tensorboard: str | Path | None = None,
        metric: Metric = accuracy,
        batch: int = 500,
        on_row: Callable[[dict], None] | None = None,
        plot: str | Path | None = None,
    ):
        super().__init__()
        self.x, self.y = x, y
        self.path = Path(path) if path else None
        self.metric = metric
        self.batch = batch
        self.on_row = on_row
        self.plot = Path(plot) if plot else None
        if self.plot:
            empty_figure(self.plot, (1, 1))  # so that a missing Matplotlib is told before hours of training
        self.rows: list[dict] = []
        self._writer = _summary_writer(tensorboard) if tensorboard else None

    def go_on(self, epoch: int) -> None:
        """Take over the file's rows of the first ``epoch`` epochs; ``fit`` does it when it starts at a later epoch."""
        if not self.rows and self.path and self.path.exists() and epoch:
            self.rows = [row for row in read_log(self.path) if row["epoch"] <= epoch]

    def on_epoch_begin(self, epoch, logs=None):
        self.go_on(epoch)

    def on_epoch_end(self, epoch, logs=None):
        row = {"epoch": epoch + 1, **{k: float(v) for k, v in (logs or {}).items()}, **self.measured()}
        self.rows.append(row)
        if self.path:
            _write(self.path, self.rows)
        if self._writer:
            _summarise(self._writer, row)
        if self.on_row:
            self.on_row(row)

    def on_train_end(self, logs=None):
        if self.plot and self.rows:
            plot_log(self.rows, self.plot)

    def measured(self) -> dict[str, float]:
        """What a row says of the model as it is."""
        sharpness = sharpness_of(self.model)
        with hardened(self.model):
            outputs, activity = watch(self.model, self.x, self.batch)
        hard = self.metric(outputs, self.y)
        figures = {"soft": hard if set(sharpness.values()) == {1.0} else self._soft(), "hard": hard}
        for (name, value), seen in zip(sharpness.items(), activity, strict=True):
            figures |= {f"{name}/sharpness": value, f"{name}/rate": seen.rate, f"{name}/dead": seen.dead}
        return figures

    def _soft(self) -> float:
        return self.metric(watch(self.model, self.x, self.batch)[0], self.y)


def read_log(path: str | Path) -> list[dict]:
    """The rows of a logger's file, numbers again.

    Raises:
        ValueError: another kind of file.
    """
    try:
        with Path(path).open(newline="") as file:
            rows = [{key: _number(value) for key, value in row.items()} for row in csv.DictReader(file)]
    except (AttributeError, ValueError, csv.Error) as error:
        raise ValueError(f"{path} is no log of a training run: {error}") from error
    if not all(isinstance(row.get("epoch"), int) for row in rows):
        raise ValueError(f"{path} is no log of a training run: it has no column of epochs")
    return rows


def _number(text: str) -> int | float:
    """What ``text`` was before it was written, so that writing it again gives the same text."""
    return int(text) if text.isdecimal() else float(text)


def _write(path: Path, rows: list[dict]) -> None:
    with whole_file(path) as partial, partial.open("w", newline="") as file:
        table = csv.DictWriter(file, fieldnames=list(rows[-1]), restval="nan", extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)


def _summary_writer(folder: str | Path) -> Any:
    try:
        import tensorboard  # noqa: F401 - without it TensorFlow writes files that nothing here can show
        import tensorflow as tf
    except ImportError as error:
        raise ValueError(f"logging to {folder} needs TensorBoard ({error}); install whetgen[train]") from error
    return tf.summary.create_file_writer(str(folder))


def _summarise(writer: Any, row: dict) -> None:
    import tensorflow as tf

    with writer.as_default():
        for key, value in row.items():
            tf.summary.scalar(key, value, step=row["epoch"])
    writer.flush()
