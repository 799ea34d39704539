"""Proofs about Verilog, for all inputs."""

from whetgen.formal.layer_proof import LayerProof
from whetgen.formal.layer_proofs import prove_layers
from whetgen.formal.solve import Proof, prove

__all__ = ["LayerProof", "Proof", "prove", "prove_layers"]
