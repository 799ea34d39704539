"""How a network behaves on data: which neurons fire, which never do, and how near their sums come to the thresholds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from whetgen.ir import Graph
from whetgen.ir.nodes import FIRING, MultiThreshold, Threshold
from whetgen.reference import run_tensors

_AT_ONCE = 64  # frames
MARGIN_BINS = 14  # 0 units to spare, 1, 2 to 3, 4 to 7, ...


@dataclass(frozen=True, eq=False)
class Firing:
    """Neurons of one layer, by its threshold's name; those of a map are its channels.

    ``rates``: (neurons,) share of their values that is not 0; ``constant``: neurons whose value never changes, ``dead`` of
    them because it is 0; ``margins``: (MARGIN_BINS,) how many decisions have 0, 1, 2 to 3, 4 to 7, ... units of the sum
    to spare. With 0 one unit more or less decides otherwise.
    """

    name: str
    rates: np.ndarray
    dead: int
    constant: int
    margins: np.ndarray

    @property
    def hanging(self) -> float:
        """Share of the decisions that hang on one unit."""
        return float(self.margins[0] / max(self.margins.sum(), 1))


@dataclass(frozen=True, eq=False)
class SpikeActivity:
    """``firing``: by the name of the threshold; ``outputs``: (frames, elements) of all heads side by side."""

    frames: int
    firing: dict[str, Firing]
    outputs: np.ndarray


class _Counts:
    """Of one threshold, over one part of the frames after the other."""

    def __init__(self, node: Threshold | MultiThreshold) -> None:
        self.node = node
        self.margins = np.zeros(MARGIN_BINS, dtype=np.int64)
        self.active: np.ndarray | int = 0
        self.seen = 0
        self.lowest: np.ndarray | None = None
        self.highest: np.ndarray | None = None

    def add(self, sums: np.ndarray, values: np.ndarray) -> None:
        flat = values.reshape(-1, values.shape[-1])
        self.active = self.active + np.count_nonzero(flat, axis=0)
        self.seen += len(flat)
        lowest, highest = flat.min(axis=0), flat.max(axis=0)
        self.lowest = lowest if self.lowest is None else np.minimum(self.lowest, lowest)
        self.highest = highest if self.highest is None else np.maximum(self.highest, highest)
        levels = self.node.thresholds if isinstance(self.node, MultiThreshold) else self.node.thresholds[None]
        for level in levels:
            away = sums - level
            spare = np.where(away >= 0, away, -1 - away).astype(np.float64)
            self.margins += np.bincount(
                np.minimum(np.frexp(spare)[1].reshape(-1), MARGIN_BINS - 1), minlength=MARGIN_BINS
            )

    def done(self) -> Firing:
        assert self.lowest is not None and self.highest is not None  # there is a frame
        still = self.lowest == self.highest
        return Firing(
            name=self.node.name,
            rates=np.asarray(self.active) / self.seen,
            dead=int(np.count_nonzero(still & (self.highest == 0))),
            constant=int(np.count_nonzero(still)),
            margins=self.margins,
        )


def observe(graph: Graph, codes: np.ndarray) -> SpikeActivity:
    """Run the reference on frames of codes, one at least."""
    counts = {node.name: _Counts(node) for node in graph.needed if isinstance(node, FIRING)}
    outputs = []
    for tensors in _parts(graph, codes, counts):
        for name, count in counts.items():
            count.add(tensors[count.node.source], tensors[name])
        heads = [tensors[output.source] for output in graph.outputs]
        outputs.append(np.concatenate([head.reshape(len(head), -1) for head in heads], axis=1))
    return SpikeActivity(len(codes), {name: count.done() for name, count in counts.items()}, np.concatenate(outputs))


def _parts(graph: Graph, codes: np.ndarray, counts: dict[str, _Counts]) -> Iterator[dict[str, np.ndarray]]:
    keep = {*counts, *(count.node.source for count in counts.values()), *graph.read_by_output}
    for at in range(0, len(codes), _AT_ONCE):
        yield run_tensors(graph, codes[at : at + _AT_ONCE], keep)
