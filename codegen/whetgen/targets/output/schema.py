"""``whetgen.json`` key by key, for all that read it: further keys are fine, other values are not.

A target adds its own keys in its package. Keys that nobody reads back are left to ``manifest.py``, which writes them.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, NotRequired, TypedDict

SCHEMA = 1
AtLeastZero = Annotated[int, range(1 << 63)]
AtLeastOne = Annotated[int, range(1, 1 << 63)]
Sha256 = Annotated[str, re.compile("[0-9a-f]{64}"), "64 hexadecimal digits"]
InnerPath = Annotated[str, re.compile(r"(?!/)(?!(.*/)?\.\.?(/|$))[^\x00-\x1f\\]+"), "a path inside the folder"]


class InputFacts(TypedDict):
    shape: list[AtLeastOne]
    type: str


class OutputFacts(TypedDict):
    kind: Literal["class", "scores", "spikes", "accumulators", "mixed"]
    length: AtLeastOne


class CyclesEntry(TypedDict):
    layer: str
    cycles: AtLeastZero


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


class FaultPoint(TypedDict):
    kind: str
    flips: AtLeastOne
    mean: float
    lowest: float
    highest: float


class FaultSingle(TypedDict):
    kind: str
    layer: str
    place: list[AtLeastZero]
    bit: AtLeastZero
    before: int | None
    after: int | None
    loss: float


class FaultFacts(TypedDict):
    """What ``verify --faults`` found, as far as the report reads it."""

    seed: int
    frames: AtLeastOne
    labelled: bool
    curve: list[FaultPoint]
    worst: list[FaultSingle]


class SynthesisFacts(TypedDict):
    """What ``synth`` found for a device."""

    cells: dict[str, AtLeastZero]
    room: dict[str, AtLeastZero]
    by_layer: NotRequired[dict[str, dict[str, AtLeastZero]]]
    fmax_mhz: float | None
    frames_per_second: float | None
    latency_ns: float | None


class ProofFacts(TypedDict):
    """What ``verify --formal`` found of a layer."""

    layer: str
    result: str
    proved: AtLeastZero
    outputs: AtLeastZero
    reason: str


class Manifest(TypedDict):
    schema: Literal[1]
    version: str
    target: str
    name: str
    input: InputFacts
    output: OutputFacts
    latency_cycles: AtLeastZero | None
    initiation_interval_cycles: AtLeastOne | None
    resources: dict[str, Any]
    options: dict[str, Any]
    graph_sha256: Sha256
    notes: list[str]
    files: dict[InnerPath, Sha256]
    keras_check: NotRequired[dict[str, Any]]
    onnx_check: NotRequired[dict[str, Any]]
    nir_check: NotRequired[dict[str, Any]]
    faults: NotRequired[FaultFacts]
    synthesis: NotRequired[dict[str, SynthesisFacts]]
    proofs: NotRequired[list[ProofFacts]]
    narrowing: NotRequired[dict[str, Any]]
