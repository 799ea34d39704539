"""Which neurons of several thresholds pass their spikes on as maps of bits, one a threshold; the others are split.

A map says who reached a threshold, so the number of maps in which a neuron's bit is set is its value. Two bits hold the
values of two or three maps (``BitMaps.binary``), unless they are to be pooled. Kernels that read spikes read both forms.
"""

from __future__ import annotations

from whetgen.ir import Graph
from whetgen.ir.nodes import MultiThreshold
from whetgen.layers import layer_graph
from whetgen.passes.split import split_thresholds
from whetgen.targets.c.kernels import Job, candidates
from whetgen.targets.c.mcus import Mcu
from whetgen.targets.c.rates import guessed_rates
from whetgen.targets.c.storage import Storage, bit_maps

_MOST_STEPS = 3  # with more, bytes cost less than maps


def stored(graph: Graph, mcu: Mcu, constant_time: bool) -> Storage:
    """The graph with whole neurons where kernels know all that touches their maps, and else with neurons of one threshold."""
    whole = {node.name for node in graph.nodes if isinstance(node, MultiThreshold) and node.steps <= _MOST_STEPS}
    while True:
        some = split_thresholds(graph, whole)
        storage = Storage(some, layer_graph(some, several=True))
        found = whole - _unknown(storage, mcu, constant_time)
        if found == whole:
            return storage
        whole = found


def _unknown(storage: Storage, mcu: Mcu, constant_time: bool) -> set[str]:
    """Names of the neurons whose maps the outputs or a layer without a kernel need."""
    rates = guessed_rates(storage.layers)
    maps = bit_maps(storage.layers)
    names = {tensor.name for tensor in storage.layers.outputs}
    for layer in storage.layers.layers:
        touched = {layer.result.name, *(tensor.name for tensor in layer.sources)}
        job = Job(layer=layer, pool=None, name="", storage=storage, rate=rates[layer.name], mcu=mcu)
        if touched & maps.keys() and not _has_kernel(job, constant_time):
            names |= touched
    return {maps[name].origin for name in names & maps.keys()}


def _has_kernel(job: Job, constant_time: bool) -> bool:
    if len(job.layer.sources) > 1:
        return False
    calls = (candidate.calls for candidate in candidates(job))
    return any(
        all(call.even or not constant_time for call in each)
        and all(array.bytes <= job.mcu.table_limit for call in each for array in call.arrays)
        for each in calls
    )
