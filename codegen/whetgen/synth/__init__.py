"""``whetgen synth``: size and speed of generated Verilog, by open tools."""

from whetgen.synth.devices import DEVICES, Device
from whetgen.synth.run import Synthesis, synthesise

__all__ = ["DEVICES", "Device", "Synthesis", "synthesise"]
