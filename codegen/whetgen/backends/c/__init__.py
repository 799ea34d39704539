"""The C target: hand-written kernels of ``firmware/runtime`` and generated tables."""

from whetgen.backends.c.choose import Limits
from whetgen.backends.c.options import COptions
from whetgen.backends.c.plan import plan
from whetgen.backends.c.records import CPlan
from whetgen.backends.c.render import render
from whetgen.backends.mcus import MCUS

__all__ = ["MCUS", "COptions", "CPlan", "Limits", "plan", "render"]
