"""The interpreter: the meaning of a graph, exact and vectorised."""

from whetgen.reference.interpreter import evaluate, predict, run, run_tensors

__all__ = ["evaluate", "predict", "run", "run_tensors"]
