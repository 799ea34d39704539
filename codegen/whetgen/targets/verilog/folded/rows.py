"""Whose constants the rows of a layer's ROMs hold, in words."""

from __future__ import annotations

from collections.abc import Iterator

from whetgen.layers import Linear, Move, Window
from whetgen.targets.streams.setting import Setting, walk_words
from whetgen.wording import listed


def _span(noun: str, first: int, count: int) -> str:
    return listed(noun, range(first, first + count))


def weight_rows(layer: Linear, setting: Setting) -> Iterator[str]:
    """Pass by pass over the neurons, word by word of the window."""
    for neuron in range(0, layer.neurons, setting.pe):
        for word in range(walk_words(layer, setting)):
            yield f"{_span('neuron', neuron, setting.pe)}, {_inputs(layer.window, word * setting.simd, setting.simd)}"


def _inputs(window: Window, first: int, count: int) -> str:
    """``inputs 0 to 3``; of a window that slides ``tap (1, 2), channels 0 to 3`` or, in whole pixels, ``taps (0, 0) to (0, 2)``."""
    if window == Window.whole(window.channels):
        return _span("input", first, count)
    (begin, channel), (end, _) = divmod(first, window.channels), divmod(first + count - 1, window.channels)
    if count > window.channels:
        return f"taps {_tap(window, begin)} to {_tap(window, end)}"
    return f"tap {_tap(window, begin)}, {_span('channel', channel, count)}"


def _tap(window: Window, number: int) -> str:
    row, column = divmod(number, window.kernel[1])
    return f"({row}, {column})"


def level_rows(layer: Linear, pe: int) -> Iterator[str]:
    """Pass by pass over the neurons, for each position where they differ."""
    for position in range(len(layer.levels)):
        place = f", position {position}" if len(layer.levels) > 1 else ""
        for neuron in range(0, layer.neurons, pe):
            yield f"{_span('neuron', neuron, pe)}{place}"


def element_rows(period: int, lanes: int) -> Iterator[str]:
    """Some elements at a time."""
    for element in range(0, period, lanes):
        yield _span("element", element, lanes)


def move_rows(layer: Move) -> Iterator[tuple[str, int, int]]:
    """Of each element of the result: itself in words, its source's number and its place there; a zero comes from one more source."""
    starts = [sum(t.count for t in layer.sources[:k]) for k in range(len(layer.sources))]
    for element, index in enumerate(layer.indices.tolist()):
        if index < 0:
            yield f"element {element}: zero", len(starts), 0
            continue
        source = max(k for k, start in enumerate(starts) if start <= index)
        place = index - starts[source]
        yield f"element {element}: element {place} of {layer.sources[source].name}", source, place
