"""A layer with what folding decided about it."""

from __future__ import annotations

from dataclasses import dataclass

from whetgen.layers import Blend, Layer, Linear, Move, Pool
from whetgen.targets.streams.setting import Setting, slides
from whetgen.targets.verilog.folded.buffers import StreamBuffer

# Cycles from asking for a result's last word to writing the result, by what computes it.
_DELAYS = {Linear: 5, Pool: 3, Blend: 4, Move: 4}
_SLIDE_DELAY = 6
_COMPARE_DELAY = 2  # more, where several thresholds are compared with


@dataclass(frozen=True)
class FoldedLayer:
    """``buffers``: those that the layer reads, in the order of its sources."""

    layer: Layer
    setting: Setting
    buffers: tuple[StreamBuffer, ...]

    @property
    def prefix(self) -> str:
        """What the names of its signals begin with."""
        return self.layer.result.name

    @property
    def available(self) -> str:
        """Whether every buffer has the next word."""
        return " && ".join(f"{b.prefix}_available" for b in self.buffers)

    @property
    def room(self) -> dict[str, str]:
        """Ports that ask for room in the buffers of the result, and take it."""
        return {"out_room": f"{self.prefix}_room", "out_take": f"{self.prefix}_take"}

    @property
    def written(self) -> dict[str, str]:
        """Ports that write the result."""
        return {f"out_{role}": f"{self.prefix}_{role}" for role in ("valid", "data", "last")}


def delay(layer: Layer, setting: Setting) -> int:
    """Cycles from asking for a result's last word to writing the result."""
    compared = _COMPARE_DELAY if isinstance(layer, Linear | Blend) and layer.higher else 0
    return compared + (_SLIDE_DELAY if slides(layer, setting) else _DELAYS[type(layer)])
