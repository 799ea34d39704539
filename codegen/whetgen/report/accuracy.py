"""What the network says of labelled frames: right, wrong, and what it takes for what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whetgen.ir import Graph
from whetgen.reference import classify
from whetgen.report.activity import SpikeActivity
from whetgen.report.parts import Cell, ExampleFrame, Gallery, Matrix
from whetgen.report.png import picture_of, plane_of
from whetgen.targets.output.words import class_words
from whetgen.verification.frames import Frames

SAMPLES = 16  # pictures of a gallery
_MOST_CLASSES = 20
_MOST_NUMBERS = 10


@dataclass(frozen=True, eq=False)
class Judged:
    """Frames with what the network says. ``classes``: (frames,), None where it tells none; ``labels``: likewise;
    ``names``: what the classes are called, none where nobody said so."""

    frames: Frames
    outputs: np.ndarray
    classes: np.ndarray | None
    labels: np.ndarray | None
    names: tuple[str, ...] = ()

    @property
    def right(self) -> np.ndarray | None:
        """(frames,) whether class and label are the same; None without labels."""
        return None if self.classes is None or self.labels is None else self.classes == self.labels

    @property
    def accuracy(self) -> float | None:
        return None if self.right is None else float(self.right.mean())

    @property
    def shades(self) -> tuple[int, int]:
        """The lowest and the highest code of the data, between which pictures are drawn: many use few of their type's."""
        codes = self.frames.codes
        least = int(codes.min())
        return least, max(int(codes.max()), least + 1)

    @property
    def shown(self) -> list[int]:
        """Numbers of the frames that the page shows: the first ones, then the first wrong ones."""
        wrong = [] if self.right is None else np.flatnonzero(~self.right)[:SAMPLES].tolist()
        return list(dict.fromkeys([*range(min(SAMPLES, len(self.frames.codes))), *wrong]))


def judged(graph: Graph, frames: Frames, activity: SpikeActivity, names: tuple[str, ...] = ()) -> Judged:
    classes = classify(graph.outputs[0], activity.outputs) if graph.is_classifier else None
    return Judged(frames, activity.outputs, classes, None if classes is None else frames.labels, names)


def confusion(graph: Graph, seen: Judged) -> Matrix | None:
    """None without labels, and where it would not fit the page."""
    if seen.classes is None or seen.labels is None:
        return None
    count = graph.classes(graph.outputs[0])
    if count > _MOST_CLASSES:
        return None
    table = np.zeros((count, count), dtype=np.int64)
    np.add.at(table, (seen.labels, seen.classes), 1)
    rows = tuple(tuple(_cell(row, k, column) for column in range(count)) for k, row in enumerate(table.tolist()))
    heads = tuple(class_words(number, seen.names) for number in range(count))
    return Matrix(f"{len(seen.classes):,} frames", heads, rows, named=bool(seen.names))


def _cell(row: list[int], label: int, column: int) -> Cell:
    return Cell(str(row[column]), round(100 * row[column] / max(sum(row), 1)), label == column)


def galleries(seen: Judged) -> tuple[Gallery, ...]:
    """The first frames, and the first wrong ones."""
    numbers = {frame: number for number, frame in enumerate(seen.shown)}
    wrong: list[int] = [] if seen.right is None else np.flatnonzero(~seen.right).tolist()
    told = "The first frames of the data, and what the network says of each."
    missed = f"The first of {len(wrong):,} that it takes for something else."
    groups = (
        ("Examples", told, range(min(SAMPLES, len(seen.frames.codes)))),
        ("Wrong examples", missed, wrong[:SAMPLES]),
    )
    return tuple(
        Gallery(title, lead, tuple(_example(seen, frame, numbers[frame]) for frame in frames))
        for title, lead, frames in groups
        if len(frames) and plane_of(seen.frames.codes[0].shape) is not None
    )


def _example(seen: Judged, frame: int, number: int) -> ExampleFrame:
    wrong = seen.right is not None and not seen.right[frame]
    return ExampleFrame(number, picture_of(seen.frames.codes[frame], seen.shades) or "", caption(seen, frame), wrong)


def caption(seen: Judged, frame: int) -> str:
    """What the network says of a frame, and the label where it is another."""
    if seen.classes is None:
        row = seen.outputs[frame]
        return " ".join(map(str, row[:_MOST_NUMBERS])) + (" …" if len(row) > _MOST_NUMBERS else "")
    said = f"class {class_words(seen.classes[frame], seen.names)}"
    if seen.right is None or seen.labels is None:
        return said
    return f"{said} ✓" if seen.right[frame] else f"{said} ✗, is {class_words(seen.labels[frame], seen.names)}"
