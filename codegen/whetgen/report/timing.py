"""Which layer works in which cycle: the pipeline as a diagram."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from whetgen.ir import Graph
from whetgen.layers import layer_graph
from whetgen.report.hardware import Folded
from whetgen.report.parts import Bar, Lane, Timeline
from whetgen.targets.verilog.plan import VerilogPlan
from whetgen.wording import counted, every

Place = tuple[int, int]  # first and last cycle


def timelines(graph: Graph, manifest: Mapping | None, verilog: Folded | None) -> tuple[Timeline, ...]:
    """One or none."""
    told = manifest or {}
    if "loop_trips" in told:
        return (_trips(told),)
    if verilog:
        return (_folded(verilog),)
    return (_unrolled(graph, told),) if told.get("architecture") == "unrolled" else ()


def _folded(verilog: Folded) -> Timeline:
    made = verilog.plan
    whose = "this folder's Verilog" if verilog.own else "folded Verilog with default options"
    caption = (
        f"When each layer of {whose} works on the first frame. Hatched: on the next one, in a full network; "
        f"a frame is taken {every(made.initiation_interval_cycles, 'cycle')}."
    )
    return _timeline(caption, _folded_places(made))


def _folded_places(made: VerilogPlan) -> Iterator[tuple[str, Place, Place]]:
    interval, beats = made.initiation_interval_cycles, made.input.beats
    yield "input", (0, beats - 1), (interval, interval + beats - 1)
    for span in made.spans:
        first, last = span.steady
        yield span.layer or "output", span.first, (interval + first, interval + last)


def _unrolled(graph: Graph, manifest: Mapping) -> Timeline:
    """Each layer begins when the last of those that it reads is ready."""
    interval = manifest["initiation_interval_cycles"]
    taken = {row["layer"]: row["cycles"] for row in manifest["cycles"]}
    ready: dict[str, int] = {}
    places: list[tuple[str, Place]] = []
    for layer in layer_graph(graph).layers:
        start = max(ready.get(source.name, 0) for source in layer.sources)
        ready[layer.result.name] = start + taken.pop(layer.name, 0)
        places.append((layer.name, (start, ready[layer.result.name] - 1)))
    start = max(ready.values(), default=0)
    places += [(name, (start, start + cycles - 1)) for name, cycles in taken.items()]
    caption = (
        "When each layer works on a frame, from its last beat on. Hatched: on the next one; "
        f"a frame is taken {every(interval, 'cycle')}."
    )
    return _timeline(caption, ((n, (a, b), (a + interval, b + interval)) for n, (a, b) in places if b >= a))


def _trips(manifest: Mapping) -> Timeline:
    caption = (
        "Trips of each layer's slowest loop in a frame, which are its cycles where the tool reaches an interval of 1. "
        "Layers work side by side; when each begins is the tool's choice."
    )
    rows = ((row["layer"], (0, row["cycles"] - 1), None) for row in manifest["loop_trips"])
    return _timeline(caption, rows)


def _timeline(caption: str, places: Iterable[tuple[str, Place, Place | None]]) -> Timeline:
    listed = list(places)
    end = 1 + max(last for _, *both in listed for _, last in filter(None, both))
    lanes = tuple(
        Lane(name, f"cycles {own[0]:,} to {own[1]:,}", tuple(_bars(own, again, end))) for name, own, again in listed
    )
    return Timeline(caption, f"The whole width is {counted(end, 'cycle')}.", lanes)


def _bars(own: Place, again: Place | None, end: int) -> Iterator[Bar]:
    for place, later in ((own, False), (again, True)):
        if place:
            first, last = place
            yield Bar(round(100 * first / end, 2), round(100 * (last + 1 - first) / end, 2), later)
