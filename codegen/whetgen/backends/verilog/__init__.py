"""The Verilog target: ``plan`` decides, ``render`` writes."""

from whetgen.backends.verilog.options import VerilogOptions
from whetgen.backends.verilog.plan import VerilogPlan, plan
from whetgen.backends.verilog.render import render

__all__ = ["VerilogOptions", "VerilogPlan", "plan", "render"]
