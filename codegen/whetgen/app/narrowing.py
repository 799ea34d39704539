"""``--weight-bits``, ``--synapses`` and what belongs to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from whetgen.errors import BadInput
from whetgen.option import option

if TYPE_CHECKING:
    from whetgen.ir import Graph
    from whetgen.passes.narrow import Narrowed
    from whetgen.verification.frames import Frames


def _read_bits(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() else text


@dataclass(frozen=True)
class Narrowing:
    """How wide weights may be: as they are, the fewest bits that lose no more than ``tolerance``, or a number of bits; and how many stay."""

    weight_bits: int | Literal["exact", "auto"] = option(
        "exact (nothing is lossy), auto (fewest bits that keep the accuracy) or a number of bits.",
        "exact",
        written=str,
        read=_read_bits,
    )
    calibration: Path | None = option(
        "X.npz with codes x and labels y, for --weight-bits and for the check against Keras."
    )
    tolerance: float = option("Share of calibration frames that --weight-bits auto may lose.", 0.0)
    synapses: float | None = option("Share of the synapses that stay; the smallest weights become 0.")

    def check(self) -> None:
        """Refuse what no network makes possible.

        Raises:
            BadInput: not "exact", "auto" or 1..32, no calibration frames, or a tolerance that is no share.
        """
        from whetgen.passes.narrow import MAX_BITS

        bits = self.weight_bits
        if bits not in ("exact", "auto") and not (isinstance(bits, int) and 1 <= bits <= MAX_BITS):
            raise BadInput(f"--weight-bits {bits}: choose exact, auto or a number of bits from 1 to {MAX_BITS}")
        if bits != "exact" and self.calibration is None:
            raise BadInput(f"--weight-bits {bits}: narrowing is measured on data; give --calibration X.npz")
        if self.synapses is not None:
            if not 0 < self.synapses <= 1:
                raise BadInput(f"--synapses {self.synapses:g}: must be a share of the synapses, above 0 and at most 1")
            if self.calibration is None:
                raise BadInput(f"--synapses {self.synapses:g}: pruning is measured on data; give --calibration X.npz")
        if not 0 <= self.tolerance <= 1:
            raise BadInput(f"--tolerance {self.tolerance}: must be a share of the frames, from 0 to 1")

    def narrowed(self, graph: Graph, frames: Frames | None, progress: Callable[[str], None]) -> Narrowed | None:
        """The graph with narrow or fewer weights and what changed; None where they stay as they are."""
        from whetgen.passes.narrow import narrow, narrow_auto
        from whetgen.passes.prune import prune

        if frames is None or (self.weight_bits == "exact" and self.synapses is None):
            return None
        pruned = None if self.synapses is None else prune(graph, frames.codes, self.synapses)
        if self.weight_bits == "auto":
            return narrow_auto(graph, frames.codes, frames.labels, self.tolerance, progress, pruned)
        bits = None if self.weight_bits == "exact" else self.weight_bits
        return narrow(graph, frames.codes, bits, progress, pruned)
