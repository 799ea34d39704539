"""Bytes against several thresholds: what each byte reaches, looked up."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from whetgen.targets.c.arrays import packed
from whetgen.targets.c.kernels.binarise import compared_alone
from whetgen.targets.c.kernels.kernel import BYTE, Candidate, Job
from whetgen.targets.c.records import record

_BYTES = np.arange(256)


def candidates(job: Job) -> Iterator[Candidate]:
    """``wg_quantise``, where every byte has the same thresholds."""
    layer = compared_alone(job, BYTE)
    if layer is None or job.result.maps == 1:
        return
    levels = [np.unique(rows) for rows in (layer.levels, *layer.higher)]
    if any(len(level) > 1 for level in levels):
        return
    count, maps, mcu = layer.result.count, job.result.maps, job.mcu
    reached = (np.concatenate(levels)[:, None] <= _BYTES).sum(axis=0)
    values = packed(f"{job.name}_values", f"thresholds {job.of} that a byte reaches", ("byte",), reached, 8)
    made = record("wg_quantise_layer", count=count, maps=maps, values=values)
    yield job.candidate("look-up", "wg_quantise", made, cycles=count * 2 * mcu.scan_byte + mcu.call, even=True)
