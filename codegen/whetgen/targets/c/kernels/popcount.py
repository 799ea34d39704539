"""A dense layer over spikes, neuron by neuron: bits of weights along the inputs, AND, count, compare (``wg_popcount.h``).

Each neuron looks at all inputs, or, where it only has to spike or not, stops looking as soon as the spikes that are left
cannot change that (*early exit*). How soon that is, frames tell; without any, the estimate says: at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from whetgen.layers import Linear
from whetgen.targets.c.arrays import ConstArray, numbers, packed
from whetgen.targets.c.kernels.early_exit import GROUP, certain_after, first_look
from whetgen.targets.c.kernels.kernel import Candidate, Job
from whetgen.targets.c.kernels.sums import plan_sums
from whetgen.targets.c.records import Record, array_record, record

_WORD = 32
_INT32 = 1 << 31
_FIRST_LOOK = 25  # instructions, of the Cortex-M4's, beyond what the count takes anyway


@dataclass(frozen=True, eq=False, kw_only=True)
class _PopCounts:
    """``sum = scale (count - surplus) + least (spikes in)``, as in ``wg_popcount_layer``.

    ``scales``: by neuron, None where all are ``scale``; ``planes``: (neurons, words[, 2]) bits of 32 inputs each;
    ``what``: what they tell, in words.
    """

    scale: int
    scales: np.ndarray | None
    least: int
    surplus: int
    planes: np.ndarray
    what: str

    @property
    def per_input(self) -> int:
        """Bits of an input: 1 or 2."""
        return self.planes.ndim - 1

    @property
    def words(self) -> int:
        return int(self.planes.shape[1])

    @property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """The least and the most that a spike adds."""
        scales = np.asarray(self.scale if self.scales is None else self.scales)
        return (-scales, scales) if self.per_input == 2 else (np.asarray(self.least), self.least + scales)


def candidates(job: Job) -> Iterator[Candidate]:
    """Weights of two values, or ternary ones, ``-a``, 0 and ``a`` with an ``a`` for each neuron; sums of 32 bits."""
    layer, mcu = job.fast_one_bit(), job.mcu
    if layer is None or not job.whole:
        return
    sums, counts = plan_sums(job, layer), _one_plane(layer.weights) or _two_planes(layer.weights)
    if counts is None or sums.elements.kind != "WG_I32":
        return
    words, neurons, each = counts.words, layer.neurons, mcu.popcount[counts.per_input - 1]
    cycles = mcu.call + mcu.steps * (words * 20 + neurons * 60) + neurons * words * each
    made, function = _record(job, layer, counts, sums.finish, 0), f"wg_popcount_{counts.per_input}"
    yield job.candidate("popcount", function, made, scratch_bytes=4 * words, cycles=cycles, even=True)
    if layer.fire:
        thresholds = job.levels.values[0].astype(np.int64)
        certain = certain_after(layer.weights, thresholds, counts.ends, job.rate.frames)
        first, neuron = first_look(certain, GROUP // _WORD * each, mcu.look)
        cycles = mcu.call + mcu.steps * (words * 25 + neurons * 60) + neurons * (neuron + _FIRST_LOOK * mcu.general)
        made, function = _record(job, layer, counts, sums.finish, first), f"wg_popcount_exit_{counts.per_input}"
        scratch = 4 * (words + len(certain))
        yield job.candidate("popcount, early exit", function, made, scratch_bytes=scratch, cycles=cycles)


def _record(job: Job, layer: Linear, counts: _PopCounts, finish: Record, first_look: int) -> Record:
    """``first_look``: groups of inputs before an early exit."""
    axes = ("neuron", "word", "plane")[: counts.planes.ndim]
    return record(
        "wg_popcount_layer",
        inputs=len(layer.weights),
        words=counts.words,
        scale=counts.scale,
        least=counts.least,
        surplus=counts.surplus,
        scales=array_record(_scales(job, counts.scales)),
        planes=packed(f"{job.name}_planes", f"weights {job.of}, {counts.what}", axes, counts.planes, _WORD),
        look=first_look * (GROUP // _WORD),
        finish=finish,
    )


def _scales(job: Job, scales: np.ndarray | None) -> ConstArray | None:
    if scales is None:
        return None
    return numbers(f"{job.name}_scales", f"magnitude of the weights {job.of}", ("neuron",), scales)


def _one_plane(weights: np.ndarray) -> _PopCounts | None:
    values = np.unique(weights)
    if len(values) > 2 or max(abs(int(v)) for v in values) * len(weights) >= _INT32 // 2:
        return None
    lower, higher = int(values[0]), int(values[-1])
    return _PopCounts(
        scale=higher - lower,
        scales=None,
        least=lower,
        surplus=0,
        planes=_words((weights != lower).T, fill=False),
        what=f"a bit for each input, set where it is {higher} and not {lower}",
    )


def _two_planes(weights: np.ndarray) -> _PopCounts | None:
    scales, inputs = np.maximum(np.abs(weights).max(axis=0), 1), _padded(len(weights))
    if ((weights != 0) & (np.abs(weights) != scales)).any() or int(scales.max()) * inputs >= _INT32:
        return None
    return _PopCounts(
        scale=int(scales[0]),
        scales=None if (scales == scales[0]).all() else scales,
        least=0,
        surplus=inputs,
        planes=np.stack([_words((weights > 0).T, fill=False), _words((weights >= 0).T, fill=True)], axis=-1),
        what="two bits for each input: whether it is positive, and whether it is not negative",
    )


def _words(bits: np.ndarray, fill: bool) -> np.ndarray:
    """(neurons, inputs) -> (neurons, words); bit i of a word belongs to its input i."""
    neurons, inputs = bits.shape
    padded = np.full((neurons, _padded(inputs)), fill)
    padded[:, :inputs] = bits
    words: np.ndarray = (padded.reshape(neurons, -1, _WORD).astype(np.int64) << np.arange(_WORD)).sum(axis=-1)
    return words


def _padded(inputs: int) -> int:
    """Words come in fours."""
    return -(-inputs // (4 * _WORD)) * 4 * _WORD
