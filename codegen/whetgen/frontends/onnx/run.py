"""The model as onnx's own evaluator runs it, at single precision, beside its integers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from onnx.helper import tensor_dtype_to_np_dtype
from onnx.reference import ReferenceEvaluator

from whetgen.errors import BadInput
from whetgen.foreign.onnx_evaluator import evaluator
from whetgen.foreign.onnx_files import OnnxFile
from whetgen.foreign.reasons import one_line
from whetgen.frontends.onnx.entry import element_type, entry
from whetgen.frontends.onnx.tracer import OnnxTrace
from whetgen.frontends.operators.building import Counts
from whetgen.frontends.operators.values import as_in_file, laid


def run_onnx(file: OnnxFile, trace: OnnxTrace, codes: np.ndarray) -> dict[str, np.ndarray]:
    """The evaluator's values of the spikes and outputs, by node name, laid out as the trace has them.

    ``codes``: (frames, *input shape) integers.

    Raises:
        BadInput: the model does not run, or its numbers overflow.
    """
    name, _ = entry(file.model)
    meaning = trace.graph.meaning
    real = (codes.astype(np.float64) * float(meaning.scale) + float(meaning.offset)).astype(np.float32)
    frames = as_in_file(trace.input, real)
    kind = tensor_dtype_to_np_dtype(element_type(file.model))
    with _told(file):
        session = evaluator(file.model)
        rows = [_run(session, name, frame[None].astype(kind)) for frame in frames]
    return values_of(trace, {tensor: np.concatenate([row[tensor] for row in rows]) for tensor in tensors_of(trace)})


def tensors_of(trace: OnnxTrace) -> list[str]:
    """The tensors of the file that hold spikes or outputs."""
    names = [counts.tensor for counts in trace.counts] + [tensor[0] for tensor in trace.outputs if tensor]
    return list(dict.fromkeys(names))


def values_of(trace: OnnxTrace, found: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Spikes and outputs by node name, laid out as the trace has them, out of the values of ``tensors_of``."""
    outputs = zip(trace.graph.outputs, trace.outputs, strict=True)
    made = {counts.signal.node: _counted(counts, found[counts.tensor]) for counts in trace.counts}
    return made | {o.source: laid(t[1], found[t[0]]) for o, t in outputs if t}


def _run(session: ReferenceEvaluator, name: str, frame: np.ndarray) -> dict[str, Any]:
    with np.errstate(all="ignore"):
        return dict(session.run(None, {name: frame}, intermediate=True))


@contextmanager
def _told(file: OnnxFile) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # onnx raises nearly every type here
        raise BadInput(
            f"{file.path}: does not run in onnx's evaluator ({one_line(error)}); check it with onnx.checker"
        ) from error


def _counted(counts: Counts, values: np.ndarray) -> np.ndarray:
    """The levels that the values of the file's tensor say are reached."""
    made = laid(counts.signal, values).astype(np.float64)
    return np.round((made - counts.low) / counts.rise).astype(np.int64)
