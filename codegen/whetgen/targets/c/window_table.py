"""A convolution over few bits, its threshold and perhaps its pooling as one table (``wg_window_table.h``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from whetgen.ir.nodes import NO_PADDING, MaxPool
from whetgen.targets.c.linear import Linear
from whetgen.targets.c.mcus import Mcu
from whetgen.targets.c.records import Draft, WindowTableRecord
from whetgen.targets.c.tables import make_words

_MOST_TAPS = 12
_MOST_ROWS = 3
_MOST_NEURONS = 32


def draft_window_table(linear: Linear, name: str, pool: MaxPool | None, mcu: Mcu) -> Iterator[Draft]:
    """The draft of the convolution alone, or with ``pool``, where that is 2 x 2."""
    w = linear.window
    line_bits = ((w.out_width - 1) * w.stride_x + w.kernel_width) * w.channels
    fits = linear.inputs <= _MOST_TAPS and w.kernel_height <= _MOST_ROWS and linear.neurons <= _MOST_NEURONS
    plain = w.dilation_y == w.dilation_x == 1 and len(linear.entries.values) == 1
    if not (linear.fire and fits and plain and max(line_bits, (w.left + w.width) * w.channels) <= 32):
        return
    if pool is not None and not _pools_two_by_two(pool, linear):
        return
    bits = next(b for b in (8, 16, 32) if linear.neurons <= b)
    table = make_words(f"{name}_spikes", "spikes by window (windows):", spikes_by_window(linear), bits)
    window = w if pool is None else replace(w, out_height=w.out_height // 2, out_width=w.out_width // 2)
    record = WindowTableRecord(window, linear.neurons, table.name)
    function = f"wg_window_table_u{bits}" + ("_pool" if pool else "")
    look_up = 17
    row = 120 + window.out_width * (look_up * (3 if pool else 1) + 15)
    cycles = mcu.call + window.out_height * mcu.steps * row
    label = "window table and pool" if pool else "window table"
    yield Draft("window_table", name, "", function, record, (), "", (table,), 0, (), cycles, label)


def spikes_by_window(linear: Linear) -> np.ndarray:
    """(2^taps,) words: bit n is the spike of neuron n for the window whose tap i is bit i of the index."""
    windows = np.arange(1 << linear.inputs)[:, None] >> np.arange(linear.inputs) & 1
    spikes = windows @ linear.weights >= linear.entries.values.astype(np.int64)
    return (spikes.astype(np.int64) << np.arange(linear.neurons)).sum(axis=1)


def _pools_two_by_two(pool: MaxPool, linear: Linear) -> bool:
    w = linear.window
    whole = w.out_height >= 2 and w.out_width >= 2
    return (
        pool.window == pool.stride == (2, 2) and pool.padding == NO_PADDING and w.stride_y == w.stride_x == 1 and whole
    )
