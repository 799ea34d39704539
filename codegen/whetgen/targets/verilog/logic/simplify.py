"""The layers that the unrolled architecture builds, and that its proofs are about."""

from __future__ import annotations

from whetgen.layers import LayerGraph
from whetgen.targets.verilog.logic.lookup_tables import LogicGraph, with_lookup_tables
from whetgen.targets.verilog.logic.ranking import ranked


def simplified(graph: LayerGraph, output_kind: str) -> LogicGraph:
    """Scores without what they have in common, where only the class is sent; neurons of few bits as tables."""
    return with_lookup_tables(ranked(graph) if output_kind == "class" else graph)
