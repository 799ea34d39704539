"""``--constant-time``: only kernels whose instructions do not depend on the data.

Events are listed for every input, spikes or not; vertical counters, whose carries run as far as they go, narrow lanes,
which count real events, popcount with early exit, and the general kernels, which skip zeros, are left out.
"""

from __future__ import annotations

from dataclasses import replace

from whetgen.errors import BadInput
from whetgen.targets.c.candidates import Candidate
from whetgen.targets.c.choose import Group
from whetgen.targets.c.records import Draft, EventRecord

_EVEN = (
    "wg_binarise", "wg_binarise_half", "wg_popcount_1", "wg_popcount_2", "wg_window_table_", "wg_max_pool_bits",
    "wg_move_same", "wg_move_ints", "wg_sum_pool", "wg_weighted_sum",
)  # fmt: skip


def in_constant_time(layer: str, group: Group) -> Group:
    """The candidates that take the same instructions for any input.

    Raises:
        BadInput: there is none.
    """
    kept = tuple(Candidate(c.label, tuple(map(_listing_all, c.drafts))) for c in group if all(map(_is_even, c.drafts)))
    if not kept:
        raise BadInput(
            f"--constant-time: layer '{layer}' has no kernel whose cost is independent of the data; such kernels take bits or "
            "bytes in and sums of 32 bits (--weight-bits narrows them)"
        )
    return kept


def _is_even(draft: Draft) -> bool:
    if isinstance(draft.record, EventRecord):
        return draft.record.finish_kernel == "wg_finish_lanes" and draft.record.least == 0
    return draft.function.startswith(_EVEN) and getattr(draft.record, "sums", "wg_sums_i32") != "wg_sums_wide"


def _listing_all(draft: Draft) -> Draft:
    if not isinstance(draft.record, EventRecord):
        return draft
    gather = draft.record.gather.replace("wg_gather_", "wg_gather_all_")
    units = tuple(gather if unit == draft.record.gather else unit for unit in draft.units)
    return replace(draft, record=replace(draft.record, gather=gather), units=units)
