"""The HLS target: C++ for Vitis HLS or Catapult."""

from whetgen.targets.base import Target
from whetgen.targets.hls.manifest import HlsManifest
from whetgen.targets.hls.options import HlsOptions

__all__ = ["HLS", "HlsOptions"]

HLS = Target(name="hls", title="HLS", options=HlsOptions, manifest=HlsManifest)
