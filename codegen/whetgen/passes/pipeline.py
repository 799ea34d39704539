"""The passes in their order."""

from __future__ import annotations

from collections.abc import Callable

from whetgen.ir.graph import Graph
from whetgen.ir.validate import validate
from whetgen.passes.constants import remove_constants
from whetgen.passes.order import permute_weights
from whetgen.passes.reduce import clip_thresholds, reduce_scales
from whetgen.passes.tidy import (
    absorb_weighted_sums,
    bias_into_threshold,
    drop_idle_moves,
    drop_unread,
    merge_pads,
    threshold_before_pool,
)

Pass = Callable[[Graph], Graph]

PIPELINE: tuple[Pass, ...] = (
    drop_unread,
    drop_idle_moves,
    permute_weights,
    merge_pads,
    absorb_weighted_sums,
    threshold_before_pool,
    bias_into_threshold,
    remove_constants,
    reduce_scales,
    clip_thresholds,
    drop_unread,
    drop_idle_moves,
)


def optimise(graph: Graph, observe: Callable[[str, Graph], None] | None = None) -> Graph:
    """The same network, smaller; validated after each pass.

    ``observe(pass name, graph)`` is called after each pass, to print or compare.
    """
    for step in PIPELINE:
        graph = validate(step(graph))
        if observe:
            observe(step.__name__, graph)
    return graph
