"""Which frames come out right, and how the rest of a network answers to a changed tensor."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from whetgen.ir import Graph
from whetgen.ir.nodes import FIRING, Node
from whetgen.reference import classify, evaluate, run_tensors
from whetgen.verification.frames import Frames

Rows = np.ndarray | slice
ALL = slice(None)


@dataclass(frozen=True, eq=False)
class Yardstick:
    """What is right: the labels; without them what the unflipped network says, its class where it tells one.

    ``classes``: (frames,), or None where ``outputs``, by the tensor's name, have to be equal in full.
    """

    graph: Graph
    classes: np.ndarray | None
    outputs: dict[str, np.ndarray]
    labelled: bool

    @staticmethod
    def of(graph: Graph, frames: Frames, tensors: dict[str, np.ndarray]) -> Yardstick:
        """``tensors``: of the unflipped network, the outputs at least."""
        outputs = {output.source: tensors[output.source] for output in graph.outputs}
        labelled = frames.labels is not None and graph.classifier is not None
        if graph.classifier is None:
            return Yardstick(graph, None, outputs, False)
        own = classify(graph.classifier, tensors[graph.classifier.source])
        return Yardstick(graph, frames.labels if labelled else own, outputs, labelled)

    def right(self, outputs: dict[str, np.ndarray], rows: Rows = ALL) -> np.ndarray:
        """(rows,) bool. ``outputs``: by the tensor's name; ``rows``: the frames that they are of."""
        if self.classes is not None:
            head = self.graph.classifier
            assert head is not None  # there are classes
            return np.asarray(classify(head, outputs[head.source]) == self.classes[rows])
        same = [
            np.all((outputs[name] == wanted[rows]).reshape(len(outputs[name]), -1), axis=1)
            for name, wanted in self.outputs.items()
        ]
        return np.asarray(np.logical_and.reduce(same))


@dataclass(frozen=True, eq=False)
class Unflipped:
    """Every tensor of a network on some frames, and what is right."""

    graph: Graph
    tensors: dict[str, np.ndarray]
    yardstick: Yardstick

    @staticmethod
    def of(graph: Graph, frames: Frames) -> Unflipped:
        tensors = run_tensors(graph, frames.codes)
        return Unflipped(graph, tensors, Yardstick.of(graph, frames, tensors))

    @cached_property
    def right(self) -> np.ndarray:
        """(frames,) bool, of the unflipped network."""
        return self.yardstick.right(self.tensors)

    def right_with(self, name: str, tensor: np.ndarray, rows: Rows = ALL) -> np.ndarray:
        """(rows,) bool, where the node ``name`` gives ``tensor`` for these frames.

        Of sums that only thresholds read, most changes are gone behind them; only the other frames go on.
        """
        readers = self.graph.readers[name]
        if len(readers) == 1 and isinstance(readers[0], FIRING) and name not in self.graph.read_by_output:
            return self._right_behind(readers[0], evaluate(readers[0], tensor), rows)
        changed = {name: tensor}
        for node in self.graph.needed:
            if node.name != name and not changed.keys().isdisjoint(node.sources):
                changed[node.name] = evaluate(node, *(self._at(changed, source, rows) for source in node.sources))
        return self.yardstick.right({o.source: self._at(changed, o.source, rows) for o in self.graph.outputs}, rows)

    def _right_behind(self, fires: Node, values: np.ndarray, rows: Rows) -> np.ndarray:
        right = self.right[rows].copy()
        differ = np.flatnonzero((values != self.tensors[fires.name][rows]).reshape(len(values), -1).any(axis=1))
        if len(differ):
            frames = np.arange(len(self.right))[rows][differ]
            right[differ] = self.right_with(fires.name, values[differ], frames)
        return right

    def _at(self, changed: dict[str, np.ndarray], name: str, rows: Rows) -> np.ndarray:
        return changed[name] if name in changed else self.tensors[name][rows]
