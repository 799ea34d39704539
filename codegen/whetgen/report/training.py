"""How sharpening went, from the log that training leaves beside its model."""

from __future__ import annotations

import csv
from math import isnan
from pathlib import Path

from whetgen.errors import BadInput
from whetgen.report.parts import Picture
from whetgen.report.svg import Curve, lines


def log_beside(source: Path) -> Path | None:
    """NAME.csv of NAME.keras, where there is one."""
    log = source.with_suffix(".csv")
    return log if source.is_file() and log.is_file() else None


def pictures(log: Path) -> tuple[Picture, ...]:
    """Soft and hard accuracy, and each layer's sharpness, epoch by epoch.

    Raises:
        BadInput: it is no log of a training run.
    """
    rows = _rows(log)
    layers = [key.removesuffix("/sharpness") for key in rows[0] if key.endswith("/sharpness")]

    def curve(name: str, key: str) -> Curve:
        known = [row for row in rows if not isnan(row[key])]  # an older log knows less of its first epochs
        return Curve(name, [row["epoch"] for row in known], [row[key] for row in known])

    scores = [curve(f"{kind} (at the end {rows[-1][kind]:.3f})", kind) for kind in ("soft", "hard")]
    found = [
        Picture(
            "Accuracy while sharpening",
            lines(scores, "epoch"),
            "As trained at the moment (soft) and with every layer sharp (hard).",
        )
    ]
    for title, what, told in (
        ("Sharpness", "sharpness", "From 0, a slope, to 1, a step."),
        ("Spike rates while sharpening", "rate", "Mean output of each layer with every layer sharp."),
    ):
        if layers:
            found.append(Picture(title, lines([curve(name, f"{name}/{what}") for name in layers], "epoch"), told))
    return tuple(found)


def _rows(log: Path) -> list[dict[str, float]]:
    try:
        with log.open(newline="", encoding="utf-8") as file:
            rows = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
    except (OSError, ValueError, TypeError, csv.Error) as error:
        raise BadInput(
            f"{log}: no log of a training run ({error}); give the NAME.csv that whetgen train wrote"
        ) from error
    if not rows or not {"epoch", "soft", "hard"} <= set(rows[0]):
        raise BadInput(f"{log}: no log of a training run; give the NAME.csv that whetgen train wrote")
    return rows
