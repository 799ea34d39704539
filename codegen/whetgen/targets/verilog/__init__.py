"""The Verilog target."""

from whetgen.targets.base import Target
from whetgen.targets.verilog.manifest import VerilogManifest
from whetgen.targets.verilog.options import VerilogOptions

__all__ = ["VERILOG", "VerilogOptions"]

VERILOG = Target(name="verilog", title="Verilog", options=VerilogOptions, manifest=VerilogManifest)
