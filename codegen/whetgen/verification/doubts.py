"""Data that the network hardly means: lines for people to look at. Nothing fails by them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from whetgen.ir import Graph
from whetgen.reference import predict
from whetgen.targets.output.words import input_words
from whetgen.verification.frames import Frames

_MOST_FRAMES, _BATCH = 512, 32  # of the reference
_FEWEST_FRAMES = 30  # below, an accuracy says nothing


def doubts(graph: Graph, frames: Frames, classes: np.ndarray | None = None) -> tuple[str, ...]:
    """A line for each thing that is odd about data of the user's: how it was read, its codes, and the accuracy.

    ``classes``: (frames,) what the network says of each. Codes that are the values themselves, such as -1 and 1, or what
    a Rescaling layer reads, may be few where the classes are right.
    """
    chance = None if classes is None or frames.labels is None else is_chance(classes, frames.labels)
    found = [*frames.notes]
    if not (graph.meaning.scale >= 1 and chance is False and len(frames.codes) >= _FEWEST_FRAMES):
        found += _narrow_codes(graph, frames.codes)
    if chance:
        found.append(
            f"accuracy {np.mean(classes == frames.labels):.2%} is that of chance; were these the codes of the training? "
            f"A {input_words(graph)} (--input-type, --input-scale)"
        )
    return tuple(found)


def data_doubts(graph: Graph, frames: Frames) -> tuple[str, ...]:
    """``doubts`` about data of the user's, what the reference says of its first frames included."""
    few = frames.first(_MOST_FRAMES)
    if few.labels is None:
        return doubts(graph, few)
    batches = np.array_split(few.codes, -(-len(few.codes) // _BATCH))
    return doubts(graph, few, np.concatenate([predict(graph, codes) for codes in batches]))


def _narrow_codes(graph: Graph, codes: np.ndarray) -> list[str]:
    lo, hi, kind = int(codes.min()), int(codes.max()), graph.input.type
    if 4 * (hi - lo) >= usual_span(graph):
        return []
    return [
        f"the data's codes reach from {lo} to {hi} only, {kind.name} from {kind.lo} to {kind.hi}; were these the codes of "
        f"the training? A {input_words(graph)} (--input-type, --input-scale)"
    ]


def usual_span(graph: Graph) -> Fraction | int:
    """From the lowest to the highest code that data should hold: its type's, or real values of -1 or 0 to 1 where that is less."""
    kind, scale = graph.input.type, graph.meaning.scale
    whole = kind.hi - kind.lo
    return min(Fraction(whole), (1 + kind.signed) / scale) if scale < 1 else whole


def is_chance(classes: np.ndarray, labels: np.ndarray) -> bool:
    """Whether the share of hits, averaged over the labels' classes, is within two standard errors of guessing.

    An average over classes: answering the most frequent one always is guessing, too.
    """
    counts = np.bincount(labels)
    present = np.flatnonzero(counts)
    if len(labels) < _FEWEST_FRAMES or len(present) < 2:
        return False
    hits = np.bincount(labels, classes == labels)[present] / counts[present]
    guess = 1 / len(present)
    error = np.sqrt(guess * (1 - guess) * np.sum(1 / counts[present])) / len(present)
    return bool(hits.mean() <= guess + 2 * error)
