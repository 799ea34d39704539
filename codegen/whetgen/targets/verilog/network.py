"""What an architecture makes of the layers: the text fields of its modules, and its cycles."""

from __future__ import annotations

from dataclasses import dataclass

from whetgen.targets.streams.setting import LayerCycles
from whetgen.targets.verilog.folded.adders import Adders
from whetgen.targets.verilog.logic.cost import StrategyChoice
from whetgen.targets.verilog.logic.module import LogicModule
from whetgen.targets.verilog.rom import Rom
from whetgen.targets.verilog.sections import Section


@dataclass(frozen=True, kw_only=True)
class Network:
    """The built network. ``latency``, ``interval``: cycles; ``estimates``: resources by their names in ``whetgen.json``."""

    latency: int
    interval: int
    cycles: tuple[LayerCycles, ...]
    sections: tuple[Section, ...]
    estimates: dict[str, int]
    roms: tuple[Rom, ...] = ()
    adders: tuple[Adders, ...] = ()
    logic: tuple[LogicModule, ...] = ()
    choices: tuple[StrategyChoice, ...] = ()
