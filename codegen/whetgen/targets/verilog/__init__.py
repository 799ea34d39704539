"""The Verilog target: ``plan`` decides, ``render`` writes."""

from whetgen.targets.verilog.extras import choose_extras, render_extras
from whetgen.targets.verilog.logic.module import LOGIC_CELLS
from whetgen.targets.verilog.options import VerilogOptions
from whetgen.targets.verilog.plan import VerilogPlan, check_options, plan
from whetgen.targets.verilog.render import render

__all__ = [
    "LOGIC_CELLS",
    "VerilogOptions",
    "VerilogPlan",
    "check_options",
    "choose_extras",
    "plan",
    "render",
    "render_extras",
]
