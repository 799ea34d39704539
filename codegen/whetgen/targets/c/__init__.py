"""The C target: hand-written kernels of ``firmware/runtime`` and generated constants."""

from whetgen.targets.base import Target
from whetgen.targets.c.manifest import CManifest
from whetgen.targets.c.options import COptions

__all__ = ["C", "COptions"]

C = Target(name="c", title="C", options=COptions, manifest=CManifest)
