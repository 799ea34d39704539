"""Take away what a network of lookup tables computes for nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

import keras
import numpy as np
from keras import ops

from whetgen.sharpen.layers import SoftmaxDecode, SpikingBReLU
from whetgen.sharpen.lookup import LookupTables


def trim(model: keras.Model) -> keras.Model:
    """A smaller model that decides exactly the same, of a finished Sequential one; any other model as it is.

    Inputs that a table ignores are read no more, constant tables become part of those that read them, or of the offsets of
    the SoftmaxDecode behind them, and tables that nobody reads go. A class keeps a table, and a layer as many as one
    table reads.
    """
    layers = model.layers
    places = [n for n in range(len(layers) - 2) if type(layers[n]) is LookupTables and _sharp(layers[n + 1])]
    if not isinstance(model, keras.Sequential) or not places:
        return model
    tables = {place: _Tables.of(layers[place]) for place in places}
    for place in places:
        if place - 2 in tables:
            tables[place].absorb(tables[place - 2].values())
        tables[place].forget()
    offsets = {}
    for place in reversed(places):
        if place + 2 in tables:
            tables[place].keep(tables[place + 2].reads(tables[place].units))
            tables[place + 2].renumber(tables[place].kept)
        elif isinstance(layers[place + 2], SoftmaxDecode):
            offsets[place + 2] = _offsets(tables[place], layers[place + 2])
    return _rebuilt(model, tables, offsets)


@dataclass
class _Tables:
    """Tables bool (units, patterns) and wiring (fan_in, units) of a layer; ``kept``: which of its units are left."""

    bits: np.ndarray
    wiring: np.ndarray
    kept: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.kept = np.arange(self.units)

    @classmethod
    def of(cls, layer: LookupTables) -> _Tables:
        return cls(layer.bits(), ops.convert_to_numpy(layer.wiring).copy())

    @property
    def units(self) -> int:
        return len(self.bits)

    @property
    def fan_in(self) -> int:
        return len(self.wiring)

    def values(self) -> np.ndarray:
        """int (units,): 0 or 1 for constant tables, -1 for others."""
        ones = self.bits.sum(axis=1)
        return np.where(ones == 0, 0, np.where(ones == self.bits.shape[1], 1, -1))

    def absorb(self, values: np.ndarray) -> None:
        """Inputs that are constant, 0 or 1, count no more."""
        patterns = np.arange(self.bits.shape[1])
        for place, unit in np.argwhere(values[self.wiring] >= 0):
            one = int(values[self.wiring[place, unit]])
            self.bits[unit] = self.bits[unit, patterns & ~(1 << place) | one << place]

    def forget(self) -> None:
        """Places whose input does not matter read what another place of the table reads."""
        patterns = np.arange(self.bits.shape[1])
        matter = np.array([(self.bits != self.bits[:, patterns ^ (1 << j)]).any(axis=1) for j in range(self.fan_in)])
        first = self.wiring[matter.argmax(axis=0), np.arange(self.units)]
        self.wiring = np.where(matter, self.wiring, first)

    def reads(self, inputs: int) -> np.ndarray:
        """Which of ``inputs`` are read, those by constants left out; and enough to build a table."""
        read = np.isin(np.arange(inputs), self.wiring[:, self.values() < 0])
        spare = np.flatnonzero(~read)[: max(0, self.fan_in - int(read.sum()))]
        return np.sort(np.concatenate([np.flatnonzero(read), spare]))

    def keep(self, units: np.ndarray) -> None:
        self.bits, self.wiring, self.kept = self.bits[units], self.wiring[:, units], self.kept[units]

    def renumber(self, kept: np.ndarray) -> None:
        """Read ``kept`` inputs by their new numbers; what is not among them does not matter."""
        self.wiring = np.minimum(np.searchsorted(kept, self.wiring), len(kept) - 1).astype(np.int32)


def _offsets(tables: _Tables, decode: SoftmaxDecode) -> list[int]:
    """What constant tables add to the scores; they go, but for one of a class that has no others."""
    values, key = tables.values(), decode.key.astype(np.int64)
    constant = values >= 0
    for row in key.astype(bool):
        if constant[row].all():
            constant[np.flatnonzero(row)[:1]] = False
    offsets = (2 * key - 1)[:, constant] @ (2 * values - 1)[constant]
    tables.keep(np.flatnonzero(~constant))
    return (offsets + decode.offsets).tolist()


def _rebuilt(model: keras.Sequential, tables: dict[int, _Tables], offsets: dict[int, list[int]]) -> keras.Model:
    made, weights = [keras.Input(model.input_shape[1:], name=model._layers[0].name)], []
    for place, layer in enumerate(model.layers):
        config, values = layer.get_config(), layer.get_weights()
        if place in tables:
            config["units"] = tables[place].units
            values = [tables[place].bits.astype(np.float32), tables[place].wiring]
        elif place in offsets:
            values = [layer.key[:, tables[place - 2].kept]]
            config |= {"key": values[0].tolist(), "offsets": offsets[place]}
        made.append(type(layer).from_config(config))
        weights += values
    smaller = keras.Sequential(made, name=model.name)
    smaller.set_weights(weights)
    return smaller


def _sharp(layer: keras.layers.Layer) -> bool:
    return isinstance(layer, SpikingBReLU) and layer.sharpness == 1.0 and layer.levels == 1
