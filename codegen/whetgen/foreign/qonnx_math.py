"""QONNX' operators on arrays, as their definitions say: for constants, and for running a model beside its integers.

Definitions: https://github.com/fastmachinelearning/qonnx, docs/qonnx-custom-ops. Integers are found in the precision of the
inputs; their products with a scale are exact, as float64 holds them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

DOMAINS = ("qonnx.custom_op.general", "onnx.brevitas", "finn.custom_op.general", "qonnx")


def _towards_zero_at_ties(x: np.ndarray) -> np.ndarray:
    return np.sign(x) * np.ceil(np.abs(x) - 0.5)


ROUND: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "ROUND": np.round,
    "HALF_EVEN": np.round,
    "HALF_UP": lambda x: np.sign(x) * np.floor(np.abs(x) + 0.5),
    "HALF_DOWN": _towards_zero_at_ties,
    "CEIL": np.ceil,
    "FLOOR": np.floor,
    "UP": lambda x: np.sign(x) * np.ceil(np.abs(x)),
    "DOWN": np.trunc,
    "ROUND_TO_ZERO": np.trunc,
}


def _text(value: Any) -> str:
    return (value.decode("utf-8", "replace") if isinstance(value, bytes) else value).upper()


def _times(integers: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return np.asarray(integers, dtype=np.float64) * np.asarray(scale, dtype=np.float64)


def _clipped(real: np.ndarray, bits: np.ndarray, signed: int, narrow: int) -> np.ndarray:
    """Numbers between the ends of integers of ``bits``; narrow ones leave out the end of which there is one too many."""
    top = 2.0 ** (bits - 1) - 1 if signed else 2.0**bits - 1 - narrow
    bottom = narrow - 2.0 ** (bits - 1) if signed else 0.0
    return np.minimum(np.maximum(real, bottom), top)


def bipolar_quant(x: np.ndarray, scale: np.ndarray, **_: Any) -> np.ndarray:
    return _times(np.where(x >= 0, 1, -1), scale)


def quant(
    x: np.ndarray,
    scale: np.ndarray,
    zero: np.ndarray,
    bits: np.ndarray,
    *,
    signed: int = 1,
    narrow: int = 0,
    rounding_mode: Any = "ROUND",
    **_: Any,
) -> np.ndarray:
    real = x / scale + zero
    if signed and np.all(bits == 1):
        return _times(np.where(real >= 0, 1, -1) - zero, scale)
    return _times(ROUND[_text(rounding_mode)](_clipped(real, bits, signed, narrow)) - zero, scale)


def multi_threshold(
    x: np.ndarray,
    thresholds: np.ndarray,
    *,
    out_scale: float = 1.0,
    out_bias: float = 0.0,
    data_layout: Any = "NCHW",
    **_: Any,
) -> np.ndarray:
    rows = thresholds.reshape(1, -1, *[1] * (x.ndim - 2), thresholds.shape[1])
    return np.count_nonzero(x[..., None] >= rows, axis=-1) * out_scale + out_bias


def trunc(
    x: np.ndarray,
    scale: np.ndarray,
    zero: np.ndarray,
    bits_in: np.ndarray,
    *rest: np.ndarray,
    signed: int = 1,
    narrow: int = 0,
    rounding_mode: Any = "FLOOR",
    **_: Any,
) -> np.ndarray:
    whole, round_ = np.round(x / scale + zero), ROUND[_text(rounding_mode)]
    if len(rest) == 1:
        return _times(round_(whole / 2.0 ** (bits_in - rest[0])) - zero, scale)
    out_scale, bits = rest
    divisor = 2.0 ** np.round(np.log2(out_scale / scale))
    return _times(round_(_clipped(whole / divisor, bits, signed, narrow)) - zero / divisor, out_scale)


QUANTISERS: dict[str, Callable[..., np.ndarray]] = {
    "BipolarQuant": bipolar_quant,
    "Quant": quant,
    "IntQuant": quant,
    "MultiThreshold": multi_threshold,
    "Trunc": trunc,
}
