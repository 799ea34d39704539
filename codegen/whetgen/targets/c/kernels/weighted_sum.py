"""Element-wise sums of factor times element; one threshold alone is the sum of one operand, compared."""

from __future__ import annotations

from collections.abc import Iterator

from whetgen.layers import Blend
from whetgen.targets.c.arrays import ConstArray, numbers
from whetgen.targets.c.kernels.kernel import Candidate, Job
from whetgen.targets.c.kernels.sums import plan_sums
from whetgen.targets.c.records import Record, array_record, record


def candidates(job: Job) -> Iterator[Candidate]:
    """``wg_weighted_sum``."""
    layer = job.layer
    if not isinstance(layer, Blend):
        return
    factors = [_factors(job, layer, k) for k in range(len(layer.sources))]
    sums = plan_sums(job, layer, tuple(array.elements for array in factors if array))
    operands = tuple(_operand(job, layer, k, array) for k, array in enumerate(factors))
    made = record(
        "wg_weighted_sum_layer",
        positions=layer.result.count // layer.result.shape[-1],
        operands=len(operands),
        operand=operands,
        **sums.members,
    )
    cycles = job.mcu.general * 40.0 * layer.result.count
    yield job.candidate("general", "wg_weighted_sum", made, scratch_bytes=sums.bytes, cycles=cycles, even=sums.even)


def _factors(job: Job, layer: Blend, k: int) -> ConstArray | None:
    """None where all are 1."""
    rows = layer.factors[k]
    if not (rows != 1).any():
        return None
    what = f"factors {job.of} for '{layer.sources[k].name}'"
    axes = ("channel",) if len(rows) == 1 else ("position", "channel")
    return numbers(f"{job.name}_factors{k + 1}", what, axes, rows[0] if len(rows) == 1 else rows)


def _operand(job: Job, layer: Blend, k: int, factors: ConstArray | None) -> Record:
    return record(
        "wg_operand",
        source=job.storage.elements(layer.sources[k].name),
        factors=array_record(factors),
        factor_step=int(len(layer.factors[k]) > 1),
    )
