"""``whetgen.json`` key by key, for all that read it: further keys are fine, other values are not.

Keys that nobody reads back are left to ``manifest.py``, which writes them.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from whetgen.targets.base import Options

SCHEMA = 1
Count = Annotated[int, range(1 << 63)]
AtLeastOne = Annotated[int, range(1, 1 << 63)]
Sha256 = Annotated[str, re.compile("[0-9a-f]{64}"), "64 hexadecimal digits"]
InnerPath = Annotated[str, re.compile(r"(?!/)(?!(.*/)?\.\.?(/|$))[^\x00-\x1f\\]+"), "a path inside the folder"]


class Input(TypedDict):
    shape: list[AtLeastOne]
    type: str


class Output(TypedDict):
    kind: Literal["class", "scores", "spikes", "accumulators", "mixed"]
    length: AtLeastOne


class Table(TypedDict):
    table_bytes: Count


class KernelOption(Table):
    kernel: str
    cycles: Count


class Kernel(TypedDict):
    layer: str
    kernel: str
    options: list[KernelOption]


class Call(Table):
    title: str
    function: str


class MeasuredCall(Call):
    cost: Count


class Footprint(TypedDict):
    """What ``verify --on`` measured."""

    unit: str
    layers: list[MeasuredCall]


class LayerCycles(TypedDict):
    layer: str
    cycles: Count


class Side(TypedDict):
    """The fields of a ``Stream``."""

    kind: str
    count: Annotated[int, range(1, 1 << 27)]
    element_bits: Annotated[int, range(1, 65)]
    signed: bool
    bus_bits: Annotated[int, range(1, 1 << 31)]


class Streams(TypedDict):
    """Also ``sim/stream.json``."""

    top: str
    input: Side
    output: Side


class Manifest(TypedDict):
    schema: Literal[1]
    version: str
    target: str
    name: str
    input: Input
    output: Output
    latency_cycles: Count | None
    initiation_interval_cycles: AtLeastOne | None
    resources: dict[str, Any]
    options: Options
    graph_sha256: Sha256
    notes: list[str]
    files: dict[InnerPath, Sha256]
    keras_check: NotRequired[dict[str, Any]]


class CManifest(Manifest):
    kernels: list[Kernel]
    calls: list[Call]
    footprint: NotRequired[dict[str, Footprint]]


class HlsManifest(Manifest):
    loop_trips: list[LayerCycles]
    stream: Streams


class VerilogManifest(Manifest):
    latency_cycles: Count
    initiation_interval_cycles: AtLeastOne
    architecture: str
    cycles: list[LayerCycles]
    stream: Streams


BY_TARGET = {"c": CManifest, "hls": HlsManifest, "verilog": VerilogManifest}
