"""Graph to graph: integers from real numbers, then smaller integers with the same decisions."""

from whetgen.passes.lower import Lowered, lower
from whetgen.passes.pipeline import PIPELINE, optimise
from whetgen.passes.scaled import Scaled

__all__ = ["PIPELINE", "Lowered", "Scaled", "lower", "optimise"]
