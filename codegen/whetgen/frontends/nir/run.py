"""A NIR graph run by its definitions at single precision, beside its integers."""

from __future__ import annotations

import numpy as np

from whetgen.foreign.nir_files import NirFile
from whetgen.foreign.nir_math import computed
from whetgen.frontends.nir.tracer import NirTrace
from whetgen.frontends.operators.values import Signal


def run_nir(file: NirFile, trace: NirTrace, codes: np.ndarray) -> dict[str, np.ndarray]:
    """Spikes and outputs by node name, laid out as the trace has them.

    ``codes``: (frames, *input shape) integers.
    """
    meaning = trace.graph.meaning
    real = (codes.astype(np.float64) * float(meaning.scale) + float(meaning.offset)).astype(np.float32)
    first = trace.signals[next(name for name, node in file.nodes.items() if node.kind == "Input")]
    frames = np.transpose(real, (0, *(1 + first.order.index(k) for k in range(len(first.shape)))))
    values = computed(file, frames)
    wanted = {node: name for name, node in trace.neurons.items()} | {o.source: o.name for o in trace.graph.outputs}
    return {node: _laid(trace.signals[name], values[name]) for node, name in wanted.items()}


def _laid(signal: Signal, values: np.ndarray) -> np.ndarray:
    return np.transpose(values.reshape(len(values), *signal.shape), (0, *(1 + axis for axis in signal.order)))
