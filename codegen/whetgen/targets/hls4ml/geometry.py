"""Sliding windows as constants of a config struct, named as hls4ml names its own."""

from __future__ import annotations

from whetgen.ir import Graph
from whetgen.ir.nodes import Conv, MaxPool, Pair, SumPool
from whetgen.targets.hls4ml.records import Constant


def window_constants(
    graph: Graph, node: Conv | MaxPool | SumPool, window: Pair, dilation: Pair = (1, 1)
) -> tuple[Constant, ...]:
    """Sizes of the map before and after, of the window, its steps and the padding in front."""
    (in_height, in_width, _), (out_height, out_width, channels) = graph.shapes[node.source], graph.shapes[node.name]
    values = {
        "in_height": in_height,
        "in_width": in_width,
        "out_height": out_height,
        "out_width": out_width,
        "n_filt": channels,
        "filt_height": window[0],
        "filt_width": window[1],
        "stride_height": node.stride[0],
        "stride_width": node.stride[1],
        "dilation_height": dilation[0],
        "dilation_width": dilation[1],
        "pad_top": node.padding[0][0],
        "pad_left": node.padding[1][0],
    }
    return tuple(Constant(name, int(value)) for name, value in values.items())
