"""Pictures of a training run. Needs Matplotlib."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from whetgen.host.files import whole_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot_log(rows: list[dict], path: str | Path, title: str = "") -> None:
    """Sharpness of each layer, and soft and hard accuracy, over the epochs of a logger's rows; a PNG.

    Raises:
        ValueError: no rows, or Matplotlib is not installed.
    """
    if not rows:
        raise ValueError(f"{path}: nothing was logged, so there is nothing to plot")
    figure = empty_figure(path, (8, 6))
    above, below = figure.subplots(2, 1, sharex=True)
    epochs = [row["epoch"] for row in rows]
    for name in _layer_names(rows[-1]):
        above.plot(epochs, [row[f"{name}/sharpness"] for row in rows], marker=".", label=name)
    for kind in ("soft", "hard"):
        below.plot(epochs, [row[kind] for row in rows], marker=".", label=kind)
    above.set(ylabel="sharpness", ylim=(-0.05, 1.05), title=title)
    below.set(ylabel="on held-out examples", xlabel="epoch")
    for axes in (above, below):
        axes.legend(fontsize="small")
        axes.grid(alpha=0.3)
    _save(figure, path)


def _layer_names(row: dict) -> list[str]:
    """The spiking layers of a row, inputs first."""
    return [key.removesuffix("/sharpness") for key in row if key.endswith("/sharpness")]


def plot_pairs(above: np.ndarray, below: np.ndarray, path: str | Path, labels: tuple[str, str]) -> None:
    """Pictures (count, height, width) in two rows, e.g. what went in and what came out; a PNG.

    Raises:
        ValueError: Matplotlib is not installed.
    """
    figure = empty_figure(path, (len(above), 2.2))
    axes = figure.subplots(2, len(above), squeeze=False)
    for row, pictures, label in zip(axes, (above, below), labels, strict=True):
        row[0].set_ylabel(label)
        for place, picture in zip(row, pictures, strict=True):
            place.imshow(picture, cmap="gray", vmin=0, vmax=1)
            place.set(xticks=[], yticks=[])
    _save(figure, path)


def empty_figure(path: str | Path, inches: tuple[float, float]) -> Figure:
    """A figure for the file ``path``, which leaves the user's own figures and windows alone.

    Raises:
        ValueError: Matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ValueError(f"{path}: pictures need Matplotlib ({error}); install whetgen[train]") from error
    return Figure(figsize=inches, layout="constrained")


def _save(figure: Figure, path: str | Path) -> None:
    with whole_file(path) as partial:
        figure.savefig(partial, dpi=110, metadata={"Software": None})
