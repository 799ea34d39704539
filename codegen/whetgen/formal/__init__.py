"""Proofs about Verilog, for all inputs."""

from whetgen.formal.solve import Proof, prove

__all__ = ["Proof", "prove"]
