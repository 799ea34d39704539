"""Spikes out of spikes with the sums of 32 neurons in registers (``wg_walk.h``)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from whetgen.targets.c.lanes import lane_bits, make_start, pack_lanes, pack_narrow
from whetgen.targets.c.linear import Linear
from whetgen.targets.c.mcus import Mcu
from whetgen.targets.c.planes import row_tables
from whetgen.targets.c.records import Draft, EventPass, EventRecord
from whetgen.targets.c.storage import Elements
from whetgen.targets.c.tables import make_words

_WORDS = 8  # of a row
_BYTE = 255
_SHORTEST_RUN = 4


def draft_walk(linear: Linear, name: str, result: Elements, rate: float, mcu: Mcu) -> Iterator[Draft]:
    """Where sums fit 8 bits, or 16 and a few rows 8; ``rate``: share of spikes among the inputs."""
    w, bits = linear.window, lane_bits(linear)
    if not linear.fire or w.dilation_y != 1 or w.dilation_x != 1 or bits not in (8, 16):
        return
    least, run = (0, 0) if bits == 8 else _run(linear.weights)
    if bits == 16 and run < _SHORTEST_RUN:
        return
    rows = pack_lanes(linear.weights, 8, _WORDS) if bits == 8 else pack_narrow(linear.weights + least, 8, _WORDS)
    stored = "weights" if bits == 8 else f"weights + {least}"
    table = make_words(
        f"{name}_lanes", f"{stored} in lanes of 8 bits (blocks, inputs, words):", rows.transpose(1, 0, 2), 32
    )
    start = make_start(linear, name, bits, bits)
    row_of, row_step, more = row_tables(linear, name)
    blocks = rows.shape[1]
    spread = least * sum(1 << k for k in range(0, 32, bits))
    record = EventRecord(
        w, linear.neurons, 1, "0", 1, int(linear.padded), result, bits, 0, blocks, 4 * bits, 0, run, spread, start.name, row_of, row_step,
        (EventPass(table.name, linear.inputs * 4 * _WORDS, 0, "0"),), "0",
    )  # fmt: skip
    cycles = _cycles(linear, mcu, rate, blocks, run)
    function, label = f"wg_walk_{bits}", f"walk, lanes of {bits}"
    yield Draft("event", name, "", function, record, (), "", (table, start, *more), 0, (), cycles, label)


def _run(weights: np.ndarray) -> tuple[int, int]:
    """What makes weights not negative, and how many of them then fit a byte."""
    least = max(-int(weights.min()), 0)
    return least, min(_BYTE // max(int(weights.max()) + least, 1), _BYTE)


def _cycles(linear: Linear, mcu: Mcu, rate: float, blocks: int, run: int) -> float:
    events = rate * linear.inputs
    lines = linear.window.kernel_height
    loads = lines * (-(-linear.inputs // lines // 28))  # a word of inputs that starts anywhere in a byte
    each = events * (mcu.walk_event + (2 if run else 0)) + loads * mcu.walk_load
    widened = (-(-events // run) + 1) * 10 * mcu.widen + 60 if run else 0
    return linear.positions * (mcu.position / 4 + blocks * (each + widened + mcu.walk_load)) + mcu.call
