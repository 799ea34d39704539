"""The integer graph: node kinds, shapes, proved ranges, legality, files."""

from whetgen.ir.files import graph_sha256, load_graph, save_graph
from whetgen.ir.graph import Graph, InputMeaning, Output
from whetgen.ir.integers import Word
from whetgen.ir.nodes import ELEMENT_TYPES
from whetgen.ir.validate import check_output_bits, validate

__all__ = [
    "ELEMENT_TYPES",
    "Graph",
    "InputMeaning",
    "Output",
    "Word",
    "check_output_bits",
    "graph_sha256",
    "load_graph",
    "save_graph",
    "validate",
]
