"""Elements copied to other places: four nested loops over runs of neighbours (``wg_move``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from whetgen.layers import Move, Tensor
from whetgen.targets.c.elements import Elements
from whetgen.targets.c.kernels.kernel import BIT, Candidate, Job, KernelCall, Part
from whetgen.targets.c.records import Record, record
from whetgen.targets.c.storage import Storage

_LOOPS = 4


def candidates(job: Job) -> Iterator[Candidate]:
    """A call for each source, or for each map of its bits; the result has maps where a source has."""
    if isinstance(job.layer, Move):
        kinds = [_elements(job, source) for source in job.layer.sources]
        if job.result.maps == max(elements.maps for elements in kinds) and (
            job.result.maps == 1 or all(elements.kind == "WG_BIT" for elements in kinds)
        ):
            yield Candidate("general", tuple(_calls(job, job.layer)))


def copy(name: str, storage: Storage, output: int) -> KernelCall:
    """The copy of a tensor that others read too into its part of the output array."""
    source, at = storage.layers.outputs[output], storage.output_offsets[output]
    elements, into = storage.elements(source.name), storage.output_elements
    places = np.arange(source.count)
    return KernelCall(
        name=name,
        title=f"output '{storage.graph.outputs[output].name}': copy of {source.name}",
        function=_function(elements, into),
        record=_record(elements, into, places, places + at, clear=0),
        sources=(Part(source.name),),
        result=None,
        even=True,
    )


def _calls(job: Job, layer: Move) -> Iterator[KernelCall]:
    """The first one into each map clears a result that has zeros, or bits, which are only ever set."""
    clear = job.result.kind == "WG_BIT" or bool((layer.indices < 0).any())
    cleared: set[int] = set()
    first = 0
    for k, source in enumerate(layer.sources, start=1):
        to = np.flatnonzero((layer.indices >= first) & (layer.indices < first + source.count))
        for map in range(_elements(job, source).maps):
            count = layer.result.count if clear and map not in cleared else 0
            cleared.add(map)
            yield _call(job, k, Part(source.name, map), layer.indices[to] - first, to, count)
        first += source.count


def _call(job: Job, number: int, source: Part, taken: np.ndarray, put: np.ndarray, clear: int) -> KernelCall:
    """Of source ``number``, counted from 1."""
    from_, to = (_of_a_map(elements) for elements in (job.storage.elements(source.tensor), job.result))
    function, sources = _function(from_, to), len(job.layer.sources)
    cycles = job.mcu.move * job.layer.result.count / sources
    call = job.call(function, _record(from_, to, taken, put, clear), cycles=cycles, even=function != "wg_move_wide")
    name = "".join(
        [job.name, *([f"_part{number}"] if sources > 1 else []), *([f"_map{source.map}"] if source.map else [])]
    )
    return replace(call, name=name, sources=(source,), result=Part(job.layer.result.name, source.map))


def _of_a_map(elements: Elements) -> Elements:
    return BIT if elements.maps > 1 else elements


def _elements(job: Job, tensor: Tensor) -> Elements:
    return job.storage.elements(tensor.name)


def _function(source: Elements, result: Elements) -> str:
    return "wg_move_wide" if result.wide else "wg_move_same" if source.kind == result.kind else "wg_move_ints"


def _record(source: Elements, result: Elements, taken: np.ndarray, put: np.ndarray, clear: int) -> Record:
    """``taken``, ``put``: from which element of the source to which of the result, in the order of the result."""
    loops = nested_loops(taken, put)
    run = loops.pop()[0] if loops and loops[-1][1:] == (1, 1) else min(len(taken), 1)
    loops = [(1, 0, 0)] * (_LOOPS - len(loops)) + loops
    count, source_step, result_step = (tuple(loop[k] for loop in loops) for k in range(3))
    return record(
        "wg_move_layer",
        source=source,
        result=result,
        clear_elements=clear,
        source_first=int(taken[0]) if len(taken) else 0,
        result_first=int(put[0]) if len(put) else 0,
        count=count,
        source_step=source_step,
        result_step=result_step,
        run=run,
    )


def nested_loops(taken: np.ndarray, put: np.ndarray) -> list[tuple[int, int, int]]:
    """(count, step of ``taken``, step of ``put``) of each loop, the innermost last, that visit all pairs in their order.

    Raises:
        ValueError: no loops do, or more than four around a run of neighbours.
    """
    loops: list[tuple[int, int, int]] = []
    places = np.stack([taken, put])
    while places.shape[1] > 1:
        steps = np.diff(places)
        breaks = np.flatnonzero((steps != steps[:, :1]).any(axis=0))
        count = int(breaks[0]) + 1 if len(breaks) else places.shape[1]
        blocks = places[:, ::count]
        if not np.array_equal((blocks[..., None] + steps[:, :1, None] * np.arange(count)).reshape(2, -1), places):
            raise ValueError("elements that no nested loops move")
        loops.insert(0, (count, int(steps[0, 0]), int(steps[1, 0])))
        places = blocks
    if len(loops) - (loops[-1:] != [] and loops[-1][1:] == (1, 1)) > _LOOPS:
        raise ValueError(f"elements that {len(loops)} nested loops move; the runtime has {_LOOPS}")
    return loops
