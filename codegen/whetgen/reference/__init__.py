"""The interpreter: the meaning of a graph, exact and vectorised."""

from whetgen.reference.interpreter import classify, evaluate, predict, run, run_tensors

__all__ = ["classify", "evaluate", "predict", "run", "run_tensors"]
