"""Bit-sliced sums over spikes: weights as planes of bits, sums as vertical counters (``wg_planes.h``).

With ``w = least + 2^shift w'`` and ``0 <= w' < 2^planes``, a counter starts at ``base - threshold`` (or ``base + bias``),
which ``base`` keeps from being negative, and grows by ``2^shift w'`` with each event. After n events it holds
``sum - threshold + base - least n``. Counters never overflow: ``levels`` holds the start plus all w', and the
limit ``base - least n`` that the comparison needs. Where neurons have several thresholds, they hold what sums differ by
from each, and a sign.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from whetgen.ir.integers import signed_bits
from whetgen.layers import Linear
from whetgen.targets.c.arrays import ConstArray, packed, span
from whetgen.targets.c.kernels.event import event_sums, gather, gathering, reach, start_levels, with_maps, with_zeros
from whetgen.targets.c.kernels.kernel import Candidate, Job
from whetgen.targets.c.records import record

_MOST_PLANES = 12
_MOST_LEVELS = 31
_PER_PASS = 4
_FEWEST_LEVELS = {1: 2, 2: 4, 3: 5, 4: 6}


@dataclass(frozen=True, eq=False, kw_only=True)
class _Sliced:
    """The numbers of the formulas above; ``rows``: w' (inputs, neurons); ``start``: (rows, neurons)."""

    least: int
    shift: int
    planes: int
    levels: int
    base: int
    rows: np.ndarray
    start: np.ndarray


def candidates(job: Job) -> Iterator[Candidate]:
    """One for each width of word that fits."""
    if (layer := job.fast("WG_BIT")) is None:
        return
    sliced = _sliced(job, layer)
    if sliced.planes > _MOST_PLANES or sliced.levels > _MOST_LEVELS:
        return
    for bits in sorted({job.mcu.word_bits, 16, 8}):
        if bits <= job.mcu.word_bits and (bits == 8 or layer.neurons > bits // 2):
            yield _candidate(job, layer, sliced, bits)


def as_planes(numbers: np.ndarray, planes: int, bits: int) -> np.ndarray:
    """(..., neurons) numbers -> (..., blocks, planes) words; bit n of a word belongs to its neuron n."""
    lanes = np.zeros((*numbers.shape[:-1], -(-numbers.shape[-1] // bits) * bits), dtype=np.int64)
    lanes[..., : numbers.shape[-1]] = numbers
    ones = (np.packbits(lanes >> plane & 1, axis=-1, bitorder="little") for plane in range(planes))
    return np.stack([plane.view(f"<u{bits // 8}") for plane in ones], axis=-1)


def _sliced(job: Job, layer: Linear) -> _Sliced:
    least = min(int(layer.weights.min()), 0)
    raised = layer.weights - least
    shift = _common_shift(raised)
    planes = max(int(raised.max() >> shift).bit_length(), 1)
    base = max(-int(start_levels(job, layer).min()), 0)
    start = start_levels(job, layer) + base
    highest = int((start + raised.sum(axis=0).astype(object) * layer.source.hi).max())
    limit = base - least * len(raised) * layer.source.hi
    fewest = max(shift + at + _FEWEST_LEVELS[count] for at, count in _passes(planes)) + job.source.maps - 1
    levels = max(highest.bit_length(), limit.bit_length(), fewest, _signed_levels(job, layer))
    return _Sliced(least=least, shift=shift, planes=planes, levels=levels, base=base, rows=raised >> shift, start=start)


def _signed_levels(job: Job, layer: Linear) -> int:
    """Bits that hold how far sums, and the thresholds, are from the one that a search begins with."""
    return max(signed_bits(*reach(job, layer)), signed_bits(*span(job.nodes))) if layer.higher else 0


def _common_shift(raised: np.ndarray) -> int:
    every = int(np.bitwise_or.reduce(raised, axis=None))
    return (every & -every).bit_length() - 1 if every else 0


def _passes(planes: int) -> list[tuple[int, int]]:
    """(first plane, planes) of each pass."""
    return [(at, min(_PER_PASS, planes - at)) for at in range(0, planes, _PER_PASS)]


def _candidate(job: Job, layer: Linear, sliced: _Sliced, bits: int) -> Candidate:
    word, blocks = bits // 8, -(-layer.neurons // bits)
    words = as_planes(with_zeros(sliced.rows), sliced.planes, bits).transpose(1, 0, 2)  # (blocks, rows, planes)
    passes = tuple(
        record(
            "wg_event_pass",
            rows=_planes(job, sliced, words, at, count, bits),
            block_bytes=words.shape[1] * count * word,
            add=f"wg_planes_{count}_w{bits}",
            skip=(sliced.shift + at) * word,
        )
        for at, count in _passes(sliced.planes)
    )
    what = f"counters before the first event {job.of}, one bit of {bits} neurons in each word"
    start = as_planes(sliced.start.astype(np.int64), sliced.levels, bits)
    return event_sums(
        job,
        layer,
        f"planes of {bits}",
        passes,
        _cycles(job, layer, sliced, blocks),
        even=False,
        entries=1,
        levels=sliced.levels,
        zero_row=len(sliced.rows),
        blocks=blocks,
        block_bytes=sliced.levels * word,
        base=sliced.base,
        least=-sliced.least,
        start=packed(f"{job.name}_start", what, ("row", "block", "bit"), start, bits),
        **with_maps(
            job,
            layer,
            f"w{bits}",
            _nodes(job, layer, sliced, bits),
            gather=gather(job, "bits"),
            finish=f"wg_finish_{'planes' if layer.fire else 'counts'}_w{bits}",
            step=word,
        ),
    )


def _nodes(job: Job, layer: Linear, sliced: _Sliced, bits: int) -> ConstArray | None:
    if not layer.higher:
        return None
    half = sliced.levels - 1
    what = (
        f"by how much the other thresholds {job.of} are higher, plus 2^{half}, one bit of {bits} neurons in each word"
    )
    words = as_planes(job.nodes.astype(np.int64) + (1 << half), sliced.levels, bits)
    steps = [words[:, step].transpose(0, 2, 3, 1).reshape(len(words), words.shape[2], -1) for step in job.search_steps]
    return packed(f"{job.name}_nodes", what, ("row", "block", "word"), np.concatenate(steps, axis=-1), bits)


def _planes(job: Job, sliced: _Sliced, words: np.ndarray, first: int, count: int, bits: int) -> ConstArray:
    raised = f", plus {-sliced.least}" if sliced.least else ""
    which = f"bits {sliced.shift + first} to {sliced.shift + first + count - 1}"
    what = f"weights {job.of}{raised}, {which}, one bit of {bits} neurons in each word; the last row is of zeros"
    planes = words[:, :, first : first + count]
    return packed(f"{job.name}_planes{first}", what, ("block", "row", "bit"), planes, bits)


def _cycles(job: Job, layer: Linear, sliced: _Sliced, blocks: int) -> float:
    mcu, levels, inputs = job.mcu, sliced.levels, len(layer.weights) * job.source.maps
    events = job.rate.single * inputs
    listed = max(-(-events // (mcu.event_list - 32)), job.source.maps)
    each_pass = sum(events * mcu.plane_event[count - 1] + listed * mcu.call for _, count in _passes(sliced.planes))
    done = _compared(job, levels) if layer.fire else 0
    read_out = 0 if layer.fire else layer.neurons * (5 * levels + 25)
    scan = inputs / 32 * mcu.list_event
    ends = mcu.steps * (blocks * done + read_out)
    return layer.window.positions * (gathering(job) + scan + events * mcu.list_event + blocks * each_pass + ends)


def _compared(job: Job, levels: int) -> float:
    """Cost of comparing the sums of a word."""
    searches = len(list(job.search_steps))
    if not searches:
        return 6 * levels + 30
    return 9 * levels + 80 + 50 * searches + levels * (12 * searches + 5 * job.nodes.shape[1])
