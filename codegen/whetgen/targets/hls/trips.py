"""Trips a frame of each process's pipelined loops: its cycles, if the tool reaches an interval of 1 everywhere."""

from __future__ import annotations

from whetgen.layers import Layer, Linear, Move, Pool, Window
from whetgen.targets.streams.setting import Setting, engine_cycles, places, slides, walk_words


def trips(layer: Layer, setting: Setting) -> int:
    """Of the slowest process of the layer."""
    return max(window_trips(layer, setting), engine_trips(layer, setting))


def engine_trips(layer: Layer, setting: Setting) -> int:
    """Of the process that computes."""
    if isinstance(layer, Move):
        total = sum(t.count for t in layer.sources)
        return total if layer.in_order else total + layer.result.count
    return engine_cycles(layer, setting)


def window_trips(layer: Layer, setting: Setting) -> int:
    """Of the process that makes the windows, 0 where there is none."""
    if not isinstance(layer, Linear | Pool) or layer.window.in_order:
        return 0
    if isinstance(layer, Linear) and slides(layer, setting):
        return places(layer.window) + layer.window.positions * walk_words(layer, setting)
    return _line_trips(layer.window, setting.simd)


def _line_trips(g: Window, simd: int) -> int:
    """Of ``wg_window``: the first rows, then a span for each row of windows."""
    chunks = g.channels // simd
    row = g.width * chunks
    first = min(max((g.kernel[0] - 1) * g.dilation[0] + 1 - g.before[0], 0), g.height) * row
    span = max(g.out_width * g.taps * chunks, g.stride[0] * row)
    return first + g.out_height * span
