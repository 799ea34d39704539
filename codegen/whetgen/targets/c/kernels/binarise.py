"""Bytes against one threshold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from whetgen.layers import Blend
from whetgen.targets.c.kernels.kernel import BIT, BYTE, Candidate, Job
from whetgen.targets.c.records import record


def candidates(job: Job) -> Iterator[Candidate]:
    """``wg_binarise`` where every byte has the same threshold, of 1 to 255."""
    layer = job.layer
    if not isinstance(layer, Blend) or not layer.fire or (job.source, job.result) != (BYTE, BIT):
        return
    if len(layer.sources) > 1 or (layer.factors[0] != 1).any():
        return
    levels, count = np.unique(layer.levels), layer.result.count
    if len(levels) == 1 and 1 <= levels[0] <= 255:
        function = "wg_binarise_half" if levels[0] == 128 else "wg_binarise"
        cycles = count * job.mcu.scan_byte + job.mcu.call
        made = record("wg_binarise_layer", count=count, threshold=int(levels[0]))
        yield job.candidate("binarise", function, made, cycles=cycles, even=True)
