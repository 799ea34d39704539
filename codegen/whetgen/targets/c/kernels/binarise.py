"""Bytes against one threshold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from whetgen.layers import Blend
from whetgen.targets.c.elements import Elements
from whetgen.targets.c.kernels.kernel import BIT, BYTE, Candidate, Job
from whetgen.targets.c.records import record


def candidates(job: Job) -> Iterator[Candidate]:
    """``wg_binarise``, where every byte has the same threshold, 1 to 255."""
    layer = compared_alone(job, BYTE)
    if layer is None or job.result != BIT:
        return
    levels = np.unique(layer.levels)
    if len(levels) == 1 and 1 <= levels[0] <= 255:
        function = "wg_binarise_half" if levels[0] == 128 else "wg_binarise"
        made = record("wg_binarise_layer", count=layer.result.count, threshold=int(levels[0]))
        cycles = layer.result.count * job.mcu.scan_byte + job.mcu.call
        yield job.candidate("binarise", function, made, cycles=cycles, even=True)


def compared_alone(job: Job, source: Elements) -> Blend | None:
    """The layer, if it compares single elements of kind ``source`` as they are."""
    layer = job.layer
    if not isinstance(layer, Blend) or not layer.fire or job.source != source:
        return None
    return layer if len(layer.sources) == 1 and (layer.factors[0] == 1).all() else None
