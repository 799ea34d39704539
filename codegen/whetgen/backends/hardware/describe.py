"""Steps in words, for comments."""

from __future__ import annotations

from whetgen.backends.hardware.steps import Blend, Linear, Pool, Step


def describe(step: Step) -> str:
    """One line: what the layer is."""
    if isinstance(step, Linear):
        g, what = step.geometry, "fire" if step.fire else "sum"
        if g.trivial:
            return f"{len(step.weights)} inputs, {step.neurons} neurons, {what}"
        return f"{g.height}x{g.width}x{g.channels}, window {g.kernel[0]}x{g.kernel[1]}, to {g.out_height}x{g.out_width}x{step.neurons}, {what}"
    if isinstance(step, Pool):
        g = step.geometry
        return f"{'largest' if step.largest else 'sum'} of {g.kernel[0]}x{g.kernel[1]} windows, to {g.out_height}x{g.out_width}x{g.channels}"
    if isinstance(step, Blend):
        return f"{len(step.sources)} operands of {step.result.count} elements, {'fire' if step.fire else 'sum'}"
    return f"{step.result.count} elements moved"
