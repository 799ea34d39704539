"""The model of the faults, tried: flips of the reference made in the real files, and compared bit for bit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np

from whetgen.ir import Graph
from whetgen.targets.registry import Options, find_target, options_for
from whetgen.verification.checks import target_outputs
from whetgen.verification.faults.bits import drawn, flipped, stores
from whetgen.verification.faults.fates import Matched

MATCHES = 24  # half of them weights, half thresholds
Files = Mapping[str, str | bytes]

P = TypeVar("P")  # where a stored bit is


def match_flips(
    graph: Graph,
    manifest: dict,
    codes: np.ndarray,
    rng: np.random.Generator,
    differing: Callable[[Files], list[P] | None],
    outputs: Callable[[list[list[P]]], list[np.ndarray]],
) -> Matched:
    """Flip numbers of the graph, see which stored bits that changes, flip those.

    ``differing``: the stored bits in which other files, generated from the flipped graph, differ from the folder's; None where
    more than stored bits differs. ``outputs``: what the real network makes of the codes, (frames, elements), with each set of bits flipped.
    """
    target, every = find_target(manifest["target"]), stores(graph)
    options = options_for(target, Options(**manifest["options"]))
    faults, wanted, moved = [], [], 0
    for kind in ("weight", "threshold"):
        among = [store for store in every if store.kind == kind]
        for bit in drawn(among, MATCHES // 2, rng) if among else []:
            changed = flipped(graph, [bit])
            places = differing(target.rendered(changed, options, codes[:1]).files)
            if places is None:
                moved += 1
            else:
                faults.append(places)
                wanted.append(target_outputs(changed, manifest, codes))
    pairs = zip(outputs(faults), wanted, strict=True)
    return Matched(
        tried=len(faults),
        equal=sum(np.array_equal(found, want) for found, want in pairs),
        moved=moved,
        stored_bits=sum(map(len, faults)),
        frames=len(codes),
    )
