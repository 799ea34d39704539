"""``whetgen.json`` of a C folder: the keys that every target has, and these."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from whetgen.targets.output.schema import AtLeastZero, Manifest


class TableEntry(TypedDict):
    table_bytes: AtLeastZero


class KernelOption(TableEntry):
    kernel: str
    cycles: AtLeastZero


class Kernel(TypedDict):
    layer: str
    kernel: str
    options: list[KernelOption]


class CallEntry(TableEntry):
    title: str
    function: str


class MeasuredCall(CallEntry):
    cost: AtLeastZero


class FootprintEntry(TypedDict):
    """What ``verify --on`` measured."""

    unit: str
    layers: list[MeasuredCall]


class CManifest(Manifest):
    kernels: list[Kernel]
    calls: list[CallEntry]
    footprint: NotRequired[dict[str, FootprintEntry]]
