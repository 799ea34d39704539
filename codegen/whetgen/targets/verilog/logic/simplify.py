"""The steps that the unrolled architecture builds, and that its proofs are about."""

from __future__ import annotations

from whetgen.layers.graph import Steps
from whetgen.targets.verilog.logic.cones import with_tables
from whetgen.targets.verilog.logic.ranking import ranked


def simplified(steps: Steps, output_kind: str) -> Steps:
    """Scores without what they have in common, where only the class is sent; neurons of few bits as tables."""
    return with_tables(ranked(steps) if output_kind == "class" else steps)
