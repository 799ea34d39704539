"""``whetgen inspect``: what a network is made of, layer by layer."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from whetgen.ir import Graph
from whetgen.ir.integers import signed_bits
from whetgen.ir.nodes import LINEAR, Conv, Dense, Input, Node
from whetgen.layers import Layer
from whetgen.passes.narrow import weight_bits
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.cost import luts
from whetgen.targets.streams.network import hardware_layers
from whetgen.targets.streams.setting import Setting, cycles, legal_settings, read_elements, widest_word


@dataclass(frozen=True)
class LayerFacts:
    """One node. Counts are of one frame; bits are those of a word that holds any value.

    ``fan_in``: inputs of a neuron; ``synapses``: stored weights that are not zero; ``operations``:
    weights applied in one frame.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    value_bits: int
    fan_in: int | None = None
    weight_bits: int | None = None
    synapses: int | None = None
    operations: int | None = None


@dataclass(frozen=True)
class LegalFolding:
    """PE neurons and SIMD inputs at once, and the cycles a frame of the folded Verilog.

    ``planes``: 1, or the bits of an input that come one by one. ``luts``: estimated, inputs arriving in words as wide
    as the layer's own. ``word_bits``: of the widest word that it takes or gives; HLS has words of up to 4,096 bits.
    """

    pe: int
    simd: int
    cycles: int
    planes: int
    luts: int
    word_bits: int


def foldings(graph: Graph) -> dict[str, list[LegalFolding]]:
    """Every legal folding of each hardware layer, the slowest first."""
    return {
        layer.name: sorted(
            (_legal(layer, s) for s in legal_settings(layer)),
            key=lambda row: (-row.cycles, row.pe),
        )
        for layer in hardware_layers(graph, Identifiers()).layers
    }


def _legal(layer: Layer, setting: Setting) -> LegalFolding:
    own = {t.name: read_elements(layer, setting) * t.width for t in layer.sources}
    taken = cycles(layer, setting), setting.planes, round(luts(layer, setting, own))
    return LegalFolding(*setting.folding, *taken, widest_word(layer, setting))


def layers(graph: Graph) -> list[LayerFacts]:
    """Facts about every node, in graph order."""
    return [_facts(graph, node) for node in graph.nodes]


def totals(graph: Graph) -> dict[str, int]:
    """Sums over the layers: synapses, weight memory in bits, operations a frame."""
    rows = layers(graph)
    linear = [n for n in graph.nodes if isinstance(n, LINEAR)]
    return {
        "synapses": sum(r.synapses or 0 for r in rows),
        "weight_memory_bits": sum(n.weights.size * weight_bits(n) for n in linear),
        "operations": sum(r.operations or 0 for r in rows),
    }


def as_dict(graph: Graph) -> dict:
    """Everything, ready for JSON."""
    legal = {layer: [asdict(row) for row in rows] for layer, rows in foldings(graph).items()}
    rows = [asdict(row) for row in layers(graph)]
    return {"layers": rows, "totals": totals(graph), "foldings": legal, "notes": list(graph.notes)}


def _facts(graph: Graph, node: Node) -> LayerFacts:
    lo, hi = graph.ranges[node.name]
    bits = (
        graph.input.type.bits
        if isinstance(node, Input)
        else (max(hi.bit_length(), 1) if lo >= 0 else signed_bits(lo, hi))
    )
    facts = (node.name, type(node).__name__, graph.shapes[node.name], bits)
    if not isinstance(node, LINEAR):
        return LayerFacts(*facts)
    used = int(np.count_nonzero(node.weights))
    return LayerFacts(*facts, _fan_in(node), weight_bits(node), used, used * _positions(graph, node))


def _fan_in(node: Dense | Conv) -> int:
    return int(np.prod(node.weights.shape[:-1]))


def _positions(graph: Graph, node: Dense | Conv) -> int:
    return int(np.prod(graph.shapes[node.name][:-1])) if isinstance(node, Conv) else 1
