"""A layer in words, for comments and reports."""

from __future__ import annotations

from functools import singledispatch

from whetgen.layers.layer import Blend, Linear, Move, Pool
from whetgen.wording import counted


@singledispatch
def describe(layer: object) -> str:
    """One line: what the layer is."""
    raise TypeError(f"no words for {type(layer).__name__}")


@describe.register
def _(layer: Linear) -> str:
    w, what = layer.window, "fire" if layer.fire else "sum"
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
    operands, what = counted(len(layer.sources), "operand"), "fire" if layer.fire else "sum"
    return f"{operands} of {counted(layer.result.count, 'element')}, {what}"


@describe.register
def _(layer: Move) -> str:
    return f"{counted(layer.result.count, 'element')} moved"
