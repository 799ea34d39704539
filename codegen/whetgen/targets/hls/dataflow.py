"""Layers -> processes that are joined by streams, each layer with its PE x SIMD folding.

A tensor leaves its layer as words of PE elements. On its way to each reader it is copied where several read it,
packed into words of the reader's SIMD elements, and resized where the reader wants one type for all operands.

Depths: a reader that takes a whole frame before it gives something back has a frame of room; one that walks windows a
row of the map. An edge that skips ``d`` layers has ``d + 1`` frames: whatever the longer way holds back, the shorter
one has room for, so that nothing waits for ever.
"""

from __future__ import annotations

from math import gcd

from whetgen.layers import Blend, Layer, LayerGraph, Linear, Move, Pool, Tensor
from whetgen.targets.hls.design import Channel, Engine, HlsSection, Process
from whetgen.targets.hls.engines import ctype, engines_of, operand_word
from whetgen.targets.hls.options import HlsOptions
from whetgen.targets.hls.trips import engine_trips, trips, window_trips
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.folding import choose_settings
from whetgen.targets.streams.network import with_joined_outputs
from whetgen.targets.streams.setting import LayerCycles, Setting, read_elements, slides
from whetgen.targets.streams.streams import Stream, describe_input, describe_output
from whetgen.targets.streams.thresholds import summed

_SHALLOW = 2


class Dataflow:
    """Builds the sections of one network."""

    def __init__(self, graph: LayerGraph, source: Stream, sink: Stream, identifiers: Identifiers, options: HlsOptions):
        self.source, self.sink, self.identifiers = source, sink, identifiers
        self._graph, self._last = with_joined_outputs(graph, identifiers)
        self.settings = choose_settings(self._graph, source.bus_bits, options, trips)
        self.sections: list[HlsSection] = []
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
        self._processes: list[Process] = []

    def _close(self, title: str, note: str, engines: tuple[Engine, ...] = ()) -> None:
        self.sections.append(
            HlsSection(
                title=title,
                notes=(note,),
                engines=engines,
                channels=tuple(self._channels),
                processes=tuple(self._processes),
            )
        )

    def _channel(self, name: str, bits: int, depth: int = _SHALLOW, count: int = 0) -> str:
        name = self.identifiers.unique(name)
        self._channels.append(Channel(name, bits, depth, count))
        return name

    def _process(self, function: str, parameters: tuple[object, ...], cycles: int, *arguments: str) -> None:
        text = f"{function}<{', '.join(map(str, parameters))}>"
        self._processes.append(Process(text, arguments, cycles))

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
        self._process("wg_fork", (bits, len(rooms), words), words, tensor.name, copies)
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
            self._process("wg_narrow", (unit, bits // unit, words), words, stream, parts)
            stream = parts
        if want != unit:
            wide = self._channel(f"{prefix}_words", want)
            self._process("wg_widen", (unit, want // unit, tensor.bits // want), tensor.bits // unit, stream, wide)
            stream = wide
        return stream

    def _operands(self, layer: Blend | Move, lanes: int) -> str:
        """An array of streams, one a source, all of one element type."""
        name, word = layer.result.name, operand_word(layer)
        taken = [self._take(t, lanes * t.width, f"{name}_{k}") for k, t in enumerate(layer.sources)]
        array = self._channel(f"{name}_in", lanes * word.bits, count=len(taken))
        for k, (tensor, stream) in enumerate(zip(layer.sources, taken, strict=True)):
            words = tensor.count // lanes
            types = (ctype(tensor.word), ctype(word), lanes, words)
            self._process("wg_resize", types, words, stream, f"{array}[{k}]")
        return array

    def _windows(self, layer: Linear | Pool, setting: Setting, config: str) -> str:
        """The source itself where its words already are the windows, one after the other."""
        name, source = layer.result.name, layer.source
        stream = self._take(source, read_elements(layer, setting) * source.width, name)
        if layer.window.in_order:
            return stream
        windows = self._channel(f"{name}_windows", setting.simd * source.width)
        function = "wg_slide" if slides(layer, setting) else "wg_window"
        self._process(function, (config,), window_trips(layer, setting), stream, windows)
        return windows

    # ---- layers ----

    def _layer(self, layer: Layer) -> None:
        self._begin()
        name, setting = layer.result.name, self.settings[layer.name]
        self._words[name] = (setting.pe * layer.result.width, layer.result.count // setting.pe)
        first, *more = engines_of(layer, setting, self.identifiers)
        if isinstance(layer, Linear | Pool):
            read = self._windows(layer, setting, first.config.name)
        else:
            read = self._operands(layer, setting.pe)
        if isinstance(layer, Linear | Blend) and more:
            sums = self._channel(f"{name}_sums", setting.pe * summed(layer).result.width)
            self._compute(first, engine_trips(layer, setting), read, sums)
            self._compute(more[0], self._words[name][1], sums, name)
        else:
            self._compute(first, engine_trips(layer, setting), read, name)
        self._produce(layer.result)
        note = f"{setting}: {max(p.cycles for p in self._processes)} loop trips a frame."
        self._close(f"{layer.name}: {layer.summary}", note, (first, *more))

    def _compute(self, engine: Engine, cycles: int, read: str, written: str) -> None:
        arrays = (array.name for array in engine.arrays)
        self._process(engine.function, (engine.config.name,), cycles, read, written, *arrays)

    # ---- the two ends ----

    def _receive(self, tensor: Tensor) -> None:
        self._begin()
        bus, beats = self.source.bus_bits, self.source.beats
        self._process("wg_receive", (bus, beats), 2 * beats, "s_axis", tensor.name, "err_frames")
        self._produce(tensor)
        self._close("Input stream", describe_input(self.source))

    def _send(self) -> None:
        self._begin()
        last, bus = self._last, self.sink.bus_bits
        if self.sink.kind == "spikes":
            bits = gcd(self._words[last.name][0], bus, last.bits)
            stream = self._take(last, bits, "sent")
            self._process("wg_send_packed", (bits, bus, last.bits // bits), last.bits // bits, stream, "m_axis")
        else:
            function = "wg_send_class" if self.sink.kind == "class" and last.count > 1 else "wg_send"
            stream = self._take(last, last.width, "sent")
            self._process(function, (ctype(last.word), bus, last.count), last.count, stream, "m_axis")
        self._close("Output stream", describe_output(self.sink))


def _levels(graph: LayerGraph) -> dict[str, int]:
    """Layers on the longest way from the input to each tensor."""
    level = {graph.input.name: 0}
    for layer in graph.layers:
        level[layer.result.name] = 1 + max(level[t.name] for t in layer.sources)
    return level
