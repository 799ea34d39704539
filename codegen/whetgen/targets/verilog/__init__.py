"""The Verilog target."""

from whetgen.targets.base import Target
from whetgen.targets.output.schema import AtLeastOne, AtLeastZero, CyclesEntry, Manifest, Streams
from whetgen.targets.verilog.options import VerilogOptions

__all__ = ["VERILOG", "VerilogOptions"]


class VerilogManifest(Manifest):
    """The keys that every target has, and these."""

    latency_cycles: AtLeastZero  # type: ignore[misc]  # never None here
    initiation_interval_cycles: AtLeastOne  # type: ignore[misc]  # likewise
    architecture: str
    cycles: list[CyclesEntry]
    stream: Streams


VERILOG = Target(name="verilog", title="Verilog", options=VerilogOptions, manifest=VerilogManifest)
