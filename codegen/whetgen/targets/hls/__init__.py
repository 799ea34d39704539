"""The HLS target: C++ for Vitis HLS or Catapult. ``plan`` decides, ``render`` writes."""

from whetgen.targets.hls.options import HlsOptions
from whetgen.targets.hls.plan import check_options, plan
from whetgen.targets.hls.records import DIALECTS, HlsPlan
from whetgen.targets.hls.render import render

__all__ = ["DIALECTS", "HlsOptions", "HlsPlan", "check_options", "plan", "render"]
