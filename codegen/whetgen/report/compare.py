"""Several networks side by side: a table that sorts, and which of them nothing beats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from whetgen.ir import Graph
from whetgen.reference import predict
from whetgen.report.inspection import totals
from whetgen.report.page import rendered
from whetgen.report.parts import PageTable, Picture
from whetgen.report.svg import Dot, scatter
from whetgen.verification.frames import Frames
from whetgen.wording import counted, number

_HEAD = ("network", "target", "accuracy", "LUT", "BRAM", "latency, cycles", "a frame every, cycles", "flash, bytes", "RAM, bytes", "instructions", "C cycles, estimated", "synapses")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Contender:
    """A folder or a model. ``name``: as it was given; ``manifest``: None of a model; ``accuracy``: None without labels."""

    name: str
    graph: Graph
    manifest: Mapping | None
    accuracy: float | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    title: str
    summary: str
    table: PageTable
    charts: tuple[Picture, ...]


def accuracy_of(graph: Graph, frames: Frames | None) -> float | None:
    """Share of the labels that the network tells; None without labels or classes."""
    if frames is None or frames.labels is None or graph.classifier is None:
        return None
    return float((predict(graph, frames.codes) == frames.labels).mean())


def render_comparison(contenders: Sequence[Contender], data: str | None = None) -> str:
    """HTML text. ``data``: on which frames the accuracies were measured, in words."""
    rows = [(each, _costs(each)) for each in contenders]
    caption = "Choose a column's head to sort by it. What is not known of a network is left empty; * is an estimate."
    heads = [k for k, head in enumerate(_HEAD) if k < 3 or any(head in costs for _, costs in rows)]
    page = Comparison(
        title=counted(len(contenders), "network"),
        summary=f"Accuracy on {data}." if data else "Give --data X.npz with labels to see the accuracies.",
        table=PageTable(
            "Networks",
            tuple(_HEAD[k] for k in heads),
            tuple(tuple(_cells(each, costs)[k] for k in heads) for each, costs in rows),
            caption,
            sortable=True,
        ),
        charts=tuple(_charts(rows)),
    )
    return rendered("compare.html.j2", page=page)


@dataclass(frozen=True)
class _Cost:
    """``value``: less is better; ``estimated``: and not measured."""

    value: float
    estimated: bool = False

    def __str__(self) -> str:
        return number(self.value) + ("*" if self.estimated else "")


def _costs(each: Contender) -> dict[str, _Cost]:
    """By the heads of the columns, those that are known."""
    told = each.manifest or {}
    found = (
        *_synthesis(told),
        *_sizes(told.get("resources", {})),
        *_boards(told),
        ("latency, cycles", told.get("latency_cycles"), False),
        ("a frame every, cycles", told.get("initiation_interval_cycles"), False),
        ("synapses", totals(each.graph)["synapses"], False),
    )
    costs: dict[str, _Cost] = {}
    for head, value, estimated in found:
        if value is not None and (head not in costs or (costs[head].estimated and not estimated)):
            costs[head] = _Cost(value, estimated)
    return costs


def _synthesis(manifest: Mapping) -> Iterator[tuple[str, Any, bool]]:
    """Of the first device."""
    for facts in list(manifest.get("synthesis", {}).values())[:1]:
        yield "LUT", facts["cells"].get("lut"), False
        yield "BRAM", facts["cells"].get("bram"), False


def _sizes(sizes: Mapping) -> Iterator[tuple[str, Any, bool]]:
    yield "LUT", sizes.get("luts_estimated"), True
    yield "RAM, bytes", sizes.get("arena_bytes"), False
    yield "C cycles, estimated", sizes.get("cycles_estimated"), True
    if "flash_table_bytes" in sizes:
        yield "flash, bytes", sizes["flash_table_bytes"] + sizes["flash_code_bytes_estimated"], True


def _boards(manifest: Mapping) -> Iterator[tuple[str, Any, bool]]:
    """Of the first board that counts instructions."""
    counting = (f for f in (manifest.get("footprint") or {}).values() if f["unit"] == "instructions")
    if facts := next(counting, None):
        yield "instructions", facts.get("cost_mean"), False
        yield "flash, bytes", facts.get("flash_bytes"), False


def _cells(each: Contender, costs: Mapping[str, _Cost]) -> tuple[str, ...]:
    told = each.manifest or {"target": "model"}
    accuracy = "" if each.accuracy is None else f"{each.accuracy:.2%}"
    return (each.name, told["target"], accuracy, *(str(costs.get(head, "")) for head in _HEAD[3:]))


def _charts(rows: Sequence[tuple[Contender, dict[str, _Cost]]]) -> Iterator[Picture]:
    """Accuracy against each cost that two networks at least have."""
    for head in _HEAD[3:]:
        known = [
            (each.name, costs[head].value, each.accuracy) for each, costs in rows if head in costs and each.accuracy
        ]
        points = [(name, value, accuracy) for name, value, accuracy in known if value > 0 and accuracy is not None]
        if len({value for _, value, _ in points}) > 1:
            best = front([(value, accuracy) for _, value, accuracy in points])
            dots = [Dot(name, value, accuracy, k in best) for k, (name, value, accuracy) in enumerate(points)]
            told = "Filled and joined: no other network is at least as good in both and better in one."
            yield Picture(f"Accuracy against {head}", scatter(dots, head, "accuracy"), told)


def front(points: Sequence[tuple[float, float]]) -> set[int]:
    """Numbers of the points (cost, gain) of which no other is at least as good in both and better in one."""
    return {k for k, point in enumerate(points) if not any(_beats(other, point) for other in points)}


def _beats(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one != other and one[0] <= other[0] and one[1] >= other[1]
