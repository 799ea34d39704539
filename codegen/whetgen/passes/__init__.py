"""Graph to graph: integers from real numbers, then smaller integers with the same decisions."""

from whetgen.passes.lower import Lowered, Scaled, lower
from whetgen.passes.pipeline import PIPELINE, optimise

__all__ = ["PIPELINE", "Lowered", "Scaled", "lower", "optimise"]
