"""The HLS target as ``whetgen generate`` uses it: ``plan`` decides, ``render`` writes."""

from __future__ import annotations

import numpy as np

from whetgen.ir import Graph
from whetgen.reference import run
from whetgen.targets.base import Rendered
from whetgen.targets.hls.options import HlsOptions
from whetgen.targets.hls.plan import plan
from whetgen.targets.hls.readme import render_readme
from whetgen.targets.hls.render import render
from whetgen.targets.streams.vectors import vectors

__all__ = ["HlsOptions", "plan", "render", "rendered"]


def rendered(graph: Graph, options: HlsOptions, codes: np.ndarray, typical: np.ndarray | None = None) -> Rendered:
    """See ``Target.rendered``."""
    made = plan(graph, options.name, options)
    files = render(made)
    files["tb/vectors.txt"] = vectors(graph, made.input, made.output, codes, run(graph, codes))
    files |= render_readme(made, files)
    return Rendered(
        files=files,
        output_kind=made.output.kind,
        output_length=made.output.count,
        resources=made.resources,
        details=made.manifest(),
    )
