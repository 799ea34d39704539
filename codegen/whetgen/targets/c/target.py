"""The C target as ``whetgen generate`` uses it: ``plan`` decides, ``render`` writes."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from whetgen.ir import Graph
from whetgen.targets.base import Rendered
from whetgen.targets.c.options import COptions
from whetgen.targets.c.plan import plan
from whetgen.targets.c.readme import render_readme
from whetgen.targets.c.render import render

__all__ = ["COptions", "plan", "render", "rendered"]


def rendered(graph: Graph, options: COptions, codes: np.ndarray, typical: np.ndarray | None = None) -> Rendered:
    """See ``Target.rendered``."""
    made = plan(graph, options.name, options, typical)
    files = render(made)
    resources = {
        "flash_table_bytes": made.flash_table_bytes,
        "flash_code_bytes_estimated": made.code_bytes,
        "arena_bytes": made.arena_bytes,
        "cycles_estimated": made.cycles,
    }
    calls = [
        {"title": c.title, "function": c.function, "table_bytes": sum(a.bytes for a in c.arrays)} for c in made.calls
    ]
    details = {
        "mcu": made.mcu,
        "processor": made.processor,
        "time_unit": made.time_unit,
        "kernels": [asdict(choice) for choice in made.choices],
        "calls": calls,
    }
    return Rendered(
        files=files | render_readme(made, files),
        output_kind=made.output_kind,
        output_length=made.output_len,
        resources=resources,
        details=details,
    )
