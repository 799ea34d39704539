"""The HLS target: C++ for Vitis HLS or Catapult. ``plan`` decides, ``render`` writes."""

from whetgen.backends.hls.options import HlsOptions
from whetgen.backends.hls.plan import check_options, plan
from whetgen.backends.hls.records import DIALECTS, HlsPlan
from whetgen.backends.hls.render import render

__all__ = ["DIALECTS", "HlsOptions", "HlsPlan", "check_options", "plan", "render"]
