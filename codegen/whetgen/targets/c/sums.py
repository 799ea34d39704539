"""The arithmetic of a layer: kind of sum, thresholds or biases, proved wide enough.

A sum may use int32 or int64 when ``sum |w| max |x|``, plus the bias where it is added, fits: then no
partial sum in any order leaves it. Wide sums wrap, so there only the final value counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whetgen.ir.nodes import Threshold
from whetgen.targets.c.records import Finish
from whetgen.targets.c.storage import Elements, signed_elements, wide_words
from whetgen.targets.c.tables import NO_TABLE, CTable, TableRef, make_table, share_rows, span

_RUNTIME_NAME = {"WG_I32": "wg_sums_i32", "WG_I64": "wg_sums_i64", "WG_WIDE": "wg_sums_wide"}


@dataclass(frozen=True)
class Proof:
    """Per channel, or per position and channel: the sum without bias lies in ``lo..hi`` and no partial
    sum's magnitude exceeds ``bound``. Object arrays that broadcast to (positions, channels)."""

    lo: np.ndarray
    hi: np.ndarray
    bound: int


@dataclass(frozen=True)
class SumPlan:
    """The chosen kind with everything that follows from it."""

    elements: Elements
    finish: Finish
    tables: tuple[CTable, ...]

    @property
    def runtime_name(self) -> str:
        return _RUNTIME_NAME[self.elements.kind]

    @property
    def bytes(self) -> int:
        return self.elements.bytes_for(self.finish.channels)


def plan_sums(
    name: str,
    proof: Proof,
    bias: np.ndarray,
    threshold: Threshold | None,
    result: Elements,
    operands: tuple[Elements, ...],
) -> SumPlan:
    """Kind of sum, and the entries that the sums of each position meet.

    ``bias``: broadcasts to (positions, channels). ``operands``: all that is read (sources, weights);
    a sum is at least as wide as each.
    """
    channels = proof.lo.shape[-1]
    if threshold is None:
        entries = _as_rows(bias, channels)
        elements = _sum_elements(
            proof.bound + _magnitude(entries), proof.lo + entries, proof.hi + entries, entries, operands
        )
    else:
        entries = clipped_thresholds(threshold.thresholds, bias, proof)
        elements = _sum_elements(proof.bound, proof.lo, proof.hi, entries, operands)
    what = "biases" if threshold is None else "thresholds"
    rows, row_of, row_step, tables = _entry_tables(name, what, entries, keep_zeros=threshold is not None)
    words = elements.words
    finish = Finish(channels, words, int(threshold is not None), row_step, rows, row_of, result)
    return SumPlan(elements, finish, tables)


def clipped_thresholds(thresholds: np.ndarray, bias: np.ndarray, proof: Proof) -> np.ndarray:
    """Thresholds of the sum without bias, (rows, channels), each in ``lo..hi + 1``: same decisions, fewest bits."""
    channels = proof.lo.shape[-1]
    entries = _as_rows(thresholds, channels) - _as_rows(bias, channels)
    return np.minimum(np.maximum(entries, proof.lo), proof.hi + 1)


def _as_rows(values: np.ndarray, channels: int) -> np.ndarray:
    return values.astype(object).reshape(-1, channels)


def _magnitude(values: np.ndarray) -> int:
    return max(map(abs, span(values)))


def _sum_elements(
    bound: int, lo: np.ndarray, hi: np.ndarray, entries: np.ndarray, operands: tuple[Elements, ...]
) -> Elements:
    """WG_I32, WG_I64 or WG_WIDE."""
    least, most = min(-bound, span(entries)[0]), max(bound, span(entries)[1])
    widest = max(o.bits for o in operands)
    if widest <= 32 and signed_elements(least, most).bits <= 32:
        return Elements("WG_I32")
    if widest <= 64 and not signed_elements(least, most).wide:
        return Elements("WG_I64")
    return Elements("WG_WIDE", wide_words(min(span(lo)), max(span(hi)) + 1))


def _entry_tables(
    name: str, what: str, entries: np.ndarray, keep_zeros: bool
) -> tuple[TableRef, TableRef, int, tuple[CTable, ...]]:
    if not keep_zeros and not entries.any():
        return NO_TABLE, NO_TABLE, 0, ()
    shared = share_rows(entries)
    values = shared.values[0] if len(shared.values) == 1 else shared.values
    title = (
        what
        if len(shared.values) == 1
        else f"{what}, one row a {'position' if shared.row_of is None else 'kind of position'}"
    )
    tables = [make_table(f"{name}_{what}", title, values)]
    row_of = NO_TABLE
    if shared.row_of is not None:
        tables.append(make_table(f"{name}_row_of", f"row of {what} of each position", shared.row_of))
        row_of = TableRef(tables[1].name, tables[1].elements)
    return TableRef(tables[0].name, tables[0].elements), row_of, shared.row_step, tuple(tables)
