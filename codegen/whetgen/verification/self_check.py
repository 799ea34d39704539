"""``whetgen verify --self-check``: a check that can fail.

One weight and one threshold are flipped in a copy of the generated files: the copy is generated from the graph with that
number changed, and stands beside the unchanged expectations. Every frame whose outputs the flip changes, and no other,
must be reported. One expected output is flipped too: that frame must be reported.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from whetgen.host.scratch import scratch_folder
from whetgen.ir import Graph, load_graph
from whetgen.ir.nodes import FIRING, LINEAR, MultiThreshold, Node, Threshold
from whetgen.targets.output.contents import hashes
from whetgen.targets.output.fill import fill_folder
from whetgen.targets.output.folder import MANIFEST, read_manifest
from whetgen.targets.registry import Options
from whetgen.verification.checks import computed, default_count, target_outputs
from whetgen.verification.faults.bits import with_array
from whetgen.verification.frames import Frames, default_frames
from whetgen.wording import counted

FRAMES = 64
_TRIES = 300

N = TypeVar("N", bound=Node)


@dataclass(frozen=True)
class Flip:
    """One number changed. ``changed``: frames whose outputs it changes; ``reported``: frames that the check reports."""

    what: str
    changed: int
    reported: int
    same_frames: bool

    @property
    def found(self) -> bool:
        return self.changed > 0 and self.same_frames

    def __str__(self) -> str:
        return f"{self.what}: {counted(self.changed, 'frame')} changed, {self.reported:,} reported"


def self_check(
    folder: Path, frames: Frames | None = None, progress: Callable[[str], None] | None = None, count: int | None = None
) -> tuple[Flip, ...]:
    """Flip numbers in copies of the folder and run the check on each, with ``count`` frames at most.

    Raises:
        BadInput: not a folder of ours.
        CouldNotRun: a needed tool is missing, or stops.
    """
    manifest, graph = read_manifest(folder), load_graph(folder)
    most = min(count or FRAMES, default_count(manifest, FRAMES))
    codes = (frames or default_frames(graph, most)).first(most).codes
    wanted = target_outputs(graph, manifest, codes)
    tell = progress or (lambda _: None)
    flips = []
    for kind, candidates in (("weight", _weights(graph)), ("threshold", _thresholds(graph))):
        tell(f"self-check: flip a {kind}")
        flipped = _first_that_matters(candidates, manifest, codes, wanted)
        if flipped is not None:
            flips.append(_run_copy(*flipped, manifest, codes, wanted))
    tell("self-check: flip an expected output")
    flips.append(_flip_expectation(folder, manifest, graph, codes, wanted))
    return tuple(flips)


def _first_that_matters(
    candidates: Iterator[tuple[str, Graph]], manifest: dict, codes: np.ndarray, wanted: np.ndarray
) -> tuple[str, Graph] | None:
    """The first change that reaches an output of the frames; None where no such number was found."""
    for what, graph in candidates:
        if not np.array_equal(target_outputs(graph, manifest, codes), wanted):
            return what, graph
    return None


def _run_copy(what: str, flipped: Graph, manifest: dict, codes: np.ndarray, wanted: np.ndarray) -> Flip:
    changed = np.any(target_outputs(flipped, manifest, codes) != wanted, axis=1)
    with scratch_folder() as scratch:
        copy = scratch / "copy"
        copy.mkdir()
        made = fill_folder(copy, flipped, manifest["target"], Options(**manifest["options"]), codes, {})
        made["files"] = hashes(copy)
        (copy / MANIFEST).write_text(json.dumps(made), encoding="utf-8")
        outputs = computed(copy, made, flipped, codes)
    reported = np.any(outputs != wanted, axis=1)
    return Flip(what, int(changed.sum()), int(reported.sum()), np.array_equal(changed, reported))


def _flip_expectation(folder: Path, manifest: dict, graph: Graph, codes: np.ndarray, wanted: np.ndarray) -> Flip:
    wrong = wanted.copy()
    wrong[0, 0] ^= 1
    outputs = computed(folder, manifest, graph, codes)
    reported = np.any(outputs != wrong, axis=1)
    return Flip("expected output 0 of frame 0", 1, int(reported.sum()), bool(reported[0]) and int(reported.sum()) == 1)


def _weights(graph: Graph) -> Iterator[tuple[str, Graph]]:
    """Graphs with one weight negated, or 1 where it is 0; last layers first, spread over each."""
    for node, index in _spread([n for n in reversed(graph.nodes) if isinstance(n, LINEAR)], "weights"):
        old = int(node.weights[index])
        yield _changed(graph, node, "weights", index, -old if old else 1)


def _thresholds(graph: Graph) -> Iterator[tuple[str, Graph]]:
    """Graphs with one neuron that always fires, or never where it did; of several thresholds with one that is its neighbour."""
    for node, index in _spread([n for n in reversed(graph.nodes) if isinstance(n, FIRING)], "thresholds"):
        yield _changed(graph, node, "thresholds", index, _neighbour(node, index, *graph.ranges[node.source]))


def _neighbour(node: Threshold | MultiThreshold, index: tuple[int, ...], lo: int, hi: int) -> int:
    """The threshold below, or the one above where that is none other: the first lies above ``lo``, the last below ``hi + 1``."""
    rows = node.thresholds.reshape(node.steps if isinstance(node, MultiThreshold) else 1, -1)
    step, place = divmod(int(np.ravel_multi_index(index, node.thresholds.shape)), rows.shape[1])
    ladder = [lo, *rows[:, place].tolist(), hi + 1]
    return ladder[step] if ladder[step + 1] > ladder[step] else ladder[step + 2]


def _spread(nodes: list[N], field: str) -> Iterator[tuple[N, tuple[int, ...]]]:
    """Places in an array of each node, the same on every run."""
    for node in nodes:
        array = getattr(node, field)
        places = np.random.default_rng(0).permutation(array.size)[: _TRIES // len(nodes) + 1]
        for place in places:
            yield node, tuple(int(i) for i in np.unravel_index(place, array.shape))


def _changed(graph: Graph, node: Node, field: str, index: tuple[int, ...], value: int) -> tuple[str, Graph]:
    array = getattr(node, field).astype(object)
    what = f"{field[:-1]} {list(index)} of '{node.name}': {array[index]:,} becomes {value:,}"
    array[index] = value
    return what, with_array(graph, node.name, field, array)
