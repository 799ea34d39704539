"""``whetgen.json`` of a Verilog folder: the keys that every target has, and these."""

from __future__ import annotations

from whetgen.targets.output.schema import AtLeastOne, Count, LayerCycles, Manifest, Streams


class VerilogManifest(Manifest):
    latency_cycles: Count
    initiation_interval_cycles: AtLeastOne
    architecture: str
    cycles: list[LayerCycles]
    stream: Streams
