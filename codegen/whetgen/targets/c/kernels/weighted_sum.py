"""Element-wise sums of factor times element; thresholds alone meet the sum of one operand.

Each map of the bits of an operand is an operand of its own, bit k with 2^k times the factor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from whetgen.layers import Blend
from whetgen.targets.c.arrays import ConstArray, numbers
from whetgen.targets.c.kernels.kernel import BIT, Candidate, Job, Part
from whetgen.targets.c.kernels.sums import plan_sums
from whetgen.targets.c.records import Record, array_record, record


def candidates(job: Job) -> Iterator[Candidate]:
    """``wg_weighted_sum``."""
    layer = job.layer
    if not isinstance(layer, Blend):
        return
    parts = [
        (k, map) for k, tensor in enumerate(layer.sources) for map in range(job.storage.elements(tensor.name).maps)
    ]
    factors = [_factors(job, layer, *part) for part in parts]
    sums = plan_sums(job, layer, tuple(array.elements for array in factors if array))
    operands = tuple(_operand(job, layer, k, array) for (k, _), array in zip(parts, factors, strict=True))
    made = record(
        "wg_weighted_sum_layer",
        positions=layer.result.count // layer.result.shape[-1],
        operands=len(operands),
        operand=operands,
        **sums.members,
    )
    cycles = job.mcu.general * 40.0 * layer.result.count
    call = job.call("wg_weighted_sum", made, scratch_bytes=sums.bytes, cycles=cycles, even=sums.even)
    sources = tuple(Part(layer.sources[k].name, map) for k, map in parts)
    yield Candidate("general", (replace(call, sources=sources),))


def _factors(job: Job, layer: Blend, k: int, map: int) -> ConstArray | None:
    """Of source ``k``, or of one map of its bits; None where all are 1."""
    rows = layer.factors[k] if map == 0 else layer.factors[k].astype(object) * 2**map
    if not (rows != 1).any():
        return None
    which = f", bit {map}" if map else ""
    what = f"factors {job.of} for '{layer.sources[k].name}'{which}"
    axes = ("channel",) if len(rows) == 1 else ("position", "channel")
    name = f"{job.name}_factors{k + 1}" + (f"_bit{map}" if map else "")
    return numbers(name, what, axes, rows[0] if len(rows) == 1 else rows)


def _operand(job: Job, layer: Blend, k: int, factors: ConstArray | None) -> Record:
    elements = job.storage.elements(layer.sources[k].name)
    return record(
        "wg_operand",
        source=BIT if elements.maps > 1 else elements,
        factors=array_record(factors),
        factor_step=int(len(layer.factors[k]) > 1),
    )
