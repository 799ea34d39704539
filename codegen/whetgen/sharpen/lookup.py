"""Neurons that are lookup tables: six spikes in, one learned bit out for each of their 64 patterns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from whetgen.sharpen.fan_in import add_wiring, different_inputs
from whetgen.sharpen.find_layers import every_layer

_LEVEL = 0.5
_SPREAD = 0.3
_COPIED = 0.45
_NOISE = 0.05


@keras.saving.register_keras_serializable(package="whetgen")
class LookupTables(keras.layers.Layer):
    """One table entry per unit, chosen by the ``fan_in`` spikes that the unit reads: (batch, inputs) to (batch, units).

    ``tables`` is (units, 2^fan_in), trained, within 0..1; a SpikingBReLU behind it makes bits of the entries. The
    entry's number has the unit's input j as its bit j. ``wiring``, int32 (fan_in, units), says which inputs these are: saved state
    that no optimizer touches and that ``LearnWiring`` learns; it starts at random (``seed``). Inputs count as 1 from 0.5
    on. The gradient to an input is that of the table's multilinear extension, entry with the bit less entry without it;
    entries of other patterns count too, ``nearness`` times less for each bit that differs. Tables start at
    a random slope along each input, or, with ``copying``, as their first input: for layers behind other tables.

    Raises:
        ValueError: numbers below 1, or (when built) fewer inputs than a unit reads.
    """

    def __init__(
        self,
        units: int,
        fan_in: int = 6,
        seed: int = 0,
        nearness: float = 0.0,
        copying: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if min(units, fan_in) < 1:
            raise ValueError(f"units {units} and fan_in {fan_in} must be at least 1")
        self.units = units
        self.fan_in = fan_in
        self.seed = seed
        self.nearness = nearness
        self.copying = copying
        self.recorder: Callable[[keras.KerasTensor, keras.KerasTensor, keras.KerasTensor], None] | None = None

    def build(self, input_shape):
        self.add_tables(input_shape[-1])

    def add_tables(self, inputs: int) -> None:
        """Tables that read ``inputs`` spikes."""
        wiring = different_inputs(inputs, self.fan_in, self.units, np.random.default_rng(self.seed))
        self.wiring = add_wiring(self, wiring)
        start = _copying if self.copying else _leaning
        self.tables = self.add_weight(
            name="tables",
            shape=(self.units, 2**self.fan_in),
            initializer=lambda shape, dtype: ops.convert_to_tensor(start(shape[0], shape[1], self.seed), dtype),
            constraint=_within_0_and_1,
        )

    def call(self, x):
        return self.look_up(x)

    def look_up(self, x):
        """Entries (rows, units) for spikes (rows, inputs)."""
        patterns, entries = self._entries(ops.convert_to_tensor(x))
        if self.recorder is not None:
            self.recorder(x, patterns, entries)
        return ops.transpose(entries)

    def _entries(self, x):
        """Patterns and entries, (units, rows) both."""
        patterns = self._patterns(x)

        places = patterns + self.first_entries

        @ops.custom_gradient
        def read(x, entries):
            def gradient(*upstream, **named):
                (flow,) = upstream or (named["upstream"],)
                return self._to_inputs(x, entries, places, flow), _sums(flow, places, entries.shape[0])

            return ops.take(entries, places, axis=0), gradient

        return patterns, read(x, ops.reshape(self.tables, (-1,)))

    @property
    def first_entries(self) -> np.ndarray:
        """Where each unit's entries begin when all stand in a row."""
        return np.arange(self.units, dtype=np.int32)[:, None] * 2**self.fan_in

    def _patterns(self, x):
        read = ops.take(ops.transpose(ops.cast(x >= _LEVEL, "float32")), ops.reshape(self.wiring, (-1,)), axis=0)
        places = np.reshape(2.0 ** np.arange(self.fan_in), (-1, 1, 1)).astype(np.float32)
        patterns = ops.sum(ops.reshape(read, (self.fan_in, self.units, -1)) * places, axis=0)
        return ops.cast(patterns, "int32")

    def _to_inputs(self, x, entries, places, flow):
        """What flows back to each input, (rows, inputs): flow times slope, of all tables that read it."""
        tables = ops.reshape(entries, (self.units, 2**self.fan_in))
        slopes = ops.take(slopes_of(tables, self.nearness), places, axis=0)
        flows = ops.reshape(ops.transpose(slopes * flow[..., None], (2, 0, 1)), (self.fan_in * self.units, -1))
        return ops.transpose(ops.segment_sum(flows, ops.reshape(self.wiring, (-1,)), x.shape[-1]))

    def bits(self) -> np.ndarray:
        """bool (units, 2^fan_in): what each table says once it is sharp."""
        return ops.convert_to_numpy(self.tables) >= _LEVEL

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict:
        own = ("units", "fan_in", "seed", "nearness", "copying")
        return {**super().get_config(), **{name: getattr(self, name) for name in own}}


def _sums(values, places, count):
    """``count`` sums: each of ``values`` goes to its place."""
    return ops.segment_sum(ops.reshape(values, (-1,)), ops.reshape(places, (-1,)), count)


def lookup_layers(model: keras.Model) -> list[LookupTables]:
    """The layers of tables, inputs first."""
    return [layer for layer in every_layer(model) if isinstance(layer, LookupTables)]


def slopes_of(tables: keras.KerasTensor, nearness: float) -> keras.KerasTensor:
    """(units * patterns, fan_in): how an entry of ``tables`` (units, patterns) rises with each of its bits."""
    units, patterns = tables.shape
    fan_in = patterns.bit_length() - 1
    differences = finite_differences(fan_in, nearness).transpose(1, 0, 2).reshape(-1, patterns)
    return ops.reshape(ops.matmul(tables, differences.T), (units * patterns, fan_in))


def finite_differences(fan_in: int, nearness: float) -> np.ndarray:
    """float32 (fan_in, patterns, patterns): what entry b counts in the slope along input j at pattern a.

    Its sign is that of bit j in b; its size falls by ``nearness`` for each other bit in which a and b differ.
    """
    patterns = np.arange(2**fan_in)
    bits = patterns[:, None] >> np.arange(fan_in) & 1
    signs = (2 * bits - 1).T[:, None, :]
    differ = bits[:, None] ^ bits[None]
    others = differ.sum(axis=2)[None] - differ.transpose(2, 0, 1)
    return (signs * nearness**others).astype(np.float32)


def _leaning(units: int, entries: int, seed: int) -> np.ndarray:
    """Tables (units, entries) that rise and fall with their inputs, so that patterns that never come decide sensibly."""
    rng = np.random.default_rng((seed, 1))
    signs = 2.0 * (np.arange(entries)[None] >> np.arange(entries.bit_length() - 1)[:, None] & 1) - 1.0
    slopes = rng.normal(size=(units, len(signs))) / np.sqrt(len(signs))
    return np.clip(_LEVEL + _SPREAD * slopes @ signs, 0.0, 1.0).astype(np.float32)


def _copying(units: int, entries: int, seed: int) -> np.ndarray:
    """Tables (units, entries) that say what their first input says, but for a little noise."""
    rng = np.random.default_rng((seed, 1))
    first = 2.0 * (np.arange(entries) & 1) - 1.0
    return np.clip(_LEVEL + _COPIED * first + _NOISE * rng.normal(size=(units, entries)), 0.0, 1.0).astype(np.float32)


def _within_0_and_1(tables):
    return ops.clip(tables, 0.0, 1.0)
