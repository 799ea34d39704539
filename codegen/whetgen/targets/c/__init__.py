"""The C target: hand-written kernels of ``firmware/runtime`` and generated tables."""

from whetgen.targets.c.choose import Limits
from whetgen.targets.c.options import COptions
from whetgen.targets.c.plan import plan
from whetgen.targets.c.records import CPlan
from whetgen.targets.c.render import render

__all__ = ["COptions", "CPlan", "Limits", "plan", "render"]
