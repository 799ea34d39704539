"""A plan as files: ``render`` reads like the folder it makes."""

from __future__ import annotations

from pathlib import Path

from whetgen.assets import assets
from whetgen.targets.hls.design import HlsPlan
from whetgen.targets.hls.pragmas import to_catapult
from whetgen.targets.output.identifiers import comment_text
from whetgen.targets.output.library import library
from whetgen.targets.output.templating import template_environment


def render(plan: HlsPlan) -> dict[str, str]:
    """Text of every file by its path in the output folder, all but vectors and manifest."""
    templates = template_environment("hls")
    templates.filters["comment"] = comment_text

    def fill(template: str) -> str:
        return templates.get_template(template).render(plan=plan, tool=plan.dialect, guard=plan.name.upper())

    files = {
        f"{plan.name}.h": fill("network.h.j2"),
        f"{plan.name}.cpp": fill("network.cpp.j2"),
        f"{plan.name}_layers.h": fill("layers.h.j2"),
        f"tb/{plan.name}_tb.cpp": fill("testbench.cpp.j2"),
        "Makefile": fill("Makefile.j2"),
        plan.dialect.script: fill(f"{plan.dialect.script}.j2"),
        **_library(plan),
    }
    return {path: _in_dialect(plan.tool, path, text) for path, text in files.items()}


def _library(plan: HlsPlan) -> dict[str, str]:
    needed = library((Path(kernel).stem for kernel in plan.kernels), "hdl/hls", f"hdl/hls/{plan.tool}")
    files = {f"library/{file}": text for file, text in needed.items()}
    if plan.tool == "vitis":
        files["tb/open/ap_axi_sdata.h"] = (assets() / "hdl" / "hls" / "open" / "ap_axi_sdata.h").read_text(
            encoding="utf-8"
        )
    return files


def _in_dialect(tool: str, path: str, text: str) -> str:
    """The library and the templates are written for Vitis HLS; other tools differ in pragmas only."""
    return to_catapult(text) if tool == "catapult" and Path(path).suffix in (".h", ".cpp") else text
