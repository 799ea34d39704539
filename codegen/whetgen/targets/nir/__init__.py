"""The NIR target: the integers as a graph for neuromorphic simulators and chips."""

from whetgen.targets.base import Target, TargetOptions
from whetgen.targets.output.schema import Manifest

__all__ = ["NIR"]

NIR = Target(name="nir", title="NIR", options=TargetOptions, manifest=Manifest, planned=False, suffix=".nir")
