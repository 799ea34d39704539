"""Proofs about Verilog, for all inputs."""

from whetgen.formal.layers import DEFAULT_SECONDS, LayerProof, prove_layers
from whetgen.formal.solve import Proof, prove

__all__ = ["DEFAULT_SECONDS", "LayerProof", "Proof", "prove", "prove_layers"]
