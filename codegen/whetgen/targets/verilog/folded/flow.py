"""The buffers of the network, as deep as the schedule wants them, and the latency that it leads to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from whetgen.layers import LayerGraph, Move, Tensor
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.folding import Settings
from whetgen.targets.streams.setting import in_order, read_elements
from whetgen.targets.streams.streams import Stream
from whetgen.targets.verilog.folded.buffers import FRAMES, IN_ORDER, RANDOM, StreamBuffer
from whetgen.targets.verilog.folded.layer import delay
from whetgen.targets.verilog.folded.schedule import Busy, Span, Times, available, busy_times, depth
from whetgen.targets.verilog.folded.timetable import Timetable, in_order_timetable, timetable

SEND_DELAY, CLASS_DELAY, CLASS_CYCLES = 2, 3, 4
OUTPUT = ""  # in the place of a layer's name


@dataclass(frozen=True)
class Ends:
    """Both streams, and the tensor that leaves."""

    source: Stream
    sink: Stream
    last: Tensor

    @property
    def ranks(self) -> bool:
        """Whether only the place of the largest score is sent."""
        return self.sink.kind == "class" and self.last.count > 1

    @property
    def sending(self) -> int:
        """Cycles a frame that sending takes."""
        return max(self.last.count, CLASS_CYCLES) if self.ranks else self.sink.beats


@dataclass(frozen=True)
class Flow:
    """``latency``: cycles to the first output beat; ``spans``: of the layers and, as ``OUTPUT``, of sending."""

    buffers: tuple[StreamBuffer, ...]
    latency: int
    spans: tuple[Span, ...] = ()

    def into(self, layer: str) -> tuple[StreamBuffer, ...]:
        """The buffers that the layer reads, in the order of its sources."""
        return tuple(b for b in self.buffers if b.layer == layer)

    def out_of(self, tensor: Tensor) -> list[StreamBuffer]:
        """The buffers that take the tensor."""
        return [b for b in self.buffers if b.tensor.name == tensor.name]


def flow(graph: LayerGraph, settings: Settings, ends: Ends, interval: int, identifiers: Identifiers) -> Flow:
    """``interval``: cycles from frame to frame."""
    beats = np.arange(ends.source.beats)
    taken = {graph.input.name: Times(beats, beats)}  # room for each written word
    written = dict(taken)
    planned, found = Flow(tuple(_buffers(graph, settings, ends, identifiers)), 0), list[StreamBuffer]()
    spans = list[Span]()

    def read(layer: str, tables: list[Timetable]) -> Busy:
        buffers = planned.into(layer)
        busy = busy_times(tables, [available(b, written[b.tensor.name]) for b in buffers], interval)
        for b, table in zip(buffers, tables, strict=True):
            words = depth(b, taken[b.tensor.name], busy.at(table.free_at), interval)
            found.append(b.with_depth(words, table.cover))
        spans.append(busy.span(layer, tables[0].busy))
        return busy

    for layer in graph.layers:
        setting = settings[layer.name]
        tables = [timetable(layer, setting, b) for b in planned.into(layer.name)]
        taken[layer.result.name] = read(layer.name, tables).at(tables[0].result_at)
        written[layer.result.name] = taken[layer.result.name].shifted(delay(layer, setting))
    (last,) = planned.into(OUTPUT)
    table = in_order_timetable(last, ends.sending, 1 if ends.ranks else last.reads)
    first = read(OUTPUT, [table]).at(table.result_at[:1]).first[0]
    return Flow(tuple(found), int(first) + (CLASS_DELAY if ends.ranks else SEND_DELAY), tuple(spans))


def _buffers(graph: LayerGraph, settings: Settings, ends: Ends, identifiers: Identifiers) -> Iterator[StreamBuffer]:
    """Layer by layer, and last the output's; depths are unknown."""
    makers = {layer.result.name: settings[layer.name].pe for layer in graph.layers}

    def buffer(layer: str, tensor: Tensor, reader_prefix: str, bits: int, reads: int, reader: int) -> StreamBuffer:
        received, pe = tensor is graph.input, makers.get(tensor.name, 1)
        return StreamBuffer(
            layer=layer,
            tensor=tensor,
            prefix=identifiers.unique(f"{tensor.name}_to_{reader_prefix}"),
            write_bits=ends.source.bus_bits if received else pe * tensor.width,
            writes=ends.source.beats if received else tensor.count // pe,
            read_bits=bits,
            reads=reads,
            reader=reader,
            commit=received,
        )

    for layer in graph.layers:
        each = read_elements(layer, settings[layer.name])
        reader = IN_ORDER if in_order(layer, settings[layer.name]) else FRAMES if isinstance(layer, Move) else RANDOM
        for t in layer.sources:
            yield buffer(layer.name, t, layer.result.name, each * t.width, t.count // each, reader)
    beats = (ends.sink.bus_bits, ends.sink.beats) if ends.sink.kind == "spikes" else (ends.last.width, ends.last.count)
    yield buffer(OUTPUT, ends.last, "output", *beats, IN_ORDER)
