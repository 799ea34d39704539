"""``README.md`` of a generated Verilog folder."""

from __future__ import annotations

from collections.abc import Iterable

from whetgen.targets.output.readme import file_rows
from whetgen.targets.verilog.layout import hdl_templates
from whetgen.targets.verilog.plan import VerilogPlan
from whetgen.targets.verilog.ports import port_rows


def render_readme(plan: VerilogPlan, paths: Iterable[str]) -> dict[str, str]:
    """``paths``: of all other files in the folder."""
    paths = list(paths)
    facts = {
        "plan": plan,
        "files": file_rows(paths, _meanings(plan.name)),
        "ports": port_rows(plan),
        "has_board": any(path.startswith("board/") for path in paths),
    }
    return {"README.md": hdl_templates().get_template("README.md.j2").render(facts)}


def _meanings(name: str) -> dict[str, str]:
    return {
        f"rtl/{name}.v": "the network, top module; a section for each layer",
        f"rtl/{name}_*.v": "its layers' own modules: logic, sums, tables of constants",
        "rtl/wg_*.v": "library modules, hand-written, the same for every network",
        "sim/run.py": "compiles and simulates with cocotb and Verilator",
        f"sim/test_{name}.py": "the cocotb test: vectors, stalls, malformed frames, reset, cycles",
        "sim/vectors.txt": "input and output frames as bytes of the buses, hexadecimal",
        "sim/stream.json": "widths, beats and cycles, for the test",
        "sim/place.py": "part of `run.py`: where it builds",
        "sim/bulk.cpp": "streams many frames through Verilator's model; `whetgen verify` compiles it",
        "sim/ports.vlt": "tells Verilator which signals cocotb sees",
        "syn/yosys.ys": "synthesis by Yosys, out of context",
        "syn/vivado.tcl": "synthesis, place and route by Vivado, out of context",
        "syn/vivado.xdc": "its clock",
        "syn/quartus.tcl": "compilation by Quartus, pins virtual",
        "syn/quartus.sdc": "its clock",
        "syn/README.md": "more about synthesis",
        "ip/component.xml": "the network as an IP for block designs (IP-XACT)",
        "wrappers/*": "a top around it for SystemVerilog or VHDL",
        "control/*": "a top with registers on AXI4-Lite: `control/README.md`",
        "board/*": "tops, pins and scripts for a board: `board/README.md`",
    }
