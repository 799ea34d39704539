"""How values of several thresholds are stored: as maps of bits, a map for each bit of the value, or as bytes.

Kernels over spikes read maps too, one after the other, and whatever compares writes them. A convolution with groups, a sum
pool and sums beyond 32 bits have one kernel, which takes any kind of element but no maps: what those read are bytes. An
output gets numbers.
"""

from __future__ import annotations

from dataclasses import replace

from whetgen.ir import Graph
from whetgen.layers import Layer, LayerGraph, Move, Pool, layer_graph
from whetgen.targets.c.kernels import Job, candidates
from whetgen.targets.c.mcus import Mcu
from whetgen.targets.c.rates import guessed_rates
from whetgen.targets.c.storage import Storage


def stored(graph: Graph, mcu: Mcu, constant_time: bool) -> Storage:
    """The storage with as many tensors in maps as layers have kernels for."""
    layers = layer_graph(graph, several=True)
    storage = Storage(graph, layers, _several(layers))
    while without := next(
        (layer for layer in layers.layers if not _has_kernel(layer, storage, mcu, constant_time)), None
    ):
        sources = {tensor.name for tensor in without.sources} & storage.maps
        storage = replace(storage, maps=storage.maps - (sources or {without.result.name}))
    return storage


def _several(layers: LayerGraph) -> frozenset[str]:
    """Names of the tensors that hold values of several thresholds, as such, pooled or moved, but for outputs."""
    found: set[str] = set()
    outputs = {tensor.name for tensor in layers.outputs}
    for layer in layers.layers:
        if _compared(layer) or (_passes_on(layer) and any(tensor.name in found for tensor in layer.sources)):
            found |= {layer.result.name} - outputs
    return frozenset(found)


def _compared(layer: Layer) -> bool:
    return not isinstance(layer, Move) and layer.higher != ()


def _passes_on(layer: Layer) -> bool:
    return isinstance(layer, Move) or (isinstance(layer, Pool) and layer.largest)


def _has_kernel(layer: Layer, storage: Storage, mcu: Mcu, constant_time: bool) -> bool:
    """Whether one computes the layer as it is stored, or it is nothing to do with maps."""
    if not storage.maps & {layer.result.name, *(tensor.name for tensor in layer.sources)}:
        return True
    rate = guessed_rates(storage)[layer.name]
    job = Job(layer=layer, pool=None, name="", storage=storage, rate=rate, mcu=mcu, constant_time=constant_time)
    calls = (candidate.calls for candidate in candidates(job))
    return any(
        all(call.even or not constant_time for call in each)
        and all(array.bytes <= mcu.table_limit for call in each for array in call.arrays)
        for each in calls
    )
