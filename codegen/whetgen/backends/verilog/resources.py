"""A first estimate of the size; to be fitted to synthesis later."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from whetgen.backends.verilog.netlist import Rom
from whetgen.backends.verilog.steps import Linear, Steps


def estimate(steps: Steps, architecture: str, roms: Iterable[Rom]) -> dict[str, int]:
    """Counts that follow from the plan alone: synapses, constant bits, sums."""
    linear = [s for s in steps.steps if isinstance(s, Linear)]
    return {
        "synapses": sum(int(np.count_nonzero(s.weights)) for s in linear),
        "multiply_adds": sum(s.multiply_adds for s in linear),
        "neurons": sum(s.neurons for s in linear),
        "rom_bits": sum(r.width * len(r.words) for r in roms),
        "tensor_bits": sum(s.result.bits for s in steps.steps) + steps.input.bits,
    }
