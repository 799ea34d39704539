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


@keras.saving.register_keras_serializable(package="whetgen")
class LookupTables(keras.layers.Layer):
    """One table entry per unit, chosen by the ``fan_in`` spikes that the unit reads: (batch, inputs) to (batch, units).

    ``tables`` is (units, 2^fan_in), trained, within 0..1; a SpikingBReLU behind it makes bits of the entries. The
    entry's number has the unit's input j as its bit j. ``wiring``, int32 (fan_in, units), says which inputs these are: saved state
    that no optimizer touches and that ``LearnWiring`` learns; it starts at random (``seed``). Inputs are 0 or 1,
    and no gradient passes to them: this is a network's first layer behind a thermometer.

    Raises:
        ValueError: numbers below 1, or (when built) fewer inputs than a unit reads.
    """

    def __init__(self, units: int, fan_in: int = 6, seed: int = 0, **kwargs: Any):
        super().__init__(**kwargs)
        if min(units, fan_in) < 1:
            raise ValueError(f"units {units} and fan_in {fan_in} must be at least 1")
        self.units = units
        self.fan_in = fan_in
        self.seed = seed
        self.recorder: Callable[[keras.KerasTensor, keras.KerasTensor, keras.KerasTensor], None] | None = None

    def build(self, input_shape):
        wiring = different_inputs(input_shape[-1], self.fan_in, self.units, np.random.default_rng(self.seed))
        self.wiring = add_wiring(self, wiring)
        self.tables = self.add_weight(
            name="tables",
            shape=(self.units, 2**self.fan_in),
            initializer=lambda shape, dtype: ops.convert_to_tensor(_leaning(shape[0], shape[1], self.seed), dtype),
            constraint=_within_0_and_1,
        )

    def call(self, x):
        read = ops.take(ops.transpose(x), ops.reshape(self.wiring, (-1,)), axis=0)
        places = np.reshape(2.0 ** np.arange(self.fan_in), (-1, 1, 1)).astype(np.float32)
        patterns = ops.sum(ops.reshape(ops.cast(read, "float32"), (self.fan_in, self.units, -1)) * places, axis=0)
        patterns = ops.cast(patterns, "int32")
        first = np.arange(self.units, dtype=np.int32)[:, None] * 2**self.fan_in
        entries = ops.take(ops.reshape(self.tables, (-1,)), patterns + first, axis=0)
        if self.recorder is not None:
            self.recorder(x, patterns, entries)
        return ops.transpose(entries)

    def bits(self) -> np.ndarray:
        """bool (units, 2^fan_in): what each table says once it is sharp."""
        return ops.convert_to_numpy(self.tables) >= _LEVEL

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict:
        return {**super().get_config(), **{name: getattr(self, name) for name in ("units", "fan_in", "seed")}}


def lookup_layers(model: keras.Model) -> list[LookupTables]:
    """The layers of tables, inputs first."""
    return [layer for layer in every_layer(model) if isinstance(layer, LookupTables)]


def _leaning(units: int, entries: int, seed: int) -> np.ndarray:
    """Tables (units, entries) that rise and fall with their inputs, so that patterns that never come decide sensibly."""
    rng = np.random.default_rng((seed, 1))
    signs = 2.0 * (np.arange(entries)[None] >> np.arange(entries.bit_length() - 1)[:, None] & 1) - 1.0
    slopes = rng.normal(size=(units, len(signs))) / np.sqrt(len(signs))
    return np.clip(_LEVEL + _SPREAD * slopes @ signs, 0.0, 1.0).astype(np.float32)


def _within_0_and_1(tables):
    return ops.clip(tables, 0.0, 1.0)
