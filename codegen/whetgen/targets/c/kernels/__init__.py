"""All ways to compute a layer. A kernel family is a module here, its C in ``firmware/runtime``, and a line below."""

from collections.abc import Callable, Iterator

from whetgen.targets.c.kernels import (
    binarise,
    bit_planes,
    lanes,
    moves,
    pools,
    popcount,
    quantise,
    register_lanes,
    weight_rows,
    weighted_sum,
    window_table,
)
from whetgen.targets.c.kernels.kernel import Candidate, Job, KernelCall, Part

__all__ = ["KERNELS", "Candidate", "Job", "KernelCall", "Part", "candidates"]

# Each gives its candidates for a job, none where the layer is not of its kind; the general kernels come first.
KERNELS: tuple[Callable[[Job], Iterator[Candidate]], ...] = (
    weight_rows.candidates,
    pools.candidates,
    weighted_sum.candidates,
    moves.candidates,
    binarise.candidates,
    quantise.candidates,
    bit_planes.candidates,
    lanes.candidates,
    register_lanes.candidates,
    popcount.candidates,
    window_table.candidates,
)


def candidates(job: Job) -> tuple[Candidate, ...]:
    """The kernel that takes every layer of the kind first; none where none knows the maps of bits that the layer reads or writes.

    Raises:
        BadInput: the layer's numbers do not fit the runtime's records.
    """
    return tuple(candidate for family in KERNELS for candidate in family(job))
