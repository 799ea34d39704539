"""Layers -> processes that are joined by streams, each layer with its PE x SIMD folding.

A tensor leaves its layer as words of PE elements. On its way to each reader it is copied where several read it,
packed into words of the reader's SIMD elements, and resized where the reader wants one type for all operands.

Depths: a reader that takes a whole frame before it gives something back has a frame of room; one that walks windows a
row of the map. An edge that skips ``d`` layers has ``d + 1`` frames: whatever the longer way holds back, the shorter
one has room for, so that nothing waits for ever.
"""

from __future__ import annotations

from functools import singledispatchmethod
from math import gcd

from whetgen.layers import Blend, Layer, LayerGraph, Linear, Move, Pool, Tensor, describe
from whetgen.targets.hls import shapes
from whetgen.targets.hls.options import HlsOptions
from whetgen.targets.hls.records import Call, Channel, LayerCycles, Section, Shape, Table
from whetgen.targets.hls.trips import engine_trips, in_order, trips, window_trips
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.cost import ENDS, luts
from whetgen.targets.streams.describe import describe_input, describe_output
from whetgen.targets.streams.folding import CostModel, choose_settings
from whetgen.targets.streams.network import with_joined_outputs
from whetgen.targets.streams.setting import Setting, read_elements, slides
from whetgen.targets.streams.streams import Stream

COSTS = CostModel(trips, luts, ENDS)
_SHALLOW = 2


class Dataflow:
    """Builds the sections of one network."""

    def __init__(self, graph: LayerGraph, source: Stream, sink: Stream, identifiers: Identifiers, options: HlsOptions):
        self.source, self.sink, self.identifiers = source, sink, identifiers
        self._graph, self._last = with_joined_outputs(graph, identifiers)
        self.settings = choose_settings(self._graph, source.bus_bits, options, COSTS)
        self.sections: list[Section] = []
        self._level = _levels(self._graph)
        self._words = {self._graph.input.name: (source.bus_bits, source.beats)}
        self._waiting: dict[str, list[str]] = {}
        self._receive(self._graph.input)
        for layer in self._graph.layers:
            self._layer(layer)
        self._send()
        self.cycles = tuple(
            LayerCycles(layer.name, section.cycles, *self.settings[layer.name].folding)
            for layer, section in zip(self._graph.layers, self.sections[1:-1], strict=True)
        )

    # ---- one section ----

    def _begin(self) -> None:
        self._channels: list[Channel] = []
        self._shapes: list[Shape] = []
        self._tables: list[Table] = []
        self._calls: list[Call] = []

    def _close(self, title: str, *notes: str) -> None:
        parts = (self._channels, self._shapes, self._tables, self._calls)
        self.sections.append(Section(title, notes, *map(tuple, parts)))

    def _channel(self, name: str, bits: int, depth: int = _SHALLOW, count: int = 0) -> str:
        name = self.identifiers.unique(name)
        self._channels.append(Channel(name, bits, depth, count))
        return name

    def _call(self, function: str, parameters: tuple[object, ...], cycles: int, *arguments: str) -> None:
        text = f"{function}<{', '.join(map(str, parameters))}>"
        self._calls.append(Call(text, arguments, cycles))

    # ---- between the layers ----

    def _produce(self, tensor: Tensor) -> None:
        """The stream that the tensor leaves on, and the copies for its readers."""
        bits, words = self._words[tensor.name]
        readers = [layer for layer in self._graph.layers for t in layer.sources if t is tensor]
        rooms = [self._room(tensor, layer, words) for layer in readers]
        rooms += [_SHALLOW] if tensor is self._last else []
        if len(rooms) == 1:
            self._channels.append(Channel(tensor.name, bits, rooms[0]))
            self._waiting[tensor.name] = [tensor.name]
            return
        self._channels.append(Channel(tensor.name, bits, _SHALLOW))
        copies = self._channel(f"{tensor.name}_to", bits, max(rooms), len(rooms))
        self._call("wg_fork", (bits, len(rooms), words), words, tensor.name, copies)
        self._waiting[tensor.name] = [f"{copies}[{k}]" for k in range(len(rooms))]

    def _room(self, tensor: Tensor, reader: Layer, words: int) -> int:
        """Words that wait for this reader at most."""
        skipped = self._level[reader.result.name] - self._level[tensor.name] - 1
        if skipped:
            return words * (skipped + 1)
        if isinstance(reader, Linear | Pool) and not reader.window.trivial:
            row = reader.window.width * reader.window.channels
            return max(_SHALLOW, -(-words * row // tensor.count))
        return _SHALLOW if isinstance(reader, Blend) else max(_SHALLOW, words)

    def _take(self, tensor: Tensor, want: int, prefix: str) -> str:
        """The tensor's next copy as words of ``want`` bits."""
        stream, (bits, _) = self._waiting[tensor.name].pop(0), self._words[tensor.name]
        unit = gcd(bits, want)
        if bits != unit:
            parts = self._channel(f"{prefix}_parts", unit)
            words = tensor.bits // unit
            self._call("wg_narrow", (unit, bits // unit, words), words, stream, parts)
            stream = parts
        if want != unit:
            wide = self._channel(f"{prefix}_words", want)
            self._call("wg_widen", (unit, want // unit, tensor.bits // want), tensor.bits // unit, stream, wide)
            stream = wide
        return stream

    def _operands(self, layer: Blend | Move, element: str, width: int, lanes: int) -> str:
        """An array of streams, one a source, all of one element type."""
        name = layer.result.name
        taken = [self._take(t, lanes * t.width, f"{name}_{k}") for k, t in enumerate(layer.sources)]
        array = self._channel(f"{name}_in", lanes * width, count=len(taken))
        for k, (tensor, stream) in enumerate(zip(layer.sources, taken, strict=True)):
            words = tensor.count // lanes
            self._call("wg_resize", (shapes.element(tensor), element, lanes, words), words, stream, f"{array}[{k}]")
        return array

    # ---- layers ----

    def _layer(self, layer: Layer) -> None:
        self._begin()
        setting = self.settings[layer.name]
        self._words[layer.result.name] = (setting.pe * layer.result.width, layer.result.count // setting.pe)
        self._build(layer, setting)
        self._produce(layer.result)
        notes = f"{setting}: {max(c.cycles for c in self._calls)} loop trips a frame."
        self._close(f"{layer.name}: {describe(layer)}", notes)

    @singledispatchmethod
    def _build(self, layer: Layer, setting: Setting) -> None:
        raise TypeError(f"no HLS form of {type(layer).__name__}")

    @_build.register
    def _(self, layer: Linear, setting: Setting) -> None:
        name = layer.result.name
        shape = self._shape(shapes.linear(self.identifiers.unique(f"{name}_shape"), layer, setting))
        tables = shapes.linear_tables(layer, setting, self.identifiers)
        self._tables += tables
        stream = self._windows(layer, shape, setting)
        self._call("wg_linear", (shape,), engine_trips(layer, setting), stream, name, *(t.name for t in tables))

    @_build.register
    def _(self, layer: Pool, setting: Setting) -> None:
        name = layer.result.name
        shape = self._shape(shapes.pool(self.identifiers.unique(f"{name}_shape"), layer, setting.pe))
        self._call("wg_pool", (shape,), engine_trips(layer, setting), self._windows(layer, shape, setting), name)

    @_build.register
    def _(self, layer: Blend, setting: Setting) -> None:
        name, lanes = layer.result.name, setting.pe
        shape = self._shape(shapes.blend(self.identifiers.unique(f"{name}_shape"), layer, lanes))
        tables = shapes.blend_tables(layer, lanes, self.identifiers)
        self._tables += tables
        operands = self._operands(layer, f"wg_int<{layer.operand_width}>", layer.operand_width, lanes)
        self._call("wg_blend", (shape,), engine_trips(layer, setting), operands, name, *(t.name for t in tables))

    @_build.register
    def _(self, layer: Move, setting: Setting) -> None:
        name = layer.result.name
        tables = shapes.move_tables(layer, self.identifiers)
        shape = self._shape(shapes.move(self.identifiers.unique(f"{name}_shape"), layer))
        self._tables += tables
        operands = self._operands(layer, shapes.element(layer.result), layer.result.width, 1)
        function = "wg_append" if layer.in_order else "wg_gather"
        self._call(function, (shape,), engine_trips(layer, setting), operands, name, *(t.name for t in tables))

    def _shape(self, shape: Shape) -> str:
        self._shapes.append(shape)
        return shape.name

    def _windows(self, layer: Linear | Pool, shape: str, setting: Setting) -> str:
        """The source itself where its words already are the windows, one after the other."""
        name, source = layer.result.name, layer.sources[0]
        stream = self._take(source, read_elements(layer, setting) * source.width, name)
        if in_order(layer.window):
            return stream
        windows = self._channel(f"{name}_windows", setting.simd * source.width)
        function = "wg_slide" if slides(layer, setting) else "wg_window"
        self._call(function, (shape,), window_trips(layer, setting), stream, windows)
        return windows

    # ---- the two ends ----

    def _receive(self, tensor: Tensor) -> None:
        self._begin()
        bus, beats = self.source.bus_bits, self.source.beats
        self._call("wg_receive", (bus, beats), 2 * beats, "s_axis", tensor.name, "err_frames")
        self._produce(tensor)
        self._close("Input stream", describe_input(self.source))

    def _send(self) -> None:
        self._begin()
        last, bus = self._last, self.sink.bus_bits
        if self.sink.kind == "spikes":
            bits = gcd(self._words[last.name][0], bus, last.bits)
            stream = self._take(last, bits, "sent")
            self._call("wg_send_packed", (bits, bus, last.bits // bits), last.bits // bits, stream, "m_axis")
        else:
            function = "wg_send_class" if self.sink.kind == "class" and last.count > 1 else "wg_send"
            stream = self._take(last, last.width, "sent")
            self._call(function, (shapes.element(last), bus, last.count), last.count, stream, "m_axis")
        self._close(
            "Output stream",
            describe_output(self.sink),
        )


def _levels(graph: LayerGraph) -> dict[str, int]:
    """Layers on the longest way from the input to each tensor."""
    level = {graph.input.name: 0}
    for layer in graph.layers:
        level[layer.result.name] = 1 + max(level[t.name] for t in layer.sources)
    return level
