"""Each bit flipped alone: how many cost frames, and which cost most."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import get_args

import numpy as np

from whetgen.ir.nodes import Dense
from whetgen.reference import evaluate
from whetgen.verification.faults.bits import Kind, Store, bit_at, flipped, stores
from whetgen.verification.faults.neurons import Neurons, level_losses, neurons_of, spike_losses, weight_losses
from whetgen.verification.faults.yardstick import Unflipped

SAMPLES = 200  # bits of an array that are tried where not all are
WORST = 8  # of each kind
_DOUBT = 0.05


@dataclass(frozen=True, kw_only=True)
class Single:
    """One bit and what its flip costs. ``place``: index of the number in its array; ``loss``: share of frames lost.

    ``before``, ``after``: the number; of an activation, whose flip is another one in each frame, None.
    """

    kind: str
    layer: str
    place: tuple[int, ...]
    bit: int
    before: int | None
    after: int | None
    loss: float


@dataclass(frozen=True, kw_only=True)
class Tried:
    """The bits of one array, each flipped alone. ``mean``, ``worst``: share of frames lost.

    ``harmless``: how many of the tried lose no frame. ``beyond``: with 95 % confidence, at most this share of the bits that
    were not tried lose more than the worst that was.
    """

    kind: str
    layer: str
    width: int
    bits: int
    tried: int
    harmless: int
    mean: float
    worst: float
    beyond: float


@dataclass(frozen=True, eq=False)
class _Losses:
    """Frames lost by single flips: numbers of the bits in their store, and what each costs."""

    store: Store
    numbers: np.ndarray
    lost: np.ndarray


def single_flips(
    trace: Unflipped, rng: np.random.Generator, progress: Callable[[float], None]
) -> tuple[tuple[Tried, ...], tuple[Single, ...]]:
    """What was tried of each array, and the most harmful flips of each kind, the worst first.

    All bits of dense layers are tried; of other layers all, or ``SAMPLES``. ``progress`` gets the share that is done.
    """
    found: list[_Losses] = []
    spikes: list[Single] = []
    known: dict[tuple[str, str], np.ndarray] = {}
    everything = stores(trace.graph)
    for done, store in enumerate(everything):
        progress(done / len(everything))
        node = trace.graph[store.node]
        layer = neurons_of(trace, node) if isinstance(node, Dense) and store.field == "weights" else None
        if layer is not None:
            known |= _of_neurons(trace, layer, everything)
            spikes += _spikes(layer, len(trace.right))
        lost = known.get((store.node, store.field))
        found.append(_sampled(trace, store, rng) if lost is None else _Losses(store, np.arange(store.bits), lost))
    frames = len(trace.right)
    singles = [*(single for losses in found for single in _worst(losses, frames)), *spikes]
    return tuple(_tried(losses, frames) for losses in found), _most_harmful(singles)


def _most_harmful(singles: list[Single]) -> tuple[Single, ...]:
    ordered = sorted(singles, key=lambda single: -single.loss)
    kinds = [[single for single in ordered if single.kind == kind][:WORST] for kind in get_args(Kind)]
    return tuple(sorted((single for kind in kinds for single in kind), key=lambda single: -single.loss))


def _of_neurons(trace: Unflipped, layer: Neurons, everything: tuple[Store, ...]) -> dict[tuple[str, str], np.ndarray]:
    """Frames lost by each bit of the layer's weights and levels, in the order of the bits in their stores."""
    by_place = {(store.node, store.field): store for store in everything}
    weights, levels = (layer.dense.name, "weights"), layer.levels
    found = {weights: weight_losses(layer, trace.tensors[layer.dense.source], by_place[weights].deltas)}
    deltas = by_place[levels].deltas
    deltas = deltas.reshape(len(deltas), len(layer.cuts), -1)
    found[levels] = level_losses(layer, deltas, -1 if levels[1] == "bias" else 1)
    return {name: lost.reshape(len(lost), -1).T.reshape(-1) for name, lost in found.items()}


def _spikes(layer: Neurons, frames: int) -> Iterator[Single]:
    """Of a layer of one threshold."""
    if layer.levels[1] == "bias" or len(layer.cuts) > 1:
        return
    for n, lost in enumerate(spike_losses(layer)):
        yield Single(
            kind="activation",
            layer=layer.levels[0],
            place=(n,),
            bit=0,
            before=None,
            after=None,
            loss=int(lost) / frames,
        )


def _sampled(trace: Unflipped, store: Store, rng: np.random.Generator) -> _Losses:
    """By running the network from this node on, for a few bits."""
    few = store.bits <= SAMPLES
    numbers = np.arange(store.bits) if few else rng.choice(store.bits, SAMPLES, replace=False)
    return _Losses(store, numbers, np.array([_lost(trace, store, int(number)) for number in numbers], dtype=np.int64))


def _lost(trace: Unflipped, store: Store, number: int) -> int:
    node = flipped(trace.graph, [bit_at([store], number)])[store.node]
    value = evaluate(node, *(trace.tensors[source] for source in node.sources))
    return int(trace.right.sum()) - int(trace.right_with(node.name, value).sum())


def _worst(losses: _Losses, frames: int) -> Iterator[Single]:
    for k in np.argsort(-losses.lost, kind="stable")[:WORST]:
        bit = bit_at([losses.store], int(losses.numbers[k]))
        yield Single(
            kind=losses.store.kind,
            layer=losses.store.node,
            place=bit.index,
            bit=bit.bit,
            before=bit.before,
            after=bit.after,
            loss=int(losses.lost[k]) / frames,
        )


def _tried(losses: _Losses, frames: int) -> Tried:
    store, tried = losses.store, len(losses.lost)
    return Tried(
        kind=store.kind,
        layer=store.node,
        width=store.width,
        bits=store.bits,
        tried=tried,
        harmless=int(np.sum(losses.lost <= 0)),
        mean=float(losses.lost.mean()) / frames,
        worst=int(losses.lost.max()) / frames,
        beyond=0.0 if tried == store.bits else 1 - _DOUBT ** (1 / tried),
    )
