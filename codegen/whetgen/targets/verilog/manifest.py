"""``whetgen.json`` of a Verilog folder: the keys that every target has, and these."""

from __future__ import annotations

from whetgen.targets.output.schema import AtLeastOne, Count, LayerCycles, Manifest, Streams


class VerilogManifest(Manifest):
    latency_cycles: Count  # type: ignore[misc]  # never None
    initiation_interval_cycles: AtLeastOne  # type: ignore[misc]
    architecture: str
    cycles: list[LayerCycles]
    stream: Streams
