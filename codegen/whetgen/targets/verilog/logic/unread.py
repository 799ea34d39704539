"""Elements of tensors that nobody reads, and whose logic need not be built."""

from __future__ import annotations

import numpy as np

from whetgen.layers import Linear
from whetgen.targets.verilog.logic.lookup_tables import LogicGraph, LogicLayer, LookupTables


def unread(graph: LogicGraph) -> dict[str, np.ndarray]:
    """By tensor, where dense layers and tables alone read it: (count,) True for elements that none of them reads."""
    masks: dict[str, np.ndarray] = {}
    sent = {t.name for t in graph.outputs}
    for layer in graph.layers:
        for tensor, ignored in zip(layer.sources, _ignored(layer), strict=True):
            known = masks.get(tensor.name, np.ones(tensor.count, dtype=bool))
            masks[tensor.name] = known & ignored & (tensor.name not in sent)
    return masks


def _ignored(layer: LogicLayer) -> list[np.ndarray]:
    """For each source, the elements that the layer does not read."""
    if isinstance(layer, LookupTables):
        read = np.zeros(sum(t.bits for t in layer.sources), dtype=bool)
        read[[bit for reads in layer.reads for bit in reads]] = True
        parts = np.split(~read, np.cumsum([t.bits for t in layer.sources])[:-1])
        return [np.asarray(p.reshape(t.count, t.width).all(axis=1)) for p, t in zip(parts, layer.sources, strict=True)]
    if isinstance(layer, Linear) and layer.window.trivial:
        return [np.asarray((layer.weights == 0).all(axis=1))]
    return [np.zeros(t.count, dtype=bool) for t in layer.sources]
