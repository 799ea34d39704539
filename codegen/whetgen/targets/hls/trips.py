"""Trips a frame of each process's pipelined loops: its cycles, if the tool reaches an interval of 1 everywhere."""

from __future__ import annotations

from whetgen.layers import Layer, Linear, Move, Pool, Window
from whetgen.targets.streams.setting import Setting, slides, walk_words


def trips(layer: Layer, setting: Setting) -> int:
    """Of the slowest process of the layer."""
    return max(window_trips(layer, setting), engine_trips(layer, setting))


def engine_trips(layer: Layer, setting: Setting) -> int:
    """Of the process that computes."""
    if isinstance(layer, Linear):
        words = layer.window.positions * walk_words(layer, setting)
        return words * setting.planes * (layer.neurons // setting.pe)
    if isinstance(layer, Pool):
        return layer.window.positions * layer.window.taps * (layer.window.channels // setting.simd)
    if isinstance(layer, Move):
        total = sum(t.count for t in layer.sources)
        return total if layer.in_order else total + layer.result.count
    return layer.result.count // setting.simd


def window_trips(layer: Layer, setting: Setting) -> int:
    """Of the process that makes the windows, 0 where there is none."""
    if not isinstance(layer, Linear | Pool) or in_order(layer.window):
        return 0
    if slides(layer, setting):
        height, width = layer.window.touched
        return height * width + layer.window.positions * (walk_words(layer, setting) - 1)
    return _line_trips(layer.window, setting.simd)


def in_order(g: Window) -> bool:
    """Whether the map, read pixel by pixel, already is the windows one after the other."""
    pointwise = g.taps == 1 and g.stride == (1, 1) and (g.out_height, g.out_width) == (g.height, g.width)
    return g.trivial or (pointwise and g.before == (0, 0))


def _line_trips(g: Window, simd: int) -> int:
    """Of ``wg_window``: the first rows, then a span for each row of windows."""
    chunks = g.channels // simd
    row = g.width * chunks
    first = min(max((g.kernel[0] - 1) * g.dilation[0] + 1 - g.before[0], 0), g.height) * row
    span = max(g.out_width * g.taps * chunks, g.stride[0] * row)
    return first + g.out_height * span
