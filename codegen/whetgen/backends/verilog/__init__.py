"""The Verilog target: ``plan`` decides, ``render`` writes."""

from whetgen.backends.verilog.extras import choose_extras, render_extras
from whetgen.backends.verilog.logic.module import LOGIC_CELLS
from whetgen.backends.verilog.options import VerilogOptions
from whetgen.backends.verilog.plan import VerilogPlan, check_options, plan
from whetgen.backends.verilog.render import render

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
