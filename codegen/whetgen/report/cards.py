"""A card a layer: what it is, its weights and thresholds, and how its neurons behave on the data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from whetgen.ir import Graph
from whetgen.layers import Layer, Linear, Move, layer_graph
from whetgen.report import svg
from whetgen.report.activity import MARGIN_BINS, Firing, SpikeActivity
from whetgen.report.inspection import HEAD, LayerFacts, layers
from whetgen.report.parts import Card, Picture
from whetgen.wording import counted

_MOST_BARS = 41
_RATE_BINS = 20


def cards(graph: Graph, activity: SpikeActivity | None) -> tuple[Card, ...]:
    """Of the input and every layer, in the order of ``inspection.layers``."""
    rows, found = layers(graph), layer_graph(graph).layers
    firing = activity.firing if activity else {}
    made = [_card(fact, layer, firing.get(layer.result.name)) for fact, layer in zip(rows[1:], found, strict=True)]
    return (_plain(rows[0]), *made)


def _plain(fact: LayerFacts, more: tuple[tuple[str, str], ...] = (), pictures: tuple[Picture, ...] = ()) -> Card:
    known = tuple((what, cell) for what, cell in zip(HEAD[2:], fact.cells[2:], strict=True) if cell)
    return Card(fact.name, fact.kind, known + more, pictures)


def _card(fact: LayerFacts, layer: Layer, firing: Firing | None) -> Card:
    pictures = [*_constants(layer), *(_behaviour(firing) if firing else ())]
    return _plain(fact, _activity_facts(firing) if firing else (), tuple(pictures))


def _activity_facts(firing: Firing) -> tuple[tuple[str, str], ...]:
    neurons = len(firing.rates)
    return (
        ("fire", f"{firing.rates.mean():.1%}"),
        ("dead", f"{firing.dead:,} of {neurons:,} never fire"),
        ("constant", f"{firing.constant - firing.dead:,} more never change"),
        ("on one unit", f"{firing.hanging:.2%} of the decisions"),
    )


def _constants(layer: Layer) -> Iterator[Picture]:
    if isinstance(layer, Linear):
        yield _histogram("Weights", layer.weights, "weight")
    if not isinstance(layer, Move) and layer.levels is not None:
        levels = np.concatenate([layer.levels.reshape(-1), *(row.reshape(-1) for row in layer.higher)])
        yield _histogram(*(("Thresholds", levels, "threshold") if layer.fire else ("Biases", levels, "bias")))


def _behaviour(firing: Firing) -> Iterator[Picture]:
    counts = np.histogram(firing.rates, bins=_RATE_BINS, range=(0, 1))[0].tolist()
    marks: list[tuple[float, str]] = [(0, "never"), (_RATE_BINS / 2, "50 %"), (_RATE_BINS, "always")]
    told = f"how often the {counted(len(firing.rates), 'neuron')} fire: {firing.rates.mean():.1%} on average"
    yield Picture("Spike rates", svg.histogram(counts, marks, told), "Neurons by the share of the time that they fire.")
    marks = [
        (0, "0"),
        (MARGIN_BINS / 2, f"{1 << (MARGIN_BINS // 2 - 1)}"),
        (MARGIN_BINS, f"{1 << (MARGIN_BINS - 2):,} and more"),
    ]
    told = f"units to spare at the thresholds; {firing.hanging:.2%} of the decisions hang on one unit"
    yield Picture(
        "Margin to the threshold",
        svg.histogram(firing.margins.tolist(), marks, told),
        "Decisions by the units of the sum to spare; at 0 one unit decides.",
    )


@dataclass(frozen=True, eq=False)
class _Bins:
    """``counts`` over whole numbers from ``lowest`` to ``highest``."""

    counts: list[int]
    lowest: int
    highest: int


def _bins(values: np.ndarray) -> _Bins:
    """One bin a number where there are few, else bins of equal width."""
    lowest, highest = int(values.min()), int(values.max())
    count = min(highest - lowest + 1, _MOST_BARS)
    if count == highest - lowest + 1:
        return _Bins(
            np.bincount((values - lowest).astype(np.int64).reshape(-1), minlength=count).tolist(), lowest, highest
        )
    counts = np.histogram(values.reshape(-1).astype(np.float64), bins=count)[0]
    return _Bins(counts.tolist(), lowest, highest)


def _histogram(title: str, values: np.ndarray, noun: str) -> Picture:
    bins = _bins(values)
    marks: list[tuple[float, str]] = [(0, f"{bins.lowest:,}"), (len(bins.counts), f"{bins.highest:,}")]
    if bins.lowest < 0 < bins.highest:
        marks.insert(1, ((0.5 - bins.lowest) * len(bins.counts) / (bins.highest - bins.lowest + 1), "0"))
    told = f"{counted(values.size, noun)} from {bins.lowest:,} to {bins.highest:,}"
    return Picture(title, svg.histogram(bins.counts, marks, told), told[0].upper() + told[1:] + ".")
