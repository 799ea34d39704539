"""The arithmetic of a layer: kind of sum, thresholds or biases, proved wide enough.

A sum may use int32 or int64 when ``sum |w| max |x|``, plus the bias where it is added, fits: then no
partial sum in any order leaves it. Wide sums wrap, so there only the final value counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whetgen.layers import Blend, Linear, Pool, SumRange
from whetgen.targets.c.arrays import ConstArray, Rows, numbers, span
from whetgen.targets.c.elements import Elements, signed_elements, wide_elements
from whetgen.targets.c.kernels.kernel import Job
from whetgen.targets.c.records import Record, Value, array_record, record

_RUNTIME_NAME = {"WG_I32": "i32", "WG_I64": "i64", "WG_WIDE": "wide"}


@dataclass(frozen=True)
class SumPlan:
    """The chosen kind of ``channels`` sums of ``thresholds`` each, and the ``wg_finish`` of a position's."""

    elements: Elements
    channels: int
    thresholds: int
    finish: Record

    @property
    def members(self) -> dict[str, Value]:
        """What every record of a layer with sums says of them."""
        family = "staircase" if self.thresholds > 1 else "sums"
        return {"sums": f"&wg_{family}_{_RUNTIME_NAME[self.elements.kind]}", "finish": self.finish}

    @property
    def bytes(self) -> int:
        return self.elements.bytes_for(self.channels)

    @property
    def even(self) -> bool:
        """Whether they cost the same whatever their values; wide ones do not."""
        return not self.elements.wide


def plan_sums(job: Job, layer: Linear | Pool | Blend, operands: tuple[Elements, ...] = ()) -> SumPlan:
    """Kind of sum, and the thresholds or biases that the sums of each position meet.

    ``operands``: all that is read besides the sources; a sum is at least as wide as each.
    """
    sums = layer.sum_range
    levels = (
        np.zeros_like(sums.lowest) if layer.levels is None else np.concatenate([layer.levels, *layer.higher], axis=1)
    )
    read = (*(job.storage.elements(tensor.name) for tensor in layer.sources), *operands)
    met = np.zeros_like(sums.lowest) if layer.fire else levels
    thresholds = 1 + len(layer.higher) if layer.fire else 0
    elements = _sum_elements(sums, met, levels, read)
    rows = job.all_levels if layer.fire or levels.any() else None
    channels = sums.lowest.shape[-1]
    finish = record(
        "wg_finish",
        channels=channels,
        words=elements.words,
        fire=thresholds,
        row_step=rows.row_step if rows else 0,
        rows=array_record(_level_array(job, thresholds, rows) if rows else None),
        row_of=array_record(_row_array(job, rows.row_of) if rows and rows.row_of is not None else None),
        result=job.result,
        map_bytes=job.storage.map_bytes(layer.result.name) if job.result.maps > 1 else 0,
    )
    return SumPlan(elements, channels, thresholds, finish)


def _sum_elements(sums: SumRange, added: np.ndarray, levels: np.ndarray, read: tuple[Elements, ...]) -> Elements:
    """WG_I32, WG_I64 or WG_WIDE, for sums that ``added`` comes to and ``levels`` stand beside."""
    bound = sums.bound + max(map(abs, span(added)))
    least, most = min(-bound, span(levels)[0]), max(bound, span(levels)[1])
    widest = max(elements.bits for elements in read)
    if widest <= 32 and signed_elements(least, most).bits <= 32:
        return Elements("WG_I32")
    if widest <= 64 and not signed_elements(least, most).wide:
        return Elements("WG_I64")
    return wide_elements(span(sums.lowest + added)[0], span(sums.highest + added)[1] + 1)


def _level_array(job: Job, thresholds: int, rows: Rows) -> ConstArray:
    what = "thresholds" if thresholds else "biases"
    several = thresholds > 1
    name, axes = f"{job.name}_{what}", ("threshold", "channel") if several else ("channel",)
    values = rows.values.reshape(len(rows.values), thresholds, -1) if several else rows.values
    if len(values) == 1:
        return numbers(name, f"{what} {job.of}", axes, values[0])
    each = "position" if rows.row_of is None else "kind of position"
    return numbers(name, f"{what} {job.of}, one row a {each}", ("row", *axes), values)


def _row_array(job: Job, row_of: np.ndarray) -> ConstArray:
    return numbers(f"{job.name}_row_of", f"number of the row {job.of} that a position uses", ("position",), row_of)
