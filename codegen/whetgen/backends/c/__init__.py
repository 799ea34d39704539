"""The C target: hand-written kernels of ``firmware/runtime`` and generated tables."""

from whetgen.backends.c.plan import plan
from whetgen.backends.c.records import CPlan
from whetgen.backends.c.render import render

__all__ = ["CPlan", "plan", "render"]
