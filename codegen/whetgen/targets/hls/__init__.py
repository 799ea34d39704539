"""The HLS target: C++ for Vitis HLS or Catapult."""

from whetgen.targets.base import Target
from whetgen.targets.hls.options import HlsOptions
from whetgen.targets.output.schema import CyclesEntry, Manifest, Streams

__all__ = ["HLS", "HlsOptions"]


class HlsManifest(Manifest):
    """The keys that every target has, and these."""

    loop_trips: list[CyclesEntry]
    stream: Streams


HLS = Target(name="hls", title="HLS", options=HlsOptions, manifest=HlsManifest)
