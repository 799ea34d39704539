"""Spikes out of spikes, window by window, with the sums of 32 neurons in registers (``wg_walk.h``)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from whetgen.layers import Linear
from whetgen.targets.c.arrays import ConstArray, packed
from whetgen.targets.c.kernels.event import event_record
from whetgen.targets.c.kernels.kernel import Candidate, Job
from whetgen.targets.c.kernels.lanes import in_a_word, lane_bits, spread, start_lanes
from whetgen.targets.c.kernels.packing import pack_lanes, pack_narrow
from whetgen.targets.c.records import record

_WORDS = 8  # of a row
_BYTE = 255
_SHORTEST_RUN = 4


def candidates(job: Job) -> Iterator[Candidate]:
    """Where sums fit 8 bits, or 16 and a few rows 8."""
    layer = job.fast_one_bit()
    if layer is None or not layer.fire or layer.window.dilation != (1, 1) or job.mcu.word_bits != 32:
        return
    if (bits := lane_bits(job, layer)) not in (8, 16):
        return
    least, run = (0, 0) if bits == 8 else _run(layer.weights)
    if bits == 16 and run < _SHORTEST_RUN:
        return
    rows = _rows(job, layer, bits, least)
    blocks = len(rows.values)
    made = event_record(
        job,
        layer,
        (record("wg_event_pass", rows=rows, block_bytes=rows.bytes // blocks, skip=0, add=None),),
        entries=1,
        levels=bits,
        zero_row=0,
        blocks=blocks,
        block_bytes=4 * bits,
        list=0,
        base=run,
        least=spread(least, bits),
        start=start_lanes(job, layer, bits, bits),
        gather=None,
        finish=None,
        maps=(),
    )
    yield job.candidate(f"walk, lanes of {bits}", f"wg_walk_{bits}", made, cycles=_cycles(job, layer, blocks, run))


def _run(weights: np.ndarray) -> tuple[int, int]:
    """What makes weights not negative, and how many of them then fit a byte."""
    least = max(-int(weights.min()), 0)
    return least, min(_BYTE // max(int(weights.max()) + least, 1), _BYTE)


def _rows(job: Job, layer: Linear, bits: int, least: int) -> ConstArray:
    narrow = bits > 8
    words = pack_narrow(layer.weights + least, 8, _WORDS) if narrow else pack_lanes(layer.weights, 8, _WORDS)
    raised = f", plus {least}" if least else ""
    what = f"weights {job.of}{raised}, {in_a_word(8)}; a row for each input"
    return packed(f"{job.name}_lanes", what, ("block", "row", "word"), words.transpose(1, 0, 2), 32)


def _cycles(job: Job, layer: Linear, blocks: int, run: int) -> float:
    mcu, inputs, lines = job.mcu, len(layer.weights), layer.window.kernel[0]
    events = job.rate.single * inputs
    loads = lines * (-(-inputs // lines // 28))  # a word of inputs that starts anywhere in a byte
    each = events * (mcu.walk_event + (2 if run else 0)) + loads * mcu.walk_load
    widened = (-(-events // run) + 1) * 10 * mcu.widen + 60 if run else 0
    return layer.window.positions * (mcu.position / 4 + blocks * (each + widened + mcu.walk_load)) + mcu.call
