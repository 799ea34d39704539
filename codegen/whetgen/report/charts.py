"""Pictures of a network as SVG text, drawn with matplotlib."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from whetgen.errors import BadInput
from whetgen.ir import Graph
from whetgen.layers import layer_graph

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH = 9.0
_MOST_PANELS = 12
_BLUE = "#2f5d8a"


def bars(values: Mapping[str, float], unit: str) -> str:
    """Horizontal bars, one a name, with their numbers."""
    with _figure(rows=len(values)) as (axes, svg):
        positions = np.arange(len(values))
        drawn = axes.barh(positions, list(values.values()), color=_BLUE)
        axes.bar_label(drawn, labels=[f"{v:,.0f}" for v in values.values()], padding=3)
        axes.set_yticks(positions, list(values))
        axes.invert_yaxis()
        axes.margins(x=0.15)
        axes.set_xlabel(unit)
    return svg[0]


@dataclass(frozen=True)
class Curve:
    """Points (x, y) with the range of y at each."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float]
    lowest: Sequence[float]
    highest: Sequence[float]


def lines(drawn: Sequence[Curve], across: str, up: str) -> str:
    """Lines over a logarithmic axis, each in a band from its lowest to its highest values."""
    with _figure(rows=10) as (axes, svg):
        for line in drawn:
            (curve,) = axes.plot(line.xs, line.ys, marker="o", markersize=3, label=line.name)
            axes.fill_between(line.xs, line.lowest, line.highest, alpha=0.15, color=curve.get_color())
        axes.set_xscale("log")
        axes.set_xlabel(across)
        axes.set_ylabel(up)
        axes.legend()
    return svg[0]


def weight_histograms(graph: Graph) -> str:
    """How often each weight occurs, a panel a layer; wide weights in 41 bins."""
    layers = layer_graph(graph).linear[:_MOST_PANELS]
    with _panels(len(layers)) as (panels, svg):
        for axes, layer in zip(panels, layers, strict=False):
            _histogram(axes, layer.weights)
            axes.set_title(layer.name, fontsize=9)
    return svg[0]


def images(frames: np.ndarray, captions: Sequence[str]) -> str:
    """(count, height, width) arrays as grey pictures."""
    with _panels(len(frames), columns=8) as (panels, svg):
        for axes, frame, caption in zip(panels, frames, captions, strict=False):
            axes.imshow(frame, cmap="gray_r", interpolation="nearest")
            axes.set_title(caption, fontsize=8)
            axes.set_xticks([])
            axes.set_yticks([])
    return svg[0]


def _histogram(axes: Axes, weights: np.ndarray) -> None:
    flat = weights.reshape(-1).astype(np.float64)
    lo, hi = flat.min(), flat.max()
    edges = list(np.arange(lo - 0.5, hi + 1)) if hi - lo <= 64 else 41
    axes.hist(flat, bins=edges, color=_BLUE)
    axes.tick_params(labelsize=7)


@contextmanager
def _figure(rows: int) -> Iterator[tuple[Axes, list[str]]]:
    with _panels(1, height=0.5 + 0.32 * rows) as (panels, svg):
        yield panels[0], svg


@contextmanager
def _panels(count: int, columns: int = 4, height: float | None = None) -> Iterator[tuple[np.ndarray, list[str]]]:
    """Axes in a grid; the list that comes with them holds the SVG afterwards."""
    matplotlib, plt = _matplotlib()
    columns = min(columns, max(count, 1))
    rows = -(-max(count, 1) // columns)
    tall = rows * _WIDTH / columns * 0.75 if height is None else height
    with matplotlib.rc_context({"svg.hashsalt": "whetgen", "svg.fonttype": "none", "font.size": 9}):
        figure, grid = plt.subplots(rows, columns, figsize=(_WIDTH, tall), squeeze=False, layout="constrained")
        panels = grid.reshape(-1)
        svg: list[str] = []
        for axes in panels[count:]:
            axes.set_visible(False)
        yield panels, svg
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        plt.close(figure)
        svg.append(_inline(buffer.getvalue()))


def _inline(text: str) -> str:
    """The <svg> element alone, as wide as the page allows."""
    body = text[text.index("<svg") :]
    return re.sub(r' width="[^"]*" height="[^"]*"| height="[^"]*" width="[^"]*"', "", body, count=1)


def _matplotlib() -> tuple[ModuleType, ModuleType]:
    try:
        import matplotlib
    except ImportError as error:
        raise BadInput(f"pictures need matplotlib ({error}); install whetgen[report]") from error
    matplotlib.use("svg")
    from matplotlib import pyplot

    return matplotlib, pyplot
