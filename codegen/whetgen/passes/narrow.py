"""Narrow weights: the one lossy step, chosen by the user and measured on calibration frames.

For each neuron and each of a few step sizes a, ``q = clip(round(w / a))`` replaces its weights, and
the threshold is the one that repeats most of the exact neuron's decisions on the calibration frames
(as the narrowed layers before it deliver them). The step size with most agreements wins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial, reduce
from itertools import starmap

import numpy as np

from whetgen.errors import BadInput
from whetgen.ir.graph import Graph, Output
from whetgen.ir.integers import as_integers, magnitude
from whetgen.ir.nodes import LINEAR, Conv, Dense, Node, Threshold
from whetgen.passes.grid import candidates, on_steps, sum_step
from whetgen.passes.pipeline import optimise
from whetgen.passes.rewrite import rebuilt
from whetgen.passes.route import Route, route_of
from whetgen.reference import classify, evaluate, run_tensors

MAX_BITS = 32
_AUTO_BITS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 16)
_MAX_SAMPLES = 20_000


@dataclass(frozen=True, kw_only=True)
class LayerChange:
    """What narrowing did to one layer: its weight bits and the measured share of decisions that stayed.

    A decision is a spike of the threshold behind the layer, else the result of a frame. ``note``: what
    else there is to know, such as why the layer keeps its exact weights.
    """

    name: str
    bits_before: int
    bits_after: int
    decisions_kept: float
    note: str | None = None


@dataclass(frozen=True)
class Narrowed:
    """The narrow graph, golden from here on, and what changed; ``agreement``: share of equal results."""

    graph: Graph
    changes: tuple[LayerChange, ...]
    agreement: float


def narrow(
    graph: Graph,
    codes: np.ndarray,
    bits: int | None,
    progress: Callable[[str], None] | None = None,
    pruned: Graph | None = None,
) -> Narrowed:
    """All linear layers at no more than ``bits`` bits a weight (1: sign, 2: ternary, ...; None: as they are).

    A layer whose sums meet others before anything is decided keeps its exact weights; its note says so.
    ``pruned``: the graph as ``prune`` leaves it, which is then narrowed to decide as the exact one does.

    Raises:
        BadInput: a pruned graph at one bit, which has no 0.
    """
    if pruned is not None and bits == 1:
        raise BadInput(
            "--weight-bits 1: a sign is never 0, so nothing stays pruned; give 2 or more, or leave out --synapses"
        )
    job = Calibrated(graph, codes)

    def narrower(current: Graph, route: Route) -> tuple[Graph, str | None]:
        return (current, None) if bits is None else _narrow_layer(job, current, route, bits)

    return _narrow_each(job, narrower, progress, pruned)


def narrow_auto(
    graph: Graph,
    codes: np.ndarray,
    labels: np.ndarray | None,
    tolerance: float,
    progress: Callable[[str], None] | None = None,
    pruned: Graph | None = None,
) -> Narrowed:
    """Layer by layer the fewest bits that lose at most ``tolerance`` of the frames (see ``lost_frames``), of those that ``pruned`` keeps."""
    job, start = Calibrated(graph, codes), pruned or graph
    allowed = int(tolerance * len(codes))

    def fewest(current: Graph, route: Route) -> tuple[Graph, str | None]:
        for bits in _AUTO_BITS:
            if bits >= weight_bits(route.linear.weights):
                break
            trial, note = _narrow_layer(job, current, route, bits)
            if lost_frames(start, trial, codes, labels) <= allowed:
                return trial, note
        return current, None

    return _narrow_each(job, fewest, progress, pruned)


def weight_bits(weights: np.ndarray) -> int:
    """Bits of a layer's weights: 1 for one magnitude of both signs, else two's complement, symmetric."""
    largest = magnitude(weights)
    return 1 if largest == 1 and np.all(weights != 0) else largest.bit_length() + 1


def lost_frames(exact: Graph, trial: Graph, codes: np.ndarray, labels: np.ndarray | None) -> int:
    """By how many frames fewer the class is right; without labels, how many results differ."""
    if labels is not None and exact.classifier is not None:
        before, after = exact.predict(codes) == labels, trial.predict(codes) == labels
        return max(0, int(before.sum()) - int(after.sum()))
    return len(codes) - int(same_results(exact, trial, codes).sum())


def same_results(exact: Graph, trial: Graph, codes: np.ndarray) -> np.ndarray:
    """For each frame, whether all outputs agree: classes, spikes, real values of accumulators."""
    ours, theirs = (run_tensors(g, codes, keep=set(g.read_by_output)) for g in (exact, trial))
    same = [
        _equal(a, ours[a.source], b, theirs[b.source]).reshape(len(codes), -1).all(axis=1)
        for a, b in zip(exact.outputs, trial.outputs, strict=True)
    ]
    return np.asarray(np.all(same, axis=0))


def _equal(a: Output, x: np.ndarray, b: Output, y: np.ndarray) -> np.ndarray:
    ratio = a.scale / b.scale
    if a.classifier:
        x, y = classify(a, x), classify(b, y)
    elif ratio != 1:
        x, y = x.astype(object) * ratio.numerator, y.astype(object) * ratio.denominator
    same: np.ndarray = x == y
    return same


@dataclass(frozen=True, eq=False)
class Calibrated:
    """The exact graph, the calibration codes, and what the exact graph makes of them."""

    exact: Graph
    codes: np.ndarray
    _spikes: dict[str, np.ndarray] = field(default_factory=dict)

    def wanted(self, fire: str) -> np.ndarray:
        """Decisions of one exact threshold; the last one asked for is remembered."""
        if fire not in self._spikes:
            self._spikes.clear()
            self._spikes[fire] = run_tensors(self.exact, self.codes, keep={fire})[fire].astype(bool)
        return self._spikes[fire]

    def kept(self, current: Graph, route: Route | str) -> float:
        """Share of the decisions behind a layer that ``current`` takes as well."""
        if isinstance(route, str) or route.end is None:
            return float(same_results(self.exact, current, self.codes).mean())
        fire = route.end.name
        return float((run_tensors(current, self.codes, keep={fire})[fire] == self.wanted(fire)).mean())


def _narrow_each(
    job: Calibrated,
    narrow_layer: Callable[[Graph, Route], tuple[Graph, str | None]],
    progress: Callable[[str], None] | None,
    pruned: Graph | None,
) -> Narrowed:
    current, changes = pruned or job.exact, []
    for node in job.exact.nodes:
        if isinstance(node, LINEAR) and not is_decode(job.exact, node):
            if progress:
                progress(node.name)
            route = route_of(current, _linear(current, node.name))
            note: str | None
            if isinstance(route, str):
                note = f"keeps its exact weights, because {route}"
            else:
                current, note = narrow_layer(current, route)
            weights = _linear(current, node.name).weights
            changes.append(
                LayerChange(
                    name=node.name,
                    bits_before=weight_bits(node.weights),
                    bits_after=weight_bits(weights),
                    decisions_kept=job.kept(current, route),
                    note=note if pruned is None else _pruning_note(node.weights, weights, note),
                )
            )
    narrowed = optimise(current)
    return Narrowed(narrowed, tuple(changes), float(same_results(job.exact, narrowed, job.codes).mean()))


def _pruning_note(before: np.ndarray, after: np.ndarray, note: str | None) -> str:
    stay = f"{np.count_nonzero(after):,} of {np.count_nonzero(before):,} synapses stay"
    return stay if note is None else f"{stay}; {note}"


def _linear(graph: Graph, name: str) -> Dense | Conv:
    """The linear layer of this name, which narrowing keeps."""
    return next(node for node in graph.nodes if isinstance(node, LINEAR) and node.name == name)


def is_decode(graph: Graph, node: Node) -> bool:
    return any(o.kind == "scores" and o.source == node.name for o in graph.outputs)


def _narrow_layer(job: Calibrated, current: Graph, route: Route, bits: int) -> tuple[Graph, str | None]:
    if weight_bits(route.linear.weights) <= bits:
        return current, None
    if route.end is None:
        return _narrow_sums(job, current, route, bits)
    source = route.linear.source
    seen = run_tensors(current, job.codes, keep={source})[source]
    return rebuilt(current, _narrow_neurons(route, route.end, seen, job.wanted(route.end.name), bits), {}), None


@dataclass(frozen=True, eq=False)
class _Trial:
    """A layer and its path on one grid, the best threshold of each neuron, and how many decisions are right with it."""

    layer: Dense | Conv
    path: tuple[Node, ...]
    levels: np.ndarray
    right: np.ndarray


def _narrow_neurons(route: Route, end: Threshold, seen: np.ndarray, wanted: np.ndarray, bits: int) -> dict[str, Node]:
    """The candidate with most right decisions, neuron by neuron where the route allows it, and its thresholds."""
    columns = end.thresholds.shape[-1]
    decisions, keep = sampled(wanted.reshape(-1, columns))

    def tried(layer: Dense | Conv, path: tuple[Node, ...]) -> _Trial:
        sums = seen
        for node in (layer, *path):
            sums = evaluate(node, sums)
        return _Trial(layer, path, *best_thresholds(sums.reshape(-1, columns)[keep], decisions))

    best = reduce(partial(_better, route), starmap(tried, candidates(route, bits)))
    return {n.name: n for n in (best.layer, *best.path, replace(end, thresholds=as_integers(best.levels)))}


def _better(route: Route, old: _Trial, new: _Trial) -> _Trial:
    """The better of two: whole, or neuron by neuron."""
    if not route.channelwise:
        return new if new.right.sum() > old.right.sum() else old
    better = new.right > old.right

    def best(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.where(better, b, a)

    bias = as_integers(best(old.layer.bias, new.layer.bias))
    layer = replace(old.layer, weights=best(old.layer.weights, new.layer.weights), bias=bias)
    return _Trial(layer, old.path, best(old.levels, new.levels), best(old.right, new.right))


def sampled(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    keep = np.linspace(0, len(rows) - 1, min(len(rows), _MAX_SAMPLES)).astype(np.int64)
    return rows[keep], keep


def best_thresholds(sums: np.ndarray, fires: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each column the T for which ``sums >= T`` equals ``fires`` most often, and how often.

    Sort the sums; with T just above the k lowest, right are the silent ones among those k and the
    firing ones among the rest. T lies midway to the next sum.
    """
    order = np.argsort(sums, axis=0, kind="stable")
    ordered, fired = np.take_along_axis(sums, order, 0), np.take_along_axis(fires, order, 0)
    silent_below = np.vstack([np.zeros((1, sums.shape[1]), dtype=np.int64), np.cumsum(~fired, axis=0)])
    fired_below = np.vstack([np.zeros((1, sums.shape[1]), dtype=np.int64), np.cumsum(fired, axis=0)])
    right = silent_below + fired_below[-1] - fired_below
    cuts = np.vstack([np.full((1, sums.shape[1]), True), ordered[1:] > ordered[:-1], np.full((1, sums.shape[1]), True)])
    best = np.argmax(np.where(cuts, right, -1), axis=0)
    below = ordered[np.maximum(best - 1, 0), np.arange(sums.shape[1])]
    above = ordered[np.minimum(best, len(sums) - 1), np.arange(sums.shape[1])]
    levels = np.where(best == 0, above, np.where(best == len(sums), below + 1, (below + above + 1) // 2))
    return levels, right[best, np.arange(sums.shape[1])]


def _narrow_sums(job: Calibrated, current: Graph, route: Route, bits: int) -> tuple[Graph, str | None]:
    """Sums that leave the network keep one scale for the whole tensor, and the outputs take it up."""
    step = sum_step(route.linear, bits)
    top = max((1 << (bits - 1)) - 1, 1)
    scaled = route.linear.weights.astype(np.float64) / step
    weights = np.where(scaled >= 0, 1, -1) if bits == 1 else np.clip(np.rint(scaled), -top, top)
    layer, path = on_steps(route, weights, np.array(step))
    graph = rebuilt(current, {n.name: n for n in (layer, *path)}, {})
    moved = [o for o in graph.outputs if o.source == route.tip]
    outputs = tuple(replace(o, scale=o.scale * Fraction(step)) if o in moved else o for o in graph.outputs)
    graph = replace(graph, outputs=outputs)
    return graph, None if all(o.classifier for o in moved) else _rounding_note(job, graph, moved[0].name)


def _rounding_note(job: Calibrated, graph: Graph, name: str) -> str:
    """How far the values of an output moved."""
    values = []
    for g in (job.exact, graph):
        output = next(o for o in g.outputs if o.name == name)
        sums = run_tensors(g, job.codes, keep={output.source})[output.source]
        values.append(sums.astype(np.float64) * float(output.scale))
    error = np.abs(values[0] - values[1]).max() / max(np.abs(values[0]).max(), 1e-300)
    return f"its values move by at most {error:.2g} of the largest"
