"""The ONNX target as ``whetgen generate`` uses it."""

from __future__ import annotations

import numpy as np

from whetgen.errors import BadInput
from whetgen.ir import Graph
from whetgen.targets.base import Rendered
from whetgen.targets.onnx.options import OnnxOptions
from whetgen.targets.output.kinds import output_kind
from whetgen.targets.output.seal import sealed


def rendered(graph: Graph, options: OnnxOptions, codes: np.ndarray, typical: np.ndarray | None = None) -> Rendered:
    """See ``Target.rendered``: one file, ``NAME.onnx``.

    Raises:
        BadInput: onnx is not installed, or integers that ONNX does not hold.
    """
    try:
        from whetgen.targets.onnx.export import export
    except ImportError as error:
        raise BadInput(f"--target onnx needs onnx ({error}); install whetgen[onnx]") from error
    model = export(graph, options.name, qonnx=options.onnx_dialect == "qonnx")
    length = sum(graph.size(output.source) for output in graph.outputs)
    files = {f"{options.name}.onnx": sealed(model.SerializeToString(deterministic=True))}
    return Rendered(
        files=files, output_kind=output_kind(graph), output_length=length, resources={"nodes": len(model.graph.node)}
    )
