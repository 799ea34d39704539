"""Bytes against one threshold, or several."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from whetgen.layers import Blend
from whetgen.targets.c.kernels.kernel import BIT, BYTE, Candidate, Job, KernelCall
from whetgen.targets.c.records import record


def candidates(job: Job) -> Iterator[Candidate]:
    """``wg_binarise`` for each map, where every byte has the same thresholds, of 1 to 255."""
    layer = job.layer
    if not isinstance(layer, Blend) or not layer.fire or (job.source, job.result) != (BYTE, BIT):
        return
    if len(layer.sources) > 1 or (layer.factors[0] != 1).any():
        return
    levels = [np.unique(rows) for rows in (layer.levels, *layer.higher)]
    if all(len(level) == 1 and 1 <= level[0] <= 255 for level in levels):
        yield job.mapped("binarise", *(_call(job, int(level[0]), k) for k, level in enumerate(levels)))


def _call(job: Job, threshold: int, number: int) -> KernelCall:
    count = job.layer.result.count
    function = "wg_binarise_half" if threshold == 128 else "wg_binarise"
    cycles = count * job.mcu.scan_byte + job.mcu.call
    made = record("wg_binarise_layer", count=count, threshold=threshold)
    return job.call(function, made, cycles=cycles, even=True, map=number)
