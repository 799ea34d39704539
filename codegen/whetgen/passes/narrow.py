"""Narrow weights: the one lossy step, chosen by the user and measured on calibration frames.

For each neuron and each of a few step sizes a, ``q = clip(round(w / a))`` replaces its weights, and
the threshold is the one that repeats most of the exact neuron's decisions on the calibration frames
(as the narrowed layers before it deliver them). The step size with most agreements wins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from whetgen.errors import BadInput
from whetgen.ir.graph import Graph
from whetgen.ir.integers import as_integers, magnitude
from whetgen.ir.nodes import LINEAR, Conv, Dense, Node, Threshold
from whetgen.passes.pipeline import optimise
from whetgen.passes.rewrite import only_reader, rebuilt
from whetgen.reference import evaluate, run_tensors

MAX_BITS = 32
_AUTO_BITS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 16)
_SHRINK = np.concatenate([np.linspace(0.2, 1.0, 17), [1.1, 1.25]])
_MAX_SAMPLES = 20_000


@dataclass(frozen=True)
class LayerChange:
    """What narrowing did to one layer: weight bits and the share of decisions that stayed."""

    name: str
    bits_before: int
    bits_after: int
    decisions_kept: float


@dataclass(frozen=True)
class Narrowed:
    """The narrow graph, golden from here on, and what changed; ``agreement``: share of equal results."""

    graph: Graph
    changes: tuple[LayerChange, ...]
    agreement: float


def narrow(graph: Graph, codes: np.ndarray, bits: int, progress: Callable[[str], None] | None = None) -> Narrowed:
    """All linear layers at no more than ``bits`` bits a weight (1: sign, 2: ternary, ...)."""
    return _narrow_each(graph, codes, lambda current, name: _narrow_layer(graph, current, name, codes, bits), progress)


def narrow_auto(
    graph: Graph,
    codes: np.ndarray,
    labels: np.ndarray | None,
    tolerance: float,
    progress: Callable[[str], None] | None = None,
) -> Narrowed:
    """Layer by layer the fewest bits that lose at most ``tolerance`` of the frames.

    A frame is lost when its class was right and is wrong now; without labels, when its result differs.
    """
    allowed = int(tolerance * len(codes))

    def fewest(current: Graph, name: str) -> tuple[Graph, LayerChange]:
        for bits in _AUTO_BITS:
            if bits >= weight_bits(current[name]):
                break
            trial, change = _narrow_layer(graph, current, name, codes, bits)
            if lost_frames(graph, trial, codes, labels) <= allowed:
                return trial, change
        before = weight_bits(current[name])
        return current, LayerChange(name, before, before, 1.0)

    return _narrow_each(graph, codes, fewest, progress)


def weight_bits(node: Dense | Conv) -> int:
    """Bits of the layer's weights: 1 for one magnitude of both signs, else two's complement, symmetric."""
    largest = magnitude(node.weights)
    return 1 if largest == 1 and np.all(node.weights != 0) else largest.bit_length() + 1


def lost_frames(exact: Graph, trial: Graph, codes: np.ndarray, labels: np.ndarray | None) -> int:
    """Frames whose result got worse (see ``narrow_auto``)."""
    if labels is not None and sum(o.classifier for o in exact.outputs) == 1:
        before, after = exact.predict(codes) == labels, trial.predict(codes) == labels
        return max(0, int(before.sum()) - int(after.sum()))
    return len(codes) - _same_results(exact, trial, codes)


def _same_results(exact: Graph, trial: Graph, codes: np.ndarray) -> int:
    a, b = (_results(g, codes) for g in (exact, trial))
    same = [np.all((x == y).reshape(len(codes), -1), axis=1) for x, y in zip(a, b, strict=True)]
    return int(np.all(same, axis=0).sum())


def _results(graph: Graph, codes: np.ndarray) -> list[np.ndarray]:
    outputs = graph.run(codes)
    arrays = outputs if isinstance(outputs, dict) else {graph.outputs[0].name: outputs}
    return [np.argmax(arrays[o.name], axis=-1) if o.classifier else arrays[o.name] for o in graph.outputs]


def _narrow_each(graph: Graph, codes: np.ndarray, step, progress) -> Narrowed:
    current, changes = graph, []
    for node in graph.nodes:
        if isinstance(node, LINEAR) and not _is_decode(graph, node):
            if progress:
                progress(node.name)
            current, change = step(current, node.name)
            changes.append(change)
    return Narrowed(optimise(current), tuple(changes), _same_results(graph, current, codes) / len(codes))


def _is_decode(graph: Graph, node: Node) -> bool:
    return any(o.kind == "scores" and o.source == node.name for o in graph.outputs)


def _narrow_layer(exact: Graph, current: Graph, name: str, codes: np.ndarray, bits: int) -> tuple[Graph, LayerChange]:
    linear = current[name]
    before = weight_bits(linear)
    if before <= bits:
        return current, LayerChange(name, before, before, 1.0)
    fire = only_reader(current, name)
    if isinstance(fire, Threshold):
        wanted = run_tensors(exact, codes, keep={fire.name})[fire.name]
        seen = run_tensors(current, codes, keep={linear.source})[linear.source]
        replaced, kept = _narrow_neurons(linear, fire, seen, wanted, bits)
        return rebuilt(current, replaced, {}), LayerChange(name, before, bits, kept)
    step = _sum_step(linear, bits)
    graph = rebuilt(current, {name: _narrow_sums(linear, bits, step)}, {})
    outputs = tuple(replace(o, scale=o.scale * Fraction(step)) if o.source == name else o for o in graph.outputs)
    return replace(graph, outputs=outputs), LayerChange(name, before, bits, 1.0)


def _candidates(weights: np.ndarray, bits: int) -> list[np.ndarray]:
    """Weights on the grids of all step sizes, int64."""
    columns = np.abs(weights).reshape(-1, weights.shape[-1]).astype(np.float64)
    largest = columns.max(axis=0)
    if bits == 1:
        return [np.where(weights.astype(np.float64) >= 0, 1, -1).astype(np.int64)]
    top = (1 << (bits - 1)) - 1
    steps = np.maximum(largest / top, 1e-300)
    scaled = weights.astype(np.float64)
    return [np.clip(np.rint(scaled / (steps * s)), -top, top).astype(np.int64) for s in _SHRINK]


def _narrow_neurons(linear, fire: Threshold, seen: np.ndarray, wanted: np.ndarray, bits: int) -> tuple[dict, float]:
    if fire.thresholds.ndim > 1 or np.any(linear.bias != 0):
        raise BadInput(
            f"layer '{linear.name}' has a threshold for each position (padding of a shifted input), "
            "which --weight-bits cannot narrow; use --weight-bits exact, or remove the offset before the padding"
        )
    neurons = linear.weights.shape[-1]
    best_right = np.full(neurons, -1)
    best_weights, best_levels = np.zeros(linear.weights.shape, dtype=np.int64), np.zeros(neurons, dtype=np.int64)
    decisions, keep = _sampled(wanted.reshape(-1, neurons).astype(bool))
    for weights in _candidates(linear.weights, bits):
        sums = evaluate(replace(linear, weights=weights), seen).reshape(-1, neurons)[keep]
        levels, right = _best_thresholds(sums, decisions)
        better = right > best_right
        best_right, best_levels = np.where(better, right, best_right), np.where(better, levels, best_levels)
        best_weights = np.where(better, weights, best_weights)
    replaced = {
        linear.name: replace(linear, weights=best_weights),
        fire.name: replace(fire, thresholds=best_levels.astype(np.int64)),
    }
    return replaced, float(best_right.sum() / (len(decisions) * neurons))


def _sampled(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    keep = np.linspace(0, len(rows) - 1, min(len(rows), _MAX_SAMPLES)).astype(np.int64)
    return rows[keep], keep


def _best_thresholds(sums: np.ndarray, fires: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
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


def _narrow_sums(linear: Dense | Conv, bits: int, step: float) -> Dense | Conv:
    """Accumulators keep one scale for the whole tensor; the bias is rounded on it."""
    scaled = linear.weights.astype(np.float64) / step
    top = max((1 << (bits - 1)) - 1, 1)
    weights = np.where(scaled >= 0, 1, -1) if bits == 1 else np.clip(np.rint(scaled), -top, top)
    bias = [round(int(b) / step) for b in linear.bias.reshape(-1)]
    return replace(linear, weights=weights.astype(np.int64), bias=as_integers(bias).reshape(linear.bias.shape))


def _sum_step(linear: Dense | Conv, bits: int) -> float:
    values = np.abs(linear.weights.astype(np.float64))
    return float(values.mean()) if bits == 1 else float(values.max()) / ((1 << (bits - 1)) - 1)
