"""Sums over the inputs that are not 0, the *events*: what the families that add a row of weights for each have in common."""

from __future__ import annotations

import numpy as np

from whetgen.layers import Linear
from whetgen.targets.c.arrays import ConstArray, numbers
from whetgen.targets.c.elements import Elements
from whetgen.targets.c.kernels.kernel import Candidate, Job
from whetgen.targets.c.records import Record, Value, record
from whetgen.targets.c.windows import window_record


def event_sums(
    job: Job,
    layer: Linear,
    label: str,
    passes: tuple[Record, ...],
    cycles: float,
    *,
    blocks: int,
    block_bytes: int,
    even: bool = False,
    **members: Value,
) -> Candidate:
    """The call that lists the events and adds their rows; in scratch memory stand the list and the sums."""
    entries = job.mcu.event_list
    made = event_record(job, layer, passes, blocks=blocks, block_bytes=block_bytes, list=entries, **members)
    scratch = 2 * entries + blocks * block_bytes
    return job.candidate(label, "wg_event_sums", made, scratch_bytes=scratch, cycles=cycles, even=even)


def event_record(job: Job, layer: Linear, passes: tuple[Record, ...], **members: Value) -> Record:
    """``wg_event_layer``; ``members``: all that the layer alone does not say."""
    w, rows = layer.window, job.levels
    return record(
        "wg_event_layer",
        window=window_record(layer),
        neurons=layer.neurons,
        fire=int(layer.fire),
        padded=int(w.touched != (w.height, w.width)),
        result=job.result.kind,
        row_of=None if rows.row_of is None else _row_numbers(job, rows.row_of),
        row_step=rows.row_step,
        passes=len(passes),
        pass_=passes,
        **members,
    )


def with_maps(
    job: Job, layer: Linear, form: str, nodes: ConstArray | None, gather: str, finish: str, step: int = 0
) -> dict[str, Value]:
    """``gather``, ``finish`` and ``maps`` of ``wg_event_layer``, out of the functions ``gather`` and ``finish`` of one map.

    ``form``: of the sums, as functions' names call it; ``nodes``: ``job.nodes`` in that form, None with one threshold;
    ``step``: bytes from one bit of the counters to the next.
    """
    if not job.several:
        return {"gather": gather, "finish": finish, "maps": ()}
    thresholds = layer.result.hi if layer.fire else 0
    maps = record(
        "wg_maps",
        inputs=job.source.maps,
        results=thresholds.bit_length(),
        thresholds=thresholds,
        step=step,
        input_bytes=job.storage.map_bytes(layer.sources[0].name),
        result_bytes=job.storage.map_bytes(layer.result.name),
        nodes=nodes,
        gather=gather,
    )
    return {
        "gather": f"wg_gather_maps_{'planes' if step else form}" if job.source.maps > 1 else gather,
        "finish": f"wg_finish_staircase_{thresholds.bit_length()}_{form}" if nodes else finish,
        "maps": (maps,),
    }


def gather(job: Job, what: str) -> str:
    """The function that lists "bits", "nibbles" or "values": those that are not 0, or all for the sake of constant time."""
    return f"wg_gather_{'all_' if job.constant_time else ''}{what}"


def gathering(job: Job) -> float:
    """Cost of moving a window, and of looking through it once more for each further map."""
    return job.mcu.position * (1 + job.source.maps) / 2


def with_zeros(rows: np.ndarray) -> np.ndarray:
    """A row of zeros at the end, which fills lists up to whole groups."""
    return np.concatenate([rows, np.zeros_like(rows[:1])])


def start_levels(job: Job, layer: Linear) -> np.ndarray:
    """(rows, neurons) of Python integers: what a sum is before the first event, minus the threshold or plus the bias."""
    return -job.levels.values if layer.fire else job.levels.values


def reach(job: Job, layer: Linear) -> tuple[int, int]:
    """Ends of what sums differ by from their thresholds, or of sums with biases."""
    levels = start_levels(job, layer)
    least, most = (job.nodes.min(axis=1), job.nodes.max(axis=1)) if layer.higher else (0, 0)
    sums = layer.sum_range
    return int((sums.lowest + levels - np.maximum(most, 0)).min()), int(
        (sums.highest + levels - np.minimum(least, 0)).max()
    )


def _row_numbers(job: Job, row_of: np.ndarray) -> ConstArray:
    what = f"row of the sums before the first event {job.of} that a position begins with"
    return numbers(f"{job.name}_row_of", what, ("position",), row_of, Elements("WG_U16"))
