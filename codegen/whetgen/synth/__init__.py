"""``whetgen synth``: size and speed of generated Verilog, by open tools."""
