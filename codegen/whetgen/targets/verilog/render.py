"""A plan as files: ``render`` reads like the folder it makes."""

from __future__ import annotations

import json
from pathlib import Path

from whetgen.assets import assets
from whetgen.targets.output.library import library, named
from whetgen.targets.output.templating import template_environment
from whetgen.targets.verilog.layout import hdl_templates
from whetgen.targets.verilog.plan import VerilogPlan
from whetgen.targets.verilog.ports import stream_ports

_SYNTHESIS = ("yosys.ys", "vivado.tcl", "vivado.xdc", "quartus.tcl", "quartus.sdc")


def render(plan: VerilogPlan) -> dict[str, str]:
    """Text of every file by its path in the output folder, all but vectors and manifest."""
    hdl, bench = hdl_templates(), template_environment("cocotb")
    files = {f"rtl/{plan.name}.v": hdl.get_template("top.v.j2").render(plan=plan, clocks=stream_ports(plan))}
    for rom in plan.roms:
        files[f"rtl/{rom.module}.v"] = hdl.get_template("rom.v.j2").render(plan=plan, rom=rom)
    for logic in plan.logic:
        files[f"rtl/{logic.name}.v"] = hdl.get_template("logic.v.j2").render(plan=plan, module=logic)
    for adders in plan.adders:
        files[f"rtl/{adders.module}.v"] = hdl.get_template(adders.template).render(plan=plan, sums=adders)
    files |= {f"rtl/{file}": text for file, text in library(named(files.values()), "hdl/rtl").items()}
    sources = sorted(Path(path).name for path in files)
    for script in _SYNTHESIS:
        files[f"syn/{script}"] = hdl.get_template(f"syn/{script}.j2").render(plan=plan, sources=sources)
    files["syn/README.md"] = hdl.get_template("syn/README.md.j2").render(plan=plan)
    files["sim/stream.json"] = json.dumps(plan.stream_manifest(), indent=1) + "\n"
    for template in ("run.py", "bench.py", "bulk.cpp", "ports.vlt"):
        text = bench.get_template(f"{template}.j2").render(plan=plan, ports=stream_ports(plan))
        files[f"sim/{_bench_name(template, plan)}"] = text
    files["sim/place.py"] = (assets() / "templates" / "cocotb" / "place.py").read_text(encoding="utf-8")
    return files


def _bench_name(template: str, plan: VerilogPlan) -> str:
    return f"test_{plan.name}.py" if template == "bench.py" else template
