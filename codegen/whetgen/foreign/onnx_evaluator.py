"""onnx's own evaluator with the operators of QONNX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from onnx import ModelProto
from onnx.helper import make_opsetid
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun

from whetgen.foreign.qonnx_math import DOMAINS, QUANTISERS


def evaluator(model: ModelProto) -> ReferenceEvaluator:
    """What runs a model."""
    return ReferenceEvaluator(_with_domains(model), new_ops=_OPERATORS)


def _with_domains(model: ModelProto) -> ModelProto:
    """The model with the domains named that its quantisers are of, which exporters forget."""
    copy = ModelProto()
    copy.CopyFrom(model)
    named = {entry.domain for entry in copy.opset_import}
    copy.opset_import.extend(make_opsetid(domain, 1) for domain in DOMAINS if domain not in named)
    return copy


def _operator(domain: str, name: str, function: Callable[..., np.ndarray]) -> type[OpRun]:
    def run(self: OpRun, *inputs: np.ndarray, **attributes: Any) -> tuple[np.ndarray]:
        given = {a.name: getattr(self, a.name) for a in self.onnx_node.attribute}
        return (np.asarray(function(*inputs, **given), dtype=np.float32),)

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


_OPERATORS = [
    *(_operator(domain, name, function) for domain in DOMAINS for name, function in QUANTISERS.items()),
    _operator("", "BatchNormalization", _batch_norm),
]
