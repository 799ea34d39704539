"""Whether ``whetgen.json`` and the stored graph speak of the same network."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from pathlib import Path

from whetgen.errors import BadInput
from whetgen.ir import Graph
from whetgen.targets.output.folder import MANIFEST, read_streams
from whetgen.targets.streams.options import MAX_BUS_BITS


def check_promises(folder: Path, manifest: Mapping, graph: Graph) -> None:
    """Compare shapes, types and streams, so that what runs by them is at least of the right size.

    Raises:
        BadInput: one of them was edited.
    """
    kind, shape = graph.input.type, graph.input.shape
    output = manifest["output"]
    wanted = 1 if output["kind"] == "class" else sum(prod(graph.shapes[o.source]) for o in graph.outputs)
    _compare(folder, "input.shape", manifest["input"]["shape"], list(shape))
    _compare(folder, "input.type", manifest["input"]["type"], kind.name)
    _compare(folder, "output.length", output["length"], wanted)
    if "stream" in manifest:
        _compare_stream(folder, "input", manifest["stream"]["input"], prod(shape), kind.bits)
        _compare_stream(folder, "output", manifest["stream"]["output"], wanted)
    if manifest["target"] == "verilog":
        for side, promised in read_streams(folder).items():
            _compare(folder, f"stream.{side}", manifest["stream"].get(side), promised, "sim/stream.json")


def _compare_stream(folder: Path, side: str, stream: Mapping, count: int, bits: int | None = None) -> None:
    _compare(folder, f"stream.{side}.count", stream["count"], count)
    if bits is not None:
        _compare(folder, f"stream.{side}.element_bits", stream["element_bits"], bits)
    whole = -(-stream["count"] * stream["element_bits"] // 8) * 8
    if stream["bus_bits"] % 8 or stream["bus_bits"] > max(MAX_BUS_BITS, whole):
        raise BadInput(
            f"{folder}: {MANIFEST} says stream.{side}.bus_bits {stream['bus_bits']}, which no stream has; generate the folder again"
        )


def _compare(folder: Path, what: str, said: object, found: object, by: str = "model.json") -> None:
    if said != found:
        raise BadInput(f"{folder}: {MANIFEST} says {what} {said}, {by} {found}; generate the folder again")
