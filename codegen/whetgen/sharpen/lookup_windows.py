"""Lookup tables that slide over a map."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from whetgen.sharpen.lookup import LookupTables


@keras.saving.register_keras_serializable(package="whetgen")
class LookupTables2D(LookupTables):
    """``LookupTables`` on each window of a map: (batch, height, width, channels) to (batch, rows, columns, kernels).

    Each of ``kernels`` tables reads ``fan_in`` learned places (row, column, channel) of a window of ``size`` x ``size``, the
    same ones wherever it stands; windows are ``stride`` apart. ``padding``: valid, or same, with zeros around the map. A
    window's inputs are numbered row by row, channels innermost. More of what ``LookupTables`` takes: ``seed``, ``nearness``,
    ``copying``.

    Raises:
        ValueError: numbers below 1, another padding, or (when built) fewer inputs than a table reads.
    """

    def __init__(
        self, kernels: int, size: int, stride: int = 1, padding: str = "valid", fan_in: int = 6, **kwargs: Any
    ):
        super().__init__(kernels, fan_in, **kwargs)
        if min(size, stride) < 1 or padding not in ("valid", "same"):
            raise ValueError(f"size {size} and stride {stride} must be at least 1, padding '{padding}' valid or same")
        self.size = size
        self.stride = stride
        self.padding = padding

    def build(self, input_shape):
        self.add_tables(self.size**2 * input_shape[-1])

    def call(self, x):
        windows = self._windows(x)
        entries = self.look_up(ops.reshape(windows, (-1, windows.shape[-1])))
        return ops.reshape(entries, (-1, *windows.shape[1:3], self.units))

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *(self._places(n) for n in input_shape[1:3]), self.units)

    def get_config(self) -> dict:
        config = super().get_config()
        own = {name: getattr(self, name) for name in ("size", "stride", "padding")}
        return {"kernels": config.pop("units"), **config, **own}

    def _windows(self, x):
        """(batch, rows, columns, inputs of a window)."""
        around = [(0, 0), *(self._around(n) for n in x.shape[1:3]), (0, 0)]
        padded = ops.pad(x, around)
        high, wide = ((self._places(n) - 1) * self.stride + 1 for n in x.shape[1:3])
        shifted = [
            padded[:, top : top + high : self.stride, left : left + wide : self.stride]
            for top in range(self.size)
            for left in range(self.size)
        ]
        return ops.concatenate(shifted, axis=-1)

    def _places(self, length: int) -> int:
        """How many windows stand side by side."""
        return -(-length // self.stride) if self.padding == "same" else (length - self.size) // self.stride + 1

    def _around(self, length: int) -> tuple[int, int]:
        """Zeros before and behind, the odd one behind."""
        reach = (self._places(length) - 1) * self.stride + self.size
        missing = max(0, reach - length) if self.padding == "same" else 0
        return missing // 2, missing - missing // 2
