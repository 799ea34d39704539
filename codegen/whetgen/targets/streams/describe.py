"""Steps and streams in words, for comments."""

from __future__ import annotations

from whetgen.layers.graph import Blend, Linear, Pool, Step
from whetgen.targets.streams.streams import Stream
from whetgen.wording import counted


def describe_input(stream: Stream) -> str:
    """``784 uint8 elements in 98 beats.``"""
    return f"{counted(stream.count, f'{stream.kind} element')} in {counted(stream.beats, 'beat')}."


def describe_output(stream: Stream) -> str:
    """``class: 1 element of 8 bits in 1 beat.``"""
    element = f"{counted(stream.count, 'element')} of {counted(stream.element_bits, 'bit')}"
    return f"{stream.kind}: {element} in {counted(stream.beats, 'beat')}."


def describe(step: Step) -> str:
    """One line: what the layer is."""
    if isinstance(step, Linear):
        g, what = step.geometry, "fire" if step.fire else "sum"
        if g.trivial:
            return f"{counted(len(step.weights), 'input')}, {counted(step.neurons, 'neuron')}, {what}"
        return f"{g.height}x{g.width}x{g.channels}, window {g.kernel[0]}x{g.kernel[1]}, to {g.out_height}x{g.out_width}x{step.neurons}, {what}"
    if isinstance(step, Pool):
        g = step.geometry
        return f"{'largest' if step.largest else 'sum'} of {g.kernel[0]}x{g.kernel[1]} windows, to {g.out_height}x{g.out_width}x{g.channels}"
    if isinstance(step, Blend):
        return f"{counted(len(step.sources), 'operand')} of {counted(step.result.count, 'element')}, {'fire' if step.fire else 'sum'}"
    return f"{counted(step.result.count, 'element')} moved"
