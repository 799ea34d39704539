"""Steps -> processes that are joined by streams, each layer with its PE x SIMD folding.

A tensor leaves its layer as words of PE elements. On its way to each reader it is copied where several read it,
packed into words of the reader's SIMD elements, and resized where the reader wants one type for all operands.

Depths: a reader that takes a whole frame before it gives something back has a frame of room; one that walks windows a
row of the map. An edge that skips ``d`` layers has ``d + 1`` frames: whatever the longer way holds back, the shorter
one has room for, so that nothing waits for ever.
"""

from __future__ import annotations

from functools import singledispatchmethod
from math import gcd

from whetgen.layers.graph import Blend, Linear, Move, Pool, Step, Steps, Tensor, with_joined_outputs
from whetgen.targets.hls import shapes
from whetgen.targets.hls.options import HlsOptions
from whetgen.targets.hls.records import Call, Channel, LayerCycles, Section, Shape, Table
from whetgen.targets.hls.trips import engine_trips, in_order, trips, window_trips
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.cost import ENDS, luts
from whetgen.targets.streams.describe import describe, describe_input, describe_output
from whetgen.targets.streams.folding import CostModel, choose_settings
from whetgen.targets.streams.setting import Setting, read_elements, slides
from whetgen.targets.streams.streams import Stream

COSTS = CostModel(trips, luts, ENDS)
_SHALLOW = 2


class Dataflow:
    """Builds the sections of one network."""

    def __init__(self, steps: Steps, source: Stream, sink: Stream, identifiers: Identifiers, options: HlsOptions):
        self.source, self.sink, self.identifiers = source, sink, identifiers
        self._steps, self._last = with_joined_outputs(steps, identifiers)
        self.settings = choose_settings(self._steps, source.bus_bits, options, COSTS)
        self.sections: list[Section] = []
        self._level = _levels(self._steps)
        self._words = {self._steps.input.name: (source.bus_bits, source.beats)}
        self._waiting: dict[str, list[str]] = {}
        self._receive(self._steps.input)
        for step in self._steps.steps:
            self._layer(step)
        self._send()
        self.cycles = tuple(
            LayerCycles(step.layer, section.cycles, *self.settings[step.layer].folding)
            for step, section in zip(self._steps.steps, self.sections[1:-1], strict=True)
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
        readers = [step for step in self._steps.steps for t in step.sources if t is tensor]
        rooms = [self._room(tensor, step, words) for step in readers]
        rooms += [_SHALLOW] if tensor is self._last else []
        if len(rooms) == 1:
            self._channels.append(Channel(tensor.name, bits, rooms[0]))
            self._waiting[tensor.name] = [tensor.name]
            return
        self._channels.append(Channel(tensor.name, bits, _SHALLOW))
        copies = self._channel(f"{tensor.name}_to", bits, max(rooms), len(rooms))
        self._call("wg_fork", (bits, len(rooms), words), words, tensor.name, copies)
        self._waiting[tensor.name] = [f"{copies}[{k}]" for k in range(len(rooms))]

    def _room(self, tensor: Tensor, reader: Step, words: int) -> int:
        """Words that wait for this reader at most."""
        skipped = self._level[reader.result.name] - self._level[tensor.name] - 1
        if skipped:
            return words * (skipped + 1)
        if isinstance(reader, Linear | Pool) and not reader.geometry.trivial:
            row = reader.geometry.width * reader.geometry.channels
            return max(_SHALLOW, -(-words * row // tensor.count))
        return _SHALLOW if isinstance(reader, Blend) else max(_SHALLOW, words)

    def _take(self, tensor: Tensor, want: int, prefix: str) -> str:
        """The tensor's next copy as words of ``want`` bits."""
        stream, (bits, _) = self._waiting[tensor.name].pop(0), self._words[tensor.name]
        step = gcd(bits, want)
        if bits != step:
            parts = self._channel(f"{prefix}_parts", step)
            words = tensor.bits // step
            self._call("wg_narrow", (step, bits // step, words), words, stream, parts)
            stream = parts
        if want != step:
            wide = self._channel(f"{prefix}_words", want)
            self._call("wg_widen", (step, want // step, tensor.bits // want), tensor.bits // step, stream, wide)
            stream = wide
        return stream

    def _operands(self, step: Blend | Move, element: str, width: int, lanes: int) -> str:
        """An array of streams, one a source, all of one element type."""
        name = step.result.name
        taken = [self._take(t, lanes * t.width, f"{name}_{k}") for k, t in enumerate(step.sources)]
        array = self._channel(f"{name}_in", lanes * width, count=len(taken))
        for k, (tensor, stream) in enumerate(zip(step.sources, taken, strict=True)):
            words = tensor.count // lanes
            self._call("wg_resize", (shapes.element(tensor), element, lanes, words), words, stream, f"{array}[{k}]")
        return array

    # ---- layers ----

    def _layer(self, step: Step) -> None:
        self._begin()
        setting = self.settings[step.layer]
        self._words[step.result.name] = (setting.pe * step.result.width, step.result.count // setting.pe)
        self._build(step, setting)
        self._produce(step.result)
        notes = f"{setting}: {max(c.cycles for c in self._calls)} loop trips a frame."
        self._close(f"{step.layer}: {describe(step)}", notes)

    @singledispatchmethod
    def _build(self, step: Step, setting: Setting) -> None:
        raise TypeError(f"no HLS form of {type(step).__name__}")

    @_build.register
    def _(self, step: Linear, setting: Setting) -> None:
        name = step.result.name
        shape = self._shape(shapes.linear(self.identifiers.unique(f"{name}_shape"), step, setting))
        tables = shapes.linear_tables(step, setting, self.identifiers)
        self._tables += tables
        stream = self._windows(step, shape, setting)
        self._call("wg_linear", (shape,), engine_trips(step, setting), stream, name, *(t.name for t in tables))

    @_build.register
    def _(self, step: Pool, setting: Setting) -> None:
        name = step.result.name
        shape = self._shape(shapes.pool(self.identifiers.unique(f"{name}_shape"), step, setting.pe))
        self._call("wg_pool", (shape,), engine_trips(step, setting), self._windows(step, shape, setting), name)

    @_build.register
    def _(self, step: Blend, setting: Setting) -> None:
        name, lanes = step.result.name, setting.pe
        shape = self._shape(shapes.blend(self.identifiers.unique(f"{name}_shape"), step, lanes))
        tables = shapes.blend_tables(step, lanes, self.identifiers)
        self._tables += tables
        operands = self._operands(step, f"wg_int<{step.operand_width}>", step.operand_width, lanes)
        self._call("wg_blend", (shape,), engine_trips(step, setting), operands, name, *(t.name for t in tables))

    @_build.register
    def _(self, step: Move, setting: Setting) -> None:
        name = step.result.name
        tables = shapes.move_tables(step, self.identifiers)
        shape = self._shape(shapes.move(self.identifiers.unique(f"{name}_shape"), step))
        self._tables += tables
        operands = self._operands(step, shapes.element(step.result), step.result.width, 1)
        function = "wg_append" if step.in_order else "wg_gather"
        self._call(function, (shape,), engine_trips(step, setting), operands, name, *(t.name for t in tables))

    def _shape(self, shape: Shape) -> str:
        self._shapes.append(shape)
        return shape.name

    def _windows(self, step: Linear | Pool, shape: str, setting: Setting) -> str:
        """The source itself where its words already are the windows, one after the other."""
        name, source = step.result.name, step.sources[0]
        stream = self._take(source, read_elements(step, setting) * source.width, name)
        if in_order(step.geometry):
            return stream
        windows = self._channel(f"{name}_windows", setting.simd * source.width)
        function = "wg_slide" if slides(step, setting) else "wg_window"
        self._call(function, (shape,), window_trips(step, setting), stream, windows)
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


def _levels(steps: Steps) -> dict[str, int]:
    """Layers on the longest way from the input to each tensor."""
    level = {steps.input.name: 0}
    for step in steps.steps:
        level[step.result.name] = 1 + max(level[t.name] for t in step.sources)
    return level
