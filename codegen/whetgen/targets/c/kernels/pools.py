"""The largest element, or the sum, of each window, channel by channel."""

from __future__ import annotations

from collections.abc import Iterator

from whetgen.layers import Pool
from whetgen.targets.c.kernels.kernel import BIT, Candidate, Job
from whetgen.targets.c.kernels.sums import plan_sums
from whetgen.targets.c.records import record
from whetgen.targets.c.windows import window_record


def candidates(job: Job) -> Iterator[Candidate]:
    """``wg_max_pool_*`` or ``wg_sum_pool``."""
    layer = job.layer
    if isinstance(layer, Pool):
        yield from (_max_pool if layer.largest else _sum_pool)(job, layer)


def _max_pool(job: Job, layer: Pool) -> Iterator[Candidate]:
    if job.source.maps == job.result.maps:
        kind, made = (
            _kind(job),
            record("wg_max_pool_layer", source=job.source, window=window_record(layer), result=job.result),
        )
        yield job.candidate("general", f"wg_max_pool_{kind}", made, cycles=_cycles(job), even=kind in ("bits", "maps"))


def _kind(job: Job) -> str:
    if job.source.maps > 1:
        return "maps"
    return "bits" if job.source == job.result == BIT else "wide" if job.source.wide else "ints"


def _sum_pool(job: Job, layer: Pool) -> Iterator[Candidate]:
    if job.source.maps == 1:
        sums = plan_sums(job, layer)
        made = record("wg_sum_pool_layer", source=job.source, window=window_record(layer), **sums.members)
        yield job.candidate(
            "general", "wg_sum_pool", made, scratch_bytes=sums.bytes, cycles=_cycles(job), even=sums.even
        )


def _cycles(job: Job) -> float:
    return job.mcu.general * 40.0 * job.layer.result.count
