"""Accuracy against the number of flipped bits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from whetgen.ir import Graph
from whetgen.ir.integers import word_bits
from whetgen.ir.nodes import FIRING, Input
from whetgen.reference import evaluate, run_tensors
from whetgen.verification.faults.bits import drawn, flipped, stores
from whetgen.verification.faults.yardstick import Yardstick

DRAWS = 8


@dataclass(frozen=True, kw_only=True)
class Point:
    """``accuracy``: mean, lowest and highest share of right frames, of ``draws`` choices of ``flips`` bits.

    ``kind``: "weight", "threshold" (bits flipped for all frames) or "activation" (spikes between the layers, other ones in
    each frame).
    """

    kind: str
    flips: int
    draws: int
    mean: float
    lowest: float
    highest: float


def counts(most: int) -> list[int]:
    """1, 2, 5, 10, 20, 50 ... below ``most``, and ``most``."""
    steps = (digit * 10**power for power in range(len(str(most))) for digit in (1, 2, 5))
    return [*(step for step in steps if step < most), most]


def curve(
    graph: Graph, codes: np.ndarray, yardstick: Yardstick, most: int, seed: int, progress: Callable[[float], None]
) -> tuple[Point, ...]:
    """A point for each kind and number of flips, up to ``most`` or all bits that there are."""
    every = {kind: [store for store in stores(graph) if store.kind == kind] for kind in ("weight", "threshold")}
    totals = {kind: sum(store.bits for store in found) for kind, found in every.items()}
    totals["activation"] = sum(bits for _, _, bits in _activations(graph))
    wanted = [(kind, flips) for kind, total in totals.items() if total for flips in counts(min(most, total))]
    points = []
    for done, (kind, flips) in enumerate(wanted):
        shares = []
        for draw in range(DRAWS):
            progress((done + draw / DRAWS) / len(wanted))
            rng = np.random.default_rng([seed, draw, flips])
            if kind == "activation":
                outputs = _with_flipped_values(graph, codes, flips, rng)
            else:
                changed = flipped(graph, drawn(every[kind], flips, rng))
                outputs = run_tensors(changed, codes, keep={output.source for output in graph.outputs})
            shares.append(float(yardstick.right(outputs).mean()))
        points.append(point(kind, flips, shares))
    return tuple(points)


def point(kind: str, flips: int, shares: list[float]) -> Point:
    """``shares``: of right frames, one for each draw."""
    return Point(
        kind=kind,
        flips=flips,
        draws=len(shares),
        mean=float(np.mean(shares)),
        lowest=min(shares),
        highest=max(shares),
    )


def _activations(graph: Graph) -> Iterator[tuple[str, int, int]]:
    """Tensor, bits of an element and bits in all, of each layer's spikes that are no output."""
    for node in graph.needed:
        if isinstance(node, FIRING) and node.name not in graph.read_by_output:
            width = word_bits(*graph.ranges[node.name])
            yield node.name, width, graph.size(node.name) * width


def _with_flipped_values(
    graph: Graph, codes: np.ndarray, flips: int, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """The outputs where ``flips`` bits between the layers are flipped in each frame, in the moment they are written."""
    masks = _masks(graph, len(codes), flips, rng)
    tensors: dict[str, np.ndarray] = {}
    for node in graph.needed:
        value = (
            codes.astype(np.int64) if isinstance(node, Input) else evaluate(node, *(tensors[s] for s in node.sources))
        )
        tensors[node.name] = value ^ masks[node.name] if node.name in masks else value
    return tensors


def _masks(graph: Graph, frames: int, flips: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Tensor -> (frames, *shape) what to XOR its values with."""
    parts = list(_activations(graph))
    total = sum(bits for _, _, bits in parts)
    chosen = np.zeros((frames, total), dtype=bool)
    for frame in chosen:
        frame[rng.choice(total, flips, replace=False)] = True
    masks, at = {}, 0
    for name, width, bits in parts:
        part = chosen[:, at : at + bits].reshape(frames, *graph.shapes[name], width)
        masks[name], at = (part << np.arange(width)).sum(axis=-1), at + bits
    return masks
