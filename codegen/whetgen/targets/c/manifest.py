"""``whetgen.json`` of a C folder: the keys that every target has, and these."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from whetgen.targets.output.schema import Count, Manifest


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


class CManifest(Manifest):
    kernels: list[Kernel]
    calls: list[Call]
    footprint: NotRequired[dict[str, Footprint]]
