"""``whetgen inspect``: what a network is made of, layer by layer."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TypeGuard

import numpy as np

from whetgen.ir import Graph
from whetgen.ir.integers import word_bits
from whetgen.layers import Blend, Layer, Linear, Pool, layer_graph
from whetgen.passes.narrow import weight_bits
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.cost import luts
from whetgen.targets.streams.network import hardware_layers
from whetgen.targets.streams.setting import Setting, cycles, legal_settings, read_elements, widest_word

HEAD = ("layer", "kind", "shape", "sum bits", "value bits", "fan-in", "weight bits", "synapses", "operations")


@dataclass(frozen=True, kw_only=True)
class LayerFacts:
    """The input or one layer. Counts are of one frame; bits are those of a word that holds any value.

    ``kind``: of the nodes that it is made of. ``sum_bits``: of the sums before bias or threshold; ``value_bits``: of the
    result. ``fan_in``: inputs of a neuron; ``synapses``: stored weights that are not zero; ``operations``: weights
    applied in one frame.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    sum_bits: int | None = None
    value_bits: int
    fan_in: int | None = None
    weight_bits: int | None = None
    synapses: int | None = None
    operations: int | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """In words, under ``HEAD``."""
        numbers = (self.sum_bits, self.value_bits, self.fan_in, self.weight_bits, self.synapses, self.operations)
        return self.name, self.kind, "x".join(map(str, self.shape)), *("" if n is None else f"{n:,}" for n in numbers)


@dataclass(frozen=True, kw_only=True)
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
    return LegalFolding(
        pe=setting.pe,
        simd=setting.simd,
        cycles=cycles(layer, setting),
        planes=setting.planes,
        luts=round(luts(layer, setting, own)),
        word_bits=widest_word(layer, setting),
    )


def layers(graph: Graph) -> list[LayerFacts]:
    """Facts about the input and every layer."""
    entry = LayerFacts(name=graph.input.name, kind="Input", shape=graph.input.shape, value_bits=graph.input.type.bits)
    return [entry, *map(_facts, layer_graph(graph).layers)]


def totals(graph: Graph) -> dict[str, int]:
    """Sums over the layers: synapses, weight memory in bits, operations a frame."""
    rows = layers(graph)
    return {
        "synapses": sum(r.synapses or 0 for r in rows),
        "weight_memory_bits": sum(
            layer.weights.size * weight_bits(layer.weights) for layer in layer_graph(graph).linear
        ),
        "operations": sum(r.operations or 0 for r in rows),
    }


def as_dict(graph: Graph) -> dict:
    """Everything, ready for JSON."""
    legal = {layer: [asdict(row) for row in rows] for layer, rows in foldings(graph).items()}
    rows = [asdict(row) for row in layers(graph)]
    return {"layers": rows, "totals": totals(graph), "foldings": legal, "notes": list(graph.notes)}


def _facts(layer: Layer) -> LayerFacts:
    fused = layer.result.name != layer.name
    facts = LayerFacts(
        name=layer.name,
        kind=f"{layer.kind} + Threshold" if fused else layer.kind,
        shape=layer.result.shape,
        sum_bits=word_bits(layer.sum_range.lo, layer.sum_range.hi) if _sums(layer) else None,
        value_bits=layer.result.width,
    )
    if not isinstance(layer, Linear):
        return facts
    used = int(np.count_nonzero(layer.weights))
    return replace(
        facts,
        fan_in=len(layer.weights),
        weight_bits=weight_bits(layer.weights),
        synapses=used,
        operations=used * layer.window.positions,
    )


def _sums(layer: Layer) -> TypeGuard[Linear | Pool | Blend]:
    return isinstance(layer, Linear | Blend) or (isinstance(layer, Pool) and not layer.largest)
