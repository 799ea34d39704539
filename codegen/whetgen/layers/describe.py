"""A layer in words, for comments and reports."""

from __future__ import annotations

from functools import singledispatch

from whetgen.layers.layer import Blend, Linear, Move, Pool
from whetgen.wording import counted


def _what(layer: Linear | Blend) -> str:
    return f"{1 + len(layer.higher)} thresholds" if layer.higher else "fire" if layer.fire else "sum"


@singledispatch
def describe(layer: object) -> str:
    """One line: what the layer is."""
    raise TypeError(f"no words for {type(layer).__name__}")


@describe.register
def _(layer: Linear) -> str:
    w, what = layer.window, _what(layer)
    if w.trivial:
        return f"{counted(len(layer.weights), 'input')}, {counted(layer.neurons, 'neuron')}, {what}"
    return (
        f"{w.height}x{w.width}x{w.channels}, window {w.kernel[0]}x{w.kernel[1]}, "
        f"to {w.out_height}x{w.out_width}x{layer.neurons}, {what}"
    )


@describe.register
def _(layer: Pool) -> str:
    w, what = layer.window, "largest" if layer.largest else "sum"
    return f"{what} of {w.kernel[0]}x{w.kernel[1]} windows, to {w.out_height}x{w.out_width}x{w.channels}"


@describe.register
def _(layer: Blend) -> str:
    operands = counted(len(layer.sources), "operand")
    return f"{operands} of {counted(layer.result.count, 'element')}, {_what(layer)}"


@describe.register
def _(layer: Move) -> str:
    return f"{counted(layer.result.count, 'element')} moved"
