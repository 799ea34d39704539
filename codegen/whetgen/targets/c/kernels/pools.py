"""The largest element, or the sum, of each window, channel by channel."""

from __future__ import annotations

from collections.abc import Iterator

from whetgen.layers import Pool
from whetgen.targets.c.kernels.kernel import BIT, Candidate, Job, KernelCall
from whetgen.targets.c.kernels.sums import plan_sums
from whetgen.targets.c.records import record
from whetgen.targets.c.windows import window_record


def candidates(job: Job) -> Iterator[Candidate]:
    """``wg_max_pool_*`` or ``wg_sum_pool``."""
    layer = job.layer
    if isinstance(layer, Pool):
        yield (_max_pool if layer.largest else _sum_pool)(job, layer)


def map_candidates(job: Job) -> Iterator[Candidate]:
    """The largest number of set bits is that of the maps' largest bits, map by map."""
    layer = job.layer
    if isinstance(layer, Pool) and layer.largest:
        yield job.mapped("general", *(_max_pool_call(job, layer, k) for k in range(job.result_maps.count)))


def _max_pool(job: Job, layer: Pool) -> Candidate:
    return Candidate("general", (_max_pool_call(job, layer, 0),))


def _max_pool_call(job: Job, layer: Pool, map: int) -> KernelCall:
    bits = job.source == job.result == BIT
    function = "wg_max_pool_bits" if bits else "wg_max_pool_wide" if job.source.wide else "wg_max_pool_ints"
    made = record("wg_max_pool_layer", source=job.source, window=window_record(layer), result=job.result)
    return job.call(function, made, cycles=_cycles(job), even=bits, map=map)


def _sum_pool(job: Job, layer: Pool) -> Candidate:
    sums = plan_sums(job, layer)
    made = record("wg_sum_pool_layer", source=job.source, window=window_record(layer), **sums.members)
    return job.candidate("general", "wg_sum_pool", made, scratch_bytes=sums.bytes, cycles=_cycles(job), even=sums.even)


def _cycles(job: Job) -> float:
    return job.mcu.general * 40.0 * job.layer.result.count
