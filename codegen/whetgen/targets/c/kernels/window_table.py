"""A convolution over few bits, its threshold and perhaps its pooling as one look-up (``wg_window_table.h``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from whetgen.layers import Linear, Pool
from whetgen.targets.c.arrays import ConstArray, packed
from whetgen.targets.c.kernels.kernel import BIT, Candidate, Job, Part
from whetgen.targets.c.records import Record, record
from whetgen.targets.c.windows import window_record

_MOST_TAPS = 12
_MOST_ROWS = 3
_MOST_NEURONS = 32
_LOOK_UP = 17  # instructions


def candidates(job: Job) -> Iterator[Candidate]:
    """The convolution alone, and with the pool behind it, where that is 2 x 2."""
    layer = job.fast_one_bit()
    if layer is None or not layer.fire or not _fits(layer) or len(job.levels.values) > 1:
        return
    spikes = _spikes(job, layer)
    yield job.candidate("window table", *_call(layer, spikes), cycles=_cycles(job, layer, 1), even=True)
    if job.pool and _pools_two_by_two(layer, job.pool) and job.storage.elements(job.pool.result.name) == BIT:
        w = job.pool.window
        pooled = replace(layer, window=replace(layer.window, out_height=w.out_height, out_width=w.out_width))
        function, made = _call(pooled, spikes)
        call = job.call(f"{function}_pool", made, cycles=_cycles(job, pooled, 3), even=True)
        call = replace(call, title=f"{job.title}, and {job.pool.name}", result=Part(job.pool.result.name))
        yield Candidate("window table and pool", (call,), pools=True)


def spikes_by_window(layer: Linear) -> np.ndarray:
    """(2^taps,) words: bit n is the spike of neuron n for the window whose tap i is bit i of the index."""
    inputs = len(layer.weights)
    windows = np.arange(1 << inputs)[:, None] >> np.arange(inputs) & 1
    spikes = windows @ layer.weights >= layer.levels[:1].astype(np.int64)
    words: np.ndarray = (spikes.astype(np.int64) << np.arange(layer.neurons)).sum(axis=1)
    return words


def _fits(layer: Linear) -> bool:
    w = layer.window
    line_bits = ((w.out_width - 1) * w.stride[1] + w.kernel[1]) * w.channels
    narrow = max(line_bits, (w.before[1] + w.width) * w.channels) <= 32 and w.dilation == (1, 1)
    return narrow and len(layer.weights) <= _MOST_TAPS and w.kernel[0] <= _MOST_ROWS and layer.neurons <= _MOST_NEURONS


def _pools_two_by_two(layer: Linear, pool: Pool) -> bool:
    w = layer.window
    halves = (pool.window.out_height, pool.window.out_width) == (w.out_height // 2, w.out_width // 2)
    return pool.window.kernel == pool.window.stride == (2, 2) and halves and w.stride == (1, 1)


def _spikes(job: Job, layer: Linear) -> ConstArray:
    bits = next(b for b in (8, 16, 32) if layer.neurons <= b)
    what = (
        f"spikes {job.of} for whatever the window holds: bit n of entry i is the spike of neuron n "
        "where input k of the window is bit k of i"
    )
    return packed(f"{job.name}_spikes", what, ("window",), spikes_by_window(layer), bits)


def _call(layer: Linear, spikes: ConstArray) -> tuple[str, Record]:
    made = record("wg_window_table_layer", window=window_record(layer), neurons=layer.neurons, table=spikes)
    return f"wg_window_table_u{spikes.elements.bits}", made


def _cycles(job: Job, layer: Linear, look_ups: int) -> float:
    """``look_ups``: of a position, as far as they cost."""
    row = 120 + layer.window.out_width * (_LOOK_UP * look_ups + 15)
    return job.mcu.call + layer.window.out_height * job.mcu.steps * row
