"""What is told of a layer's proof."""

from __future__ import annotations

from dataclasses import dataclass

from whetgen.formal.counterexample import Example

PROVED, TESTED, UNDECIDED, REFUTED = "proved", "tested only", "undecided", "refuted"
STAGE_PROVED = "ROM proved, stage proved at small sizes"


@dataclass(frozen=True, kw_only=True)
class LayerProof:
    """``outputs``: results of the layer, and how many of them are ``proved``; ``seconds``: with reading the file.

    ``counterexample``: of a refuted layer, its input elements, for which the reference agrees that the netlist is wrong; of a refuted
    stream, the beats that were offered.
    """

    layer: str
    result: str
    outputs: int = 0
    proved: int = 0
    seconds: float = 0.0
    reason: str = ""
    counterexample: Example | None = None
