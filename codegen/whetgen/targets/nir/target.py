"""The NIR target as ``whetgen generate`` uses it."""

from __future__ import annotations

import numpy as np

from whetgen.errors import BadInput
from whetgen.host.scratch import scratch_folder
from whetgen.ir import Graph
from whetgen.targets.base import Rendered, TargetOptions
from whetgen.targets.output.kinds import output_kind
from whetgen.targets.output.seal import sealed


def rendered(graph: Graph, options: TargetOptions, codes: np.ndarray, typical: np.ndarray | None = None) -> Rendered:
    """See ``Target.rendered``: one file, ``NAME.nir``.

    Raises:
        BadInput: nir is not installed, or a layer that NIR has no node for.
    """
    try:
        import nir

        from whetgen.targets.nir.export import export
    except ImportError as error:
        raise BadInput(f"--target nir needs nir ({error}); install whetgen[nir]") from error
    made = export(graph)
    with scratch_folder() as folder:
        nir.write(folder / "net.nir", made)
        data = sealed((folder / "net.nir").read_bytes())
    length = sum(graph.size(output.source) for output in graph.outputs)
    return Rendered(
        files={f"{options.name}.nir": data},
        output_kind=output_kind(graph),
        output_length=length,
        resources={"nodes": len(made.nodes)},
    )
