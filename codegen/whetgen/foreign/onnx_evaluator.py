"""onnx's own evaluator with the operators of QONNX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from onnx import ModelProto
from onnx.helper import make_opsetid
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun
from onnx.reference.ops.op_max_pool import MaxPool as PlainMaxPool
from onnx.reference.ops.op_pad import Pad_18

from whetgen.foreign.qonnx_math import DOMAINS, QUANTISERS


def evaluator(model: ModelProto) -> ReferenceEvaluator:
    """What runs a model."""
    opset = max((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), default=1)
    return ReferenceEvaluator(
        _with_domains(model), new_ops=[*_OPERATORS, *_FROM_11 * (opset >= 11), *old_operators(opset)]
    )


def old_operators(opset: int) -> list[type[OpRun]]:
    """Those of an opset that the evaluator has in later ones only."""
    return _OF_18 if opset < 19 else []


def _with_domains(model: ModelProto) -> ModelProto:
    """The model with the domains named that its quantisers are of, which exporters forget."""
    copy = ModelProto()
    copy.CopyFrom(model)
    named = {entry.domain for entry in copy.opset_import}
    copy.opset_import.extend(make_opsetid(domain, 1) for domain in DOMAINS if domain not in named)
    return copy


def _operator(
    domain: str, name: str, function: Callable[..., np.ndarray], dtype: type | None = np.float32
) -> type[OpRun]:
    """``dtype``: of the result; None for the function's own."""

    def run(self: OpRun, *inputs: np.ndarray, **attributes: Any) -> tuple[np.ndarray]:
        given = {a.name: getattr(self, a.name) for a in self.onnx_node.attribute}
        return (np.asarray(function(*inputs, **given), dtype=dtype),)

    return type(name, (OpRun,), {"op_domain": domain, "_run": run})


def _batch_norm(
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
    epsilon: float = 1e-5,
    **_: Any,
) -> np.ndarray:
    """As trained; the evaluator's own mixes the frame's mean in for files before opset 14."""
    gamma, beta, mean, variance = (a.reshape(-1, *[1] * (x.ndim - 2)) for a in (gamma, beta, mean, variance))
    return gamma * (x - mean) / np.sqrt(variance + np.float32(epsilon)) + beta


def _quantize_linear(x: np.ndarray, scale: np.ndarray, zero: np.ndarray | None = None, axis: int = 1) -> np.ndarray:
    zero = np.zeros(1, np.uint8) if zero is None else zero
    ends = np.iinfo(zero.dtype)
    places = np.rint(x / _along(scale, x, axis)) + _along(zero, x, axis)
    return np.clip(places, ends.min, ends.max).astype(zero.dtype)


def _dequantize_linear(x: np.ndarray, scale: np.ndarray, zero: np.ndarray | None = None, axis: int = 1) -> np.ndarray:
    shift = np.zeros(1) if zero is None else zero
    return (x.astype(np.float32) - _along(shift, x, axis).astype(np.float32)) * _along(scale, x, axis)


def _along(values: np.ndarray, x: np.ndarray, axis: int) -> np.ndarray:
    """One number, or one for each element of an axis of x."""
    return values.reshape(-1, *[1] * (x.ndim - 1 - axis % x.ndim)) if values.size > 1 else values.reshape(())


class Pad(Pad_18):
    """Of opset 11 and later, with negative numbers, which take elements away; the evaluator's own does not know them."""

    op_domain = ""

    def _run(
        self,
        data: np.ndarray,
        pads: np.ndarray,
        constant_value: np.ndarray | None = None,
        axes: np.ndarray | None = None,
        mode: str | None = None,
    ) -> tuple[np.ndarray]:
        places = range(data.ndim) if axes is None else [int(axis) for axis in axes]
        kept = [slice(None)] * data.ndim
        for axis, before, behind in zip(places, *np.reshape(pads, (2, -1)), strict=True):
            kept[axis] = slice(max(-before, 0), data.shape[axis] - max(-behind, 0))
        made: tuple[np.ndarray] = super()._run(data[tuple(kept)], np.maximum(pads, 0), constant_value, axes, mode)
        return made


class MaxPool(PlainMaxPool):
    """With the least number around the frame where pads are given; the evaluator's own gets small frames wrong."""

    op_domain = ""

    def _run(  # type: ignore[override]  # settings come by name
        self, x: np.ndarray, pads: Sequence[int] | None = None, **settings: Any
    ) -> tuple[np.ndarray, ...]:
        if pads is None or settings.get("auto_pad") not in (None, "NOTSET") or settings.get("ceil_mode"):
            made: tuple[np.ndarray, ...] = super()._run(x, pads=pads, **settings)
            return made
        around = [(0, 0), (0, 0), *zip(*np.reshape(pads, (2, -1)).tolist(), strict=True)]
        least = -np.inf if np.issubdtype(x.dtype, np.floating) else np.iinfo(x.dtype).min
        made = super()._run(np.pad(x, around, constant_values=least), pads=[0] * len(pads), **settings)
        return made


_OF_18 = [
    _operator("", "QuantizeLinear", _quantize_linear, dtype=None),
    _operator("", "DequantizeLinear", _dequantize_linear),
]
_OPERATORS: list[type[OpRun]] = [
    *(_operator(domain, name, function) for domain in DOMAINS for name, function in QUANTISERS.items()),
    _operator("", "BatchNormalization", _batch_norm),
    MaxPool,
]
_FROM_11: list[type[OpRun]] = [Pad]
