"""The two AXI4-Streams: element and bus widths, and beats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from math import prod
from typing import Any, Literal

from whetgen.ir import Graph
from whetgen.ir.integers import signed_bits
from whetgen.targets.output.kinds import check_kind, legal_kinds
from whetgen.targets.streams.options import DEFAULT_BUS_BITS, HardwareOptions
from whetgen.wording import counted


@dataclass(frozen=True, kw_only=True)
class Stream:
    """``count`` elements of ``element_bits`` each, packed back to back into beats of ``bus_bits``."""

    kind: str
    count: int
    element_bits: int
    signed: bool
    bus_bits: int

    @property
    def frame_bits(self) -> int:
        return self.count * self.element_bits

    @property
    def beats(self) -> int:
        return -(-self.frame_bits // self.bus_bits)

    def manifest(self) -> dict[str, object]:
        """The fields and the beats, for ``whetgen.json`` and the simulation runners."""
        return {**asdict(self), "beats": self.beats}

    @staticmethod
    def from_manifest(side: Mapping[str, Any]) -> Stream:
        """The inverse of ``manifest``."""
        return Stream(**{field.name: side[field.name] for field in fields(Stream)})


def input_stream(graph: Graph, options: HardwareOptions) -> Stream:
    """The frame of input codes."""
    word, count = graph.input.type, prod(graph.input.shape)
    bus_bits = _bus_bits(options.bus_bits, count * word.bits)
    return Stream(kind=word.name, count=count, element_bits=word.bits, signed=word.signed, bus_bits=bus_bits)


def output_stream(graph: Graph, options: HardwareOptions) -> Stream:
    """The result frame of the kind that the user or the network chooses."""
    check_kind(graph, options.output)
    kind = options.output or legal_kinds(graph)[0]
    sources = [o.source for o in graph.outputs]
    count = sum(map(graph.size, sources))
    if kind == "class":
        bits = 8 if count <= 256 else 16
        return Stream(kind=kind, count=1, element_bits=bits, signed=False, bus_bits=bits)
    if kind == "spikes":
        bits = _bus_bits(options.bus_bits, count)
        return Stream(kind=kind, count=count, element_bits=1, signed=False, bus_bits=bits)
    bits = 32 if all(signed_bits(*graph.ranges[s]) <= 32 for s in sources) else 64
    return Stream(kind=kind, count=count, element_bits=bits, signed=True, bus_bits=bits)


def describe_input(stream: Stream) -> str:
    """``784 uint8 elements in 98 beats.``"""
    return f"{counted(stream.count, f'{stream.kind} element')} in {counted(stream.beats, 'beat')}."


def describe_output(stream: Stream) -> str:
    """``class: 1 element of 8 bits in 1 beat.``"""
    element = f"{counted(stream.count, 'element')} of {counted(stream.element_bits, 'bit')}"
    return f"{stream.kind}: {element} in {counted(stream.beats, 'beat')}."


def _bus_bits(asked: int | Literal["full"] | None, frame_bits: int) -> int:
    whole = 8 * -(-frame_bits // 8)
    if asked is None:
        return min(DEFAULT_BUS_BITS, whole)
    return whole if asked == "full" else asked
