"""How large an unrolled network becomes, told before anything of it is built."""

from __future__ import annotations

import numpy as np

from whetgen.ir.integers import unsigned_bits
from whetgen.layers import LayerGraph, Linear, Move, Pool
from whetgen.targets.verilog.logic.digits import signed_digits
from whetgen.targets.verilog.logic.lookup_tables import LogicGraph, LogicLayer, LookupTables

_LUTS_PER_LITERAL = 0.63  # built: 0.62 of digits-mlp's 23,692, 0.57 of mnist-mlp-small's 32,169
MOST_THRESHOLDS = 3  # more are better folded
END_LUTS = 140  # streams, valid bits and the class of ten scores, as synthesised
MAX_WORD_BITS = 1 << 16  # Verilator's longest constant


def expected_luts(graph: LogicGraph) -> int:
    """LUTs of the unrolled network, about."""
    tables = sum(len(s.truths) for s in graph.layers if isinstance(s, LookupTables))
    return round(_literals(graph) * _LUTS_PER_LITERAL) + tables + END_LUTS


def _literals(graph: LogicGraph) -> int:
    """Single bits that the layers' sums would add, before anything is shared."""
    return sum(
        s.window.positions * s.source.width * int(np.count_nonzero(signed_digits(s.weights)))
        for s in graph.layers
        if isinstance(s, Linear)
    )


def most_thresholds(graph: LayerGraph) -> int:
    """Of a neuron; 0 where none fires."""
    return max((1 + len(s.higher) for s in graph.layers if not isinstance(s, Move) and s.fire), default=0)


def sliding_windows(graph: LayerGraph) -> int:
    """Layers whose window moves over a map."""
    return sum(isinstance(layer, Linear | Pool) and not layer.window.trivial for layer in graph.layers)


def widest_word(graph: LogicGraph) -> int:
    """Bits of the widest bus or constant that unrolling would make."""
    return max([graph.input.bits, *(b for s in graph.layers for b in _word_bits(s))])


def _word_bits(layer: LogicLayer) -> list[int]:
    inputs = sum(t.count for t in layer.sources)
    bits = [layer.result.bits, inputs * layer.result.width]
    return [*bits, layer.result.count * unsigned_bits(inputs)] if isinstance(layer, Move) else bits
