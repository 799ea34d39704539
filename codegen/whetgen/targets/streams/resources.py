"""Sizes that follow from the plan alone: counts for ``whetgen.json``, and which tables are block RAM."""

from __future__ import annotations

import numpy as np

from whetgen.layers import LayerGraph

BRAM_BITS, BRAM_WORDS = 4_096, 128  # a table of so many bits, in so many words, is to be block RAM


def is_bram(words: int, width: int) -> bool:
    """Whether a table of words of ``width`` bits is large and deep enough for block RAM."""
    return words * width >= BRAM_BITS and words >= BRAM_WORDS


def estimate(graph: LayerGraph, rom_bits: int) -> dict[str, int]:
    """The counts; ``rom_bits``: of all the target's tables."""
    return {
        "synapses": sum(int(np.count_nonzero(layer.weights)) for layer in graph.linear),
        "multiply_adds": sum(layer.multiply_adds for layer in graph.linear),
        "neurons": sum(layer.neurons for layer in graph.linear),
        "rom_bits": rom_bits,
        "tensor_bits": sum(tensor.bits for tensor in graph.tensors),
    }
