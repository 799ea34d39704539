"""All ways to compute a layer. A kernel family is a module here, its C in ``firmware/runtime``, and a line below."""

from collections.abc import Callable, Iterator

from whetgen.targets.c.kernels import (
    binarise,
    bit_planes,
    lanes,
    moves,
    pools,
    popcount,
    register_lanes,
    weight_rows,
    weighted_sum,
    window_table,
)
from whetgen.targets.c.kernels.kernel import Candidate, Job, KernelCall

__all__ = ["KERNELS", "Candidate", "Job", "KernelCall", "candidates"]

# Each gives its candidates for a job, none where the layer is not of its kind; the general kernels come first.
KERNELS: tuple[Callable[[Job], Iterator[Candidate]], ...] = (
    weight_rows.candidates,
    pools.candidates,
    weighted_sum.candidates,
    moves.candidates,
    binarise.candidates,
    bit_planes.candidates,
    lanes.candidates,
    register_lanes.candidates,
    popcount.candidates,
    window_table.candidates,
)

# Those that know elements in several maps of bits.
_MAP_KERNELS = (pools.map_candidates, binarise.candidates, bit_planes.candidates, lanes.candidates)


def candidates(job: Job) -> tuple[Candidate, ...]:
    """The kernel that takes every layer of the kind first; none where the layer's maps of bits have no kernel.

    Raises:
        BadInput: the layer's numbers do not fit the runtime's records.
    """
    families = KERNELS if job.source_maps.count == job.result_maps.count == 1 else _MAP_KERNELS
    return tuple(candidate for family in families for candidate in family(job))
