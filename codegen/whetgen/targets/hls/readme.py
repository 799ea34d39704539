"""``README.md`` of a generated HLS folder."""

from __future__ import annotations

from collections.abc import Iterable

from whetgen.targets.hls.design import HlsPlan
from whetgen.targets.output.identifiers import comment_text
from whetgen.targets.output.readme import file_rows
from whetgen.targets.output.templating import template_environment


def render_readme(plan: HlsPlan, paths: Iterable[str]) -> dict[str, str]:
    """``paths``: of all other files in the folder."""
    templates = template_environment("hls")
    templates.filters["comment"] = comment_text
    facts = {"plan": plan, "tool": plan.dialect, "files": file_rows(paths, _meanings(plan))}
    return {"README.md": templates.get_template("README.md.j2").render(facts)}


def _meanings(plan: HlsPlan) -> dict[str, str]:
    return {
        f"{plan.name}.h": "the top function, its streams; include it",
        f"{plan.name}.cpp": "the top function: one process for each layer",
        f"{plan.name}_layers.h": "shapes, foldings, weights and thresholds of the layers",
        "library/*": "kernels, hand-written, the same for every network",
        f"tb/{plan.name}_tb.cpp": "the testbench: vectors, malformed frames",
        "tb/vectors.txt": "input and output frames as bytes of the buses, hexadecimal",
        "tb/open/*": "what the open headers lack of the tool's",
        "Makefile": "compiles and runs the testbench with any C++ compiler",
        plan.dialect.script: f"simulation, synthesis and export by {plan.dialect.title}",
    }
