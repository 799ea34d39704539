"""The rows as a bar chart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from whetgen.app.bench.mcu import McuRow
from whetgen.app.bench.pyplot import need_pyplot

_OURS, _LIVE, _RECORDED = "#1b7f5c", "#c98a1b", "#9aa0a6"


def draw(rows: list[McuRow], path: Path) -> None:
    """Instructions and flash of each network on the Cortex-M4, ours beside the others, those on the host at their foot.

    Raises:
        BadInput: matplotlib is not installed.
    """
    pyplot = need_pyplot()
    shown = [row for row in rows if row.board in ("mps2-an386", "host")]
    nets = list(dict.fromkeys(row.net for row in shown))
    heights = [0.6 + 0.25 * sum(row.net == net for row in shown) for net in nets]
    figure, axes = pyplot.subplots(
        len(nets), 2, figsize=(11, sum(heights)), height_ratios=heights, squeeze=False, layout="constrained"
    )
    for line, net in enumerate(nets):
        group = sorted((row for row in shown if row.net == net), key=lambda row: (row.board != "host", -row.cost))
        _bars(axes[line][0], group, [row.cost / 1000 for row in group], f"{net}: thousand instructions")
        _bars(axes[line][1], group, [(row.flash or 0) / 1000 for row in group], f"{net}: kB of flash")
        axes[line][1].set_yticklabels([])
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def _bars(axis: Any, rows: list[McuRow], values: list[float], title: str) -> None:
    colours = [_OURS if row.tool.startswith("whetgen") else _LIVE if row.live else _RECORDED for row in rows]
    bars = axis.barh(range(len(rows)), values, color=colours)  # by number: two rows may have one name
    axis.set_yticks(range(len(rows)), [f"{row.tool}, {row.flags}" for row in rows])
    axis.bar_label(bars, labels=[f"{value:.3g}" if value else "not linked" for value in values], padding=3, fontsize=8)
    axis.set_title(title, fontsize=10, loc="left")
    axis.tick_params(labelsize=8)
    axis.margins(x=0.12)
    axis.spines[["top", "right"]].set_visible(False)
