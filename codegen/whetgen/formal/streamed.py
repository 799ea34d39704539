"""A network on streams as a whole, held against plain Verilog of its graph.

Bounded, and complete for that: all frames, malformed ones among them, any pattern of valid and ready, from a reset out of any
state on, for so many cycles that at least two frames pass. ``hdl/formal/formal_stream.v`` states the rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from whetgen.assets import assets
from whetgen.formal.plain import plain_verilog
from whetgen.formal.solve import Proof, prove
from whetgen.host.scratch import scratch_folder
from whetgen.ir import Graph
from whetgen.targets.output.templating import template_environment
from whetgen.targets.streams.streams import Stream
from whetgen.targets.verilog.clocking import Clocking, clocking_of

STALLED = 4
RULES = ("formal_beats", "formal_hold", "formal_stream")
MOST_BITS, MOST_CYCLES = 24, 64  # of a frame, of a proof: what is larger is not tried


def cycles_of(manifest: Mapping[str, Any]) -> int:
    """Cycles in which two frames pass even where ``STALLED`` of them are lost: reset, latency, interval, the beats that go out."""
    sink: int = manifest["stream"]["output"]["beats"]
    whole: int = 1 + manifest["latency_cycles"] + manifest["initiation_interval_cycles"] + sink + STALLED
    return whole


def is_small(manifest: Mapping[str, Any]) -> bool:
    """Whether a proof of the whole network can be hoped for."""
    source = manifest["stream"]["input"]
    return source["beats"] * source["bus_bits"] <= MOST_BITS and cycles_of(manifest) <= MOST_CYCLES


def miter(name: str, graph: Graph, source: Stream, sink: Stream, latency: int, clocking: Clocking) -> str:
    """Verilog of ``NAME_plain``, the graph's meaning, and of ``NAME_streamed``, which holds ``NAME`` against it."""
    plain = plain_verilog(graph, sink.kind)
    template = template_environment("formal").get_template("stream.v.j2")
    return template.render(name=name, plain=plain, source=source, sink=sink, latency=latency, clocking=clocking)


def prove_stream(folder: Path, manifest: Mapping[str, Any], graph: Graph, seconds: float) -> Proof:
    """Prove that the folder's network gives what the graph says, for all frames and patterns of ``cycles_of`` cycles.

    Raises:
        CouldNotRun: Yosys or ABC is not installed.
        ToolFailed: Yosys cannot take the folder's files.
    """
    name, streams = manifest["name"], manifest["stream"]
    source, sink = (Stream.from_manifest(streams[side]) for side in ("input", "output"))
    rules = [assets() / "hdl" / "formal" / f"{rule}.v" for rule in RULES]
    with scratch_folder() as work:
        statement = work / f"{name}_streamed.v"
        text = miter(name, graph, source, sink, manifest["latency_cycles"], clocking_of(manifest))
        statement.write_text(text, encoding="utf-8")
        sources = [statement, *rules, *sorted((folder / "rtl").glob("*.v"))]
        return prove(sources, f"{name}_streamed", seconds=seconds, cycles=cycles_of(manifest))
