"""What an architecture makes of the layers: the text fields of its modules, and its cycles."""

from __future__ import annotations

from dataclasses import dataclass, field

from whetgen.targets.streams.setting import LayerCycles
from whetgen.targets.verilog.folded.adders import Adders
from whetgen.targets.verilog.folded.schedule import Span
from whetgen.targets.verilog.folded.word_adders import WordAdders
from whetgen.targets.verilog.logic.cost import StrategyChoice
from whetgen.targets.verilog.logic.module import LogicModule
from whetgen.targets.verilog.rom import Rom
from whetgen.targets.verilog.sections import VerilogSection


@dataclass(frozen=True, kw_only=True)
class Network:
    """The built network.

    ``latency_cycles``: clock edges from the one that accepts a frame's first input beat to the one
    that accepts its first output beat, an idle network, nothing stalling.
    ``initiation_interval_cycles``: edges between first beats of successive frames, back to back.
    ``estimates``: resources of the architecture by their names in ``whetgen.json``.
    ``spans``, ``luts_by_layer``: when each layer of a folded network works, and what it takes as estimated.
    """

    latency_cycles: int
    initiation_interval_cycles: int
    cycles: tuple[LayerCycles, ...]
    sections: tuple[VerilogSection, ...]
    estimates: dict[str, int]
    spans: tuple[Span, ...] = ()
    luts_by_layer: dict[str, int] = field(default_factory=dict)
    roms: tuple[Rom, ...] = ()
    adders: tuple[Adders | WordAdders, ...] = ()
    logic: tuple[LogicModule, ...] = ()
    choices: tuple[StrategyChoice, ...] = ()
