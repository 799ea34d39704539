"""A NIR graph run by its definitions at single precision, beside its integers."""

from __future__ import annotations

import numpy as np

from whetgen.foreign.nir_files import NirFile
from whetgen.foreign.nir_math import computed
from whetgen.frontends.nir.tracer import NirTrace
from whetgen.frontends.operators.values import as_in_file, laid


def run_nir(file: NirFile, trace: NirTrace, codes: np.ndarray) -> dict[str, np.ndarray]:
    """Spikes and outputs by node name, laid out as the trace has them.

    ``codes``: (frames, *input shape) integers.
    """
    meaning = trace.graph.meaning
    real = (codes.astype(np.float64) * float(meaning.scale) + float(meaning.offset)).astype(np.float32)
    first = trace.signals[next(name for name, node in file.nodes.items() if node.kind == "Input")]
    values = computed(file, as_in_file(first, real))
    wanted = {node: name for name, node in trace.neurons.items()} | {o.source: o.name for o in trace.graph.outputs}
    return {node: laid(trace.signals[name], values[name]) for node, name in wanted.items()}
