"""Sizes that follow from the plan alone: counts for ``whetgen.json``, and which tables are block RAM."""

from __future__ import annotations

import numpy as np

from whetgen.layers import LayerGraph, Linear

BRAM_BITS, BRAM_WORDS = 4_096, 128  # a table of so many bits, in so many words, is to be block RAM


def is_bram(words: int, width: int) -> bool:
    """Whether a table of words of ``width`` bits is large and deep enough for block RAM."""
    return words * width >= BRAM_BITS and words >= BRAM_WORDS


def estimate(graph: LayerGraph, rom_bits: int) -> dict[str, int]:
    """The counts; ``rom_bits``: of all the target's tables."""
    linear = [s for s in graph.layers if isinstance(s, Linear)]
    return {
        "synapses": sum(int(np.count_nonzero(s.weights)) for s in linear),
        "multiply_adds": sum(s.multiply_adds for s in linear),
        "neurons": sum(s.neurons for s in linear),
        "rom_bits": rom_bits,
        "tensor_bits": sum(s.result.bits for s in graph.layers) + graph.input.bits,
    }
