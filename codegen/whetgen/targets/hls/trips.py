"""Trips a frame of each process's pipelined loops: its cycles, if the tool reaches an interval of 1 everywhere."""

from __future__ import annotations

from whetgen.layers.graph import Geometry, Linear, Move, Pool, Step
from whetgen.targets.streams.setting import Setting, slides, touched, walk_words


def trips(step: Step, setting: Setting) -> int:
    """Of the slowest process of the layer."""
    return max(window_trips(step, setting), engine_trips(step, setting))


def engine_trips(step: Step, setting: Setting) -> int:
    """Of the process that computes."""
    if isinstance(step, Linear):
        words = step.geometry.positions * walk_words(step, setting)
        return words * setting.planes * (step.neurons // setting.pe)
    if isinstance(step, Pool):
        return step.geometry.positions * step.geometry.taps * (step.geometry.channels // setting.simd)
    if isinstance(step, Move):
        total = sum(t.count for t in step.sources)
        return total if step.in_order else total + step.result.count
    return step.result.count // setting.simd


def window_trips(step: Step, setting: Setting) -> int:
    """Of the process that makes the windows, 0 where there is none."""
    if not isinstance(step, Linear | Pool) or in_order(step.geometry):
        return 0
    if slides(step, setting):
        height, width = touched(step.geometry)
        return height * width + step.geometry.positions * (walk_words(step, setting) - 1)
    return _line_trips(step.geometry, setting.simd)


def in_order(g: Geometry) -> bool:
    """Whether the map, read pixel by pixel, already is the windows one after the other."""
    pointwise = g.taps == 1 and g.stride == (1, 1) and (g.out_height, g.out_width) == (g.height, g.width)
    return g.trivial or (pointwise and g.before == (0, 0))


def _line_trips(g: Geometry, simd: int) -> int:
    """Of ``wg_window``: the first rows, then a span for each row of windows."""
    chunks = g.channels // simd
    row = g.width * chunks
    first = min(max((g.kernel[0] - 1) * g.dilation[0] + 1 - g.before[0], 0), g.height) * row
    span = max(g.out_width * g.taps * chunks, g.stride[0] * row)
    return first + g.out_height * span
